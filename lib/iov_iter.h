/*
 * iov_iter: where the bytes of a read go, or those of a write come from.
 *
 * Guest memory, sentry memory, or nothing (to discard).  File systems move data
 * through it without knowing which; only uaccess.c knows how guest bytes are
 * reached.
 */
#pragma once
#include "lib/base.h"

/* One piece; @base is a guest address or a sentry pointer, as the iterator says. */
struct iov_seg {
	u64 base;
	size_t len;
};

struct iov_iter {
	const struct iov_seg *segs; /* the caller's, must outlive the iterator */
	size_t nr_segs;
	size_t seg_off; /* bytes of segs[0] already used */
	size_t count;   /* bytes left */
	void *guest;    /* the mm guest addresses belong to; NULL: sentry memory */
	struct iov_seg one;
};

/* What reaches guest memory; installed once by mm/uaccess.c.  Bytes moved, or -EFAULT for none. */
struct iov_guest_ops {
	ssize_t (*write)(void *guest, uaddr_t dst, const void *src, size_t len);
	ssize_t (*read)(void *guest, void *dst, uaddr_t src, size_t len);
};
extern const struct iov_guest_ops *iov_guest_ops;

/* iov_iter_kernel, iov_iter_guest - one buffer; @it must not be copied while in use */
void iov_iter_kernel(struct iov_iter *it, void *buf, size_t len);
void iov_iter_guest(struct iov_iter *it, void *guest, uaddr_t base, size_t len);

/* iov_iter_segs - several pieces; @guest NULL means sentry pointers */
void iov_iter_segs(struct iov_iter *it, void *guest, const struct iov_seg *segs, size_t nr);

static inline size_t iov_iter_count(const struct iov_iter *it)
{
	return it->count;
}

/* iov_iter_truncate - at most @max bytes from here on */
void iov_iter_truncate(struct iov_iter *it, size_t max);
void iov_iter_advance(struct iov_iter *it, size_t n);

/*
 * copy_to_iter_some, copy_from_iter_some - move up to @len bytes
 *
 * Advances by what was moved.  May sleep; takes LOCK_MMAP for guest memory.
 * Return: bytes moved, fewer than asked at a fault or the end; -EFAULT when a
 * fault let none through.
 */
ssize_t copy_to_iter_some(struct iov_iter *it, const void *src, size_t len) must_check;
ssize_t copy_from_iter_some(void *dst, struct iov_iter *it, size_t len) must_check;

/*
 * copy_to_iter, copy_from_iter - all of @len or -EFAULT
 *
 * -EINVAL if the iterator is shorter than @len.
 */
int copy_to_iter(struct iov_iter *it, const void *src, size_t len) must_check;
int copy_from_iter(void *dst, struct iov_iter *it, size_t len) must_check;

/* iov_iter_zero - as copy_to_iter_some, with zero bytes */
ssize_t iov_iter_zero(struct iov_iter *it, size_t len) must_check;

/*
 * iov_iter_contig - the current piece, for those who can use it in place
 * @ret_base: sentry pointer (as integer) or guest address
 *
 * Return: its length in bytes; 0 at the end.
 */
size_t iov_iter_contig(const struct iov_iter *it, u64 *ret_base);
