/*
 * Locks on files: flock(2), and the record locks of fcntl(2), POSIX and OFD.
 *
 * They hang on the inode.  A flock belongs to the open file and ends with it; an
 * OFD lock likewise; a POSIX lock belongs to a descriptor table and ends when
 * that closes any descriptor of the file.
 *
 * Locks: LOCK_FLOCK, taken inside.  Those that wait may sleep.
 */
#pragma once
#include "lib/base.h"

struct file;
struct inode;

/*
 * flock_set - flock(2)
 * @op: LOCK_SH, LOCK_EX or LOCK_UN, perhaps with LOCK_NB
 *
 * As on Linux, changing the kind of a lock lets go of the old one first.
 * Return: 0, -EAGAIN (LOCK_NB), -EINVAL, -ENOLCK, -ERESTARTSYS.
 */
int flock_set(struct file *f, int op) must_check;

/* One record lock. */
struct record {
	int type;          /* F_RDLCK, F_WRLCK, F_UNLCK */
	u64 start, end;    /* the last byte; INT64_MAX: for ever */
	const void *owner; /* the descriptor table, or the file if ofd */
	bool ofd;
	int pid; /* F_GETLK tells it; of the process */
};

/*
 * record_set - lock or unlock a range
 * @wait: F_SETLKW
 *
 * Return: 0, -EAGAIN, -EDEADLK (only POSIX locks are followed), -ENOLCK, -ERESTARTSYS.
 */
int record_set(struct file *f, const struct record *r, bool wait) must_check;

/* record_test - the first lock that stands in the way of @r; type F_UNLCK: none does */
void record_test(struct file *f, const struct record *r, struct record *ret);

/* flock_owner_gone - descriptor table @owner closes a descriptor of @f: its POSIX locks go */
void flock_owner_gone(struct file *f, const void *owner);

/* flock_file_gone - the open file goes: its flock and OFD locks do */
void flock_file_gone(struct file *f);

/* flock_inode_gone - for inode_fini(): no locks are left */
void flock_inode_gone(struct inode *inode);
