/* What may be answered from memory (fstat, stat, lseek, TCGETS), held against what is not. */
#pragma once
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>

#include "t.h"

/* truth - what is never answered from memory */
static inline struct statx truth(int fd, const char *name)
{
	struct statx x;

	T_OK(statx(fd, name, AT_EMPTY_PATH, STATX_BASIC_STATS, &x));
	return x;
}

static inline void compare(const struct stat *st, const struct statx *x)
{
	T_EQ(st->st_ino, x->stx_ino);
	T_EQ(st->st_mode, x->stx_mode);
	T_EQ(st->st_nlink, x->stx_nlink);
	T_EQ(st->st_uid, x->stx_uid);
	T_EQ(st->st_gid, x->stx_gid);
	T_EQ(st->st_size, x->stx_size);
	T_EQ(st->st_blocks, x->stx_blocks);
	T_EQ(st->st_blksize, x->stx_blksize);
	T_EQ(st->st_atim.tv_sec, x->stx_atime.tv_sec);
	T_EQ(st->st_atim.tv_nsec, x->stx_atime.tv_nsec);
	T_EQ(st->st_mtim.tv_sec, x->stx_mtime.tv_sec);
	T_EQ(st->st_mtim.tv_nsec, x->stx_mtime.tv_nsec);
	T_EQ(st->st_ctim.tv_sec, x->stx_ctime.tv_sec);
	T_EQ(st->st_ctim.tv_nsec, x->stx_ctime.tv_nsec);
}

/* check_file - what fstat says of @fd is so; asked first: what is true might be remembered */
static inline void check_file(int fd)
{
	struct statx x;
	struct stat st;

	memset(&st, 0xff, sizeof(st));
	T_OK(fstat(fd, &st));
	x = truth(fd, "");
	compare(&st, &x);
	for (int i = 0; i < 3; i++) {
		memset(&st, 0xff, sizeof(st));
		T_OK(fstat(fd, &st));
		compare(&st, &x);
		memset(&st, 0xff, sizeof(st));
		T_OK(fstatat(fd, "", &st, AT_EMPTY_PATH));
		compare(&st, &x);
		T_OK((int)syscall(SYS_fstat, fd, &st));
		compare(&st, &x);
	}
}

/* check_place - the same of a name, which is no symlink */
static inline void check_place(const char *name)
{
	struct statx x;
	struct stat st;

	memset(&st, 0xff, sizeof(st));
	T_OK(stat(name, &st));
	x = truth(AT_FDCWD, name);
	compare(&st, &x);
	for (int i = 0; i < 3; i++) {
		memset(&st, 0xff, sizeof(st));
		T_OK(stat(name, &st));
		compare(&st, &x);
		T_OK((int)syscall(SYS_stat, name, &st));
		compare(&st, &x);
		T_OK((int)syscall(SYS_lstat, name, &st));
		compare(&st, &x);
	}
}

/* is_at - where @fd stands, and that it is no terminal */
static inline void is_at(int fd, off_t pos)
{
	struct termios tio;

	for (int i = 0; i < 3; i++)
		T_EQ(lseek(fd, 0, SEEK_CUR), pos);
	T_ERR(ioctl(fd, TCGETS, &tio), ENOTTY);
}
