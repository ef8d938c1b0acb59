/*
 * What stat(2) and getdents(2) write, as Linux lays it out on x86-64.
 */
#pragma once
#include "lib/base.h"

struct linux_stat {
	u64 st_dev, st_ino, st_nlink;
	u32 st_mode, st_uid, st_gid, pad0;
	u64 st_rdev;
	s64 st_size, st_blksize, st_blocks;
	u64 st_atime_sec, st_atime_nsec;
	u64 st_mtime_sec, st_mtime_nsec;
	u64 st_ctime_sec, st_ctime_nsec;
	s64 unused[3];
};
_Static_assert(sizeof(struct linux_stat) == 144, "struct stat of x86-64");

struct linux_dirent64 {
	u64 d_ino;
	s64 d_off;
	u16 d_reclen;
	u8 d_type;
	char d_name[]; /* terminated */
};

/* The old one: the type stands in the last byte of the record. */
struct linux_dirent {
	u64 d_ino;
	s64 d_off;
	u16 d_reclen;
	char d_name[];
};
