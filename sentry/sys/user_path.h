/*
 * A path argument: the string, copied once, and where its walk starts.
 */
#pragma once
#include "fs/namei.h"
#include "lib/base.h"

struct task;

struct user_path {
	struct namei_base base;
	char name[NAMEI_PATH_MAX];
};

/*
 * user_path_get - copy @upath in and find the base of its walk
 *
 * user_path_put() whatever is returned (cleanup_user_path does).
 * Return: 0, -EFAULT, -ENAMETOOLONG, -EBADF, -ENOTDIR.
 */
int user_path_get(struct task *t, int dirfd, uaddr_t upath, struct user_path *ret) must_check;
void user_path_put(struct user_path *up);

#define cleanup_user_path __attribute__((cleanup(user_path_put)))

/* user_path_flags - LOOKUP_* for those of an at-call */
unsigned user_path_flags(int flags);

/*
 * user_path_lookup - the place that an at-call names
 * @flags: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH; others are the caller's to refuse
 */
int user_path_lookup(struct task *t, int dirfd, uaddr_t upath, int flags, struct path *ret)
	must_check;
