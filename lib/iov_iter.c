/* iov_iter (iov_iter.h): walks the pieces; guest bytes go through iov_guest_ops. */
#include "lib/iov_iter.h"

const struct iov_guest_ops *iov_guest_ops;

void iov_iter_segs(struct iov_iter *it, void *guest, const struct iov_seg *segs, size_t nr)
{
	*it = (struct iov_iter){.segs = segs, .nr_segs = nr, .guest = guest};
	for (size_t i = 0; i < nr; i++)
		it->count += segs[i].len;
}

void iov_iter_guest(struct iov_iter *it, void *guest, uaddr_t base, size_t len)
{
	*it = (struct iov_iter){.nr_segs = 1, .guest = guest, .one = {base, len}, .count = len};
	it->segs = &it->one;
}

void iov_iter_kernel(struct iov_iter *it, void *buf, size_t len)
{
	iov_iter_guest(it, NULL, (u64)(uintptr_t)buf, len);
}

void iov_iter_truncate(struct iov_iter *it, size_t max)
{
	it->count = min(it->count, max);
}

size_t iov_iter_contig(const struct iov_iter *it, u64 *ret_base)
{
	const struct iov_seg *s = it->segs;
	size_t nr = it->nr_segs, off = it->seg_off;

	while (nr && off == s->len) {
		s++;
		nr--;
		off = 0;
	}
	if (!nr || !it->count)
		return 0;
	*ret_base = s->base + off;
	return min(s->len - off, it->count);
}

void iov_iter_advance(struct iov_iter *it, size_t n)
{
	assert(n <= it->count);
	it->count -= n;
	while (n || (it->nr_segs && it->seg_off == it->segs->len)) {
		size_t step = min(n, it->segs->len - it->seg_off);

		n -= step;
		it->seg_off += step;
		if (it->seg_off == it->segs->len) {
			it->segs++;
			it->nr_segs--;
			it->seg_off = 0;
		}
	}
}

/* One piece in one direction; how much of it went through. */
static ssize_t move_piece(struct iov_iter *it, u64 base, u8 *buf, size_t len, bool to_iter)
{
	void *p = (void *)(uintptr_t)base;

	if (it->guest && to_iter)
		return iov_guest_ops->write(it->guest, base, buf, len);
	if (it->guest)
		return iov_guest_ops->read(it->guest, buf, base, len);
	if (to_iter)
		memcpy(p, buf, len);
	else
		memcpy(buf, p, len);
	return (ssize_t)len;
}

/* One piece holds it all: no walk. */
static inline bool in_one(const struct iov_iter *it, size_t len)
{
	return it->nr_segs == 1 && len <= it->count;
}

static ssize_t move_in_one(struct iov_iter *it, u8 *buf, size_t len, bool to_iter)
{
	ssize_t n = move_piece(it, it->segs->base + it->seg_off, buf, len, to_iter);

	if (n <= 0)
		return -EFAULT;
	it->count -= (size_t)n;
	it->seg_off += (size_t)n;
	return n;
}

static ssize_t move(struct iov_iter *it, u8 *buf, size_t len, bool to_iter)
{
	size_t done = 0;
	u64 base;

	if (likely(in_one(it, len)) && len)
		return move_in_one(it, buf, len, to_iter);

	while (done < len) {
		size_t part = min(iov_iter_contig(it, &base), len - done);
		ssize_t n;

		if (!part)
			break;
		n = move_piece(it, base, buf + done, part, to_iter);
		if (n <= 0)
			return done ? (ssize_t)done : -EFAULT;
		iov_iter_advance(it, (size_t)n);
		done += (size_t)n;
		if ((size_t)n < part)
			break;
	}
	return (ssize_t)done;
}

ssize_t copy_to_iter_some(struct iov_iter *it, const void *src, size_t len)
{
	return move(it, (u8 *)(uintptr_t)src, len, true);
}

ssize_t copy_from_iter_some(void *dst, struct iov_iter *it, size_t len)
{
	return move(it, dst, len, false);
}

int copy_to_iter(struct iov_iter *it, const void *src, size_t len)
{
	if (it->count < len)
		return -EINVAL;
	return copy_to_iter_some(it, src, len) == (ssize_t)len ? 0 : -EFAULT;
}

int copy_from_iter(void *dst, struct iov_iter *it, size_t len)
{
	if (it->count < len)
		return -EINVAL;
	return copy_from_iter_some(dst, it, len) == (ssize_t)len ? 0 : -EFAULT;
}

ssize_t iov_iter_zero(struct iov_iter *it, size_t len)
{
	/* Never written, so it takes no memory; long, since a copy to a guest has its price. */
	static u8 zeros[64ul << 10];
	size_t done = 0;

	while (done < len && it->count) {
		size_t part = min(min(len - done, sizeof(zeros)), it->count);
		ssize_t n = copy_to_iter_some(it, zeros, part);

		if (n < 0)
			return done ? (ssize_t)done : n;
		done += (size_t)n;
		if ((size_t)n < part)
			break;
	}
	return (ssize_t)done;
}
