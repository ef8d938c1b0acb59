/*
 * Changing who a task is: user and group ids (setid.c).
 */
#pragma once
#include "lib/base.h"

struct cred;
struct task;

/* An id that is left as it is, in the calls that allow it. */
#define ID_KEEP ((u32)-1)

/* As the system calls of these names: 0, -EINVAL (no such id), -EPERM, -ENOMEM. */
int setid_uid(struct task *t, u32 uid) must_check;
int setid_gid(struct task *t, u32 gid) must_check;
int setid_reuid(struct task *t, u32 ruid, u32 euid) must_check;
int setid_regid(struct task *t, u32 rgid, u32 egid) must_check;
int setid_resuid(struct task *t, u32 ruid, u32 euid, u32 suid) must_check;
int setid_resgid(struct task *t, u32 rgid, u32 egid, u32 sgid) must_check;

/* setid_fsuid, setid_fsgid - Return: the id before; there is no error */
u32 setid_fsuid(struct task *t, u32 uid);
u32 setid_fsgid(struct task *t, u32 gid);

/*
 * cred_commit_take - publish @c as @t's credentials; consumes it
 *
 * A change of effective ids or more capabilities makes the process undumpable
 * and forgets PR_SET_PDEATHSIG, as on Linux.
 */
void cred_commit_take(struct task *t, struct cred *c);
