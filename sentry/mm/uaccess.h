/*
 * The only door to guest bytes, besides iov_iter (which calls in here too).
 *
 * Everything is copied once and then checked: the guest may change it at any
 * time, so what was read twice was never read.
 *
 * Locks: none of rank LOCK_MMAP or later held.  May sleep.
 */
#pragma once
#include "lib/base.h"
#include "lib/iov_iter.h"

struct mm;
struct task;

/*
 * Where a task has found its memory to be writable for sure; the owner's alone.
 * Good as long as gen is the mapping tree's.
 */
struct writable_areas {
	u64 gen;
	unsigned next;
	struct {
		uaddr_t start, end;
	} area[4];
};

/* copy_from_user, copy_to_user - all of @size or -EFAULT */
int copy_from_user(struct task *t, void *dst, uaddr_t src, size_t size) must_check;
int copy_to_user(struct task *t, uaddr_t dst, const void *src, size_t size) must_check;

/* clear_user - zero @size guest bytes; 0 or -EFAULT */
int clear_user(struct task *t, uaddr_t dst, size_t size) must_check;

/*
 * strncpy_from_user - a string of at most @max bytes, its NUL included
 *
 * Return: its length without the NUL; -ENAMETOOLONG when there is no NUL in
 * @max bytes; -EFAULT.
 */
ssize_t strncpy_from_user(struct task *t, char *dst, uaddr_t src, size_t max) must_check;

/* strndup_from_user - the same into memory of its own, freed with kfree(); -ENOMEM */
int strndup_from_user(struct task *t, uaddr_t src, size_t max, char **ret) must_check;

/*
 * copy_struct_from_user - an extensible struct, as Linux's function of the name
 * @ksize: bytes we know; @usize: bytes the guest says
 *
 * A shorter one is filled with zeros; the tail of a longer one must be zero.
 * Return: 0, -E2BIG, -EFAULT.
 */
int copy_struct_from_user(struct task *t, void *dst, size_t ksize, uaddr_t src, size_t usize)
	must_check;

/* put_user, get_user - one integer */
#define get_user(t, dst, uaddr) copy_from_user(t, dst, uaddr, sizeof(*(dst)))
#define put_user(t, val, uaddr)                                            \
	({                                                                 \
		typeof(val) put_user_v_ = (val);                           \
		copy_to_user(t, uaddr, &put_user_v_, sizeof(put_user_v_)); \
	})

/*
 * iovec_from_user - readv(2)'s array as pieces
 * @fast: room for UIO_FASTIOV (8) pieces; *@ret points at it or at memory to kfree()
 *
 * Return: total length in bytes (at most MAX_RW_COUNT: the rest is cut), or
 * -EINVAL (too many, negative length), -EFAULT, -ENOMEM.
 */
#define UIO_FASTIOV  8
#define MAX_RW_COUNT (INT32_MAX & PAGE_MASK)
ssize_t iovec_from_user(struct task *t, uaddr_t uvec, unsigned long nr, struct iov_seg *fast,
			struct iov_seg **ret) must_check;

/* mm_read, mm_write - another process's memory, honouring its protection; as aspace_read() */
ssize_t mm_read(struct mm *mm, void *dst, uaddr_t src, size_t size) must_check;
ssize_t mm_write(struct mm *mm, uaddr_t dst, const void *src, size_t size) must_check;

/* uaccess_init - installs iov_guest_ops */
void uaccess_init(void);
