/*
 * Control messages of Unix sockets: descriptors and credentials on their way.
 */
#pragma once
#include <sys/socket.h>

#include "lib/base.h"
#include "lib/list.h"

struct file;
struct task;

#define SCM_MAX_FD 253

struct scm {
	bool has_cred;
	struct ucred cred;
	int nr_files;
	struct file **files;   /* counted */
	struct list_head node; /* scm_free() */
};

/*
 * scm_from_user - parse a control buffer; nothing is sent yet
 *
 * Return: 0 (*@ret may be NULL: nothing in it), -EINVAL, -EBADF, -EPERM,
 * -ENOBUFS, -ETOOMANYREFS, -ENOMEM, -EFAULT.
 */
int scm_from_user(struct task *t, uaddr_t control, size_t len, struct scm **ret) must_check;

/* scm_free - NULL is fine; Locks: none: files may be released */
void scm_free(struct scm *s);

/* scm_dup - a copy for MSG_PEEK; NULL when memory is short or @s is NULL */
struct scm *scm_dup(const struct scm *s) must_check;

/* A control buffer of the guest that recvmsg fills. */
struct scm_sink {
	struct task *task;
	uaddr_t at; /* where the next one goes */
	size_t left;
	int out_flags; /* MSG_CTRUNC */
};

/* scm_put - one control message; cut with MSG_CTRUNC.  0 or -EFAULT. */
int scm_put(struct scm_sink *k, int level, int type, const void *data, size_t len) must_check;

/* scm_put_files - SCM_RIGHTS: what fits gets descriptors, the rest is dropped */
int scm_put_files(struct scm_sink *k, const struct scm *s, bool cloexec) must_check;

/* scm_in_flight - descriptors in queues now, of the whole sandbox */
long scm_in_flight(void);
