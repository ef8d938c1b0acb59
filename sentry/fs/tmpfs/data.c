/*
 * The bytes of a tmpfs file (internal.h): where they stand and what they cost.
 *
 * The quota is charged before a page is taken.  A memory file that grows is
 * allocated some way ahead with fallocate(2), so that the sentry writes through
 * its mapping and never faults for want of host memory; data_trim() gives the
 * surplus back.
 */
#include <fcntl.h>
#include <linux/falloc.h>
#include <string.h>

#include "fs/tmpfs/internal.h"
#include "host/host.h"
#include "lib/alloc.h"
#include "lib/iov_iter.h"

#define AHEAD_MIN   (64ul * 1024)
#define AHEAD_MAX   (1024ul * 1024)
#define BOUNCE_SIZE (64ul * 1024)
#define MAP_LIMIT   (1ull << 36) /* longer files go through the bounce buffer */

u64 tmpfs_total_bytes = UINT64_MAX;
static u64 total_used; /* atomic: by every instance */

static bool add_below(u64 *used, const u64 *max, u64 n)
{
	u64 old = __atomic_load_n(used, __ATOMIC_RELAXED), sum;

	do {
		if (__builtin_add_overflow(old, n, &sum) ||
		    sum > __atomic_load_n(max, __ATOMIC_RELAXED))
			return false;
	} while (!__atomic_compare_exchange_n(used, &old, sum, true, __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
	return true;
}

bool quota_charge(struct quota *q, u64 n)
{
	if (!add_below(&total_used, &tmpfs_total_bytes, n))
		return false;
	if (add_below(&q->bytes, &q->max_bytes, n))
		return true;
	__atomic_sub_fetch(&total_used, n, __ATOMIC_RELAXED);
	return false;
}

void quota_release(struct quota *q, u64 n)
{
	__atomic_sub_fetch(&q->bytes, n, __ATOMIC_RELAXED);
	__atomic_sub_fetch(&total_used, n, __ATOMIC_RELAXED);
}

bool quota_charge_inode(struct quota *q)
{
	u64 used = __atomic_add_fetch(&q->inodes, 1, __ATOMIC_RELAXED);

	if (used <= __atomic_load_n(&q->max_inodes, __ATOMIC_RELAXED))
		return true;
	quota_release_inode(q);
	return false;
}

void quota_release_inode(struct quota *q)
{
	__atomic_sub_fetch(&q->inodes, 1, __ATOMIC_RELAXED);
}

/* Let the charge be @want bytes; only a rise can fail. */
static int recharge(struct data *d, u64 want)
{
	if (want > d->charged && !quota_charge(d->quota, want - d->charged))
		return -ENOSPC;
	if (want < d->charged)
		quota_release(d->quota, d->charged - want);
	d->charged = want;
	return 0;
}

static bool in_heap(const struct data *d)
{
	return !hostfd_valid(d->fd);
}

void data_init(struct data *d, struct quota *q)
{
	*d = (struct data){.quota = q, .fd = HOSTFD_NONE};
}

void data_unmap_self(struct data *d)
{
	if (d->map)
		(void)!host_munmap(d->map, d->map_len);
	d->map = NULL;
	d->map_len = 0;
}

void data_fini(struct data *d)
{
	kfree(d->heap);
	data_unmap_self(d);
	host_close(d->fd);
	quota_release(d->quota, d->charged);
}

/* Bits of the heap pages that [off, end) touches. */
static u32 page_bits(u64 off, u64 end)
{
	u64 first = off >> PAGE_SHIFT, last = (end + PAGE_SIZE - 1) >> PAGE_SHIFT;

	return (u32)(((1ull << last) - 1) & ~((1ull << first) - 1));
}

static u64 heap_cost(u32 pages)
{
	return (u64)__builtin_popcount(pages) << PAGE_SHIFT;
}

/* Room and charge for [off, end) in the heap. */
static int heap_reserve(struct data *d, u64 off, u64 end)
{
	u32 pages = d->heap_pages | page_bits(off, end);
	size_t cap = d->heap_cap ? d->heap_cap : 64;
	u8 *bigger;
	int err = recharge(d, heap_cost(pages));

	if (err)
		return err;
	while (cap < end)
		cap *= 2;
	if (cap != d->heap_cap) {
		bigger = krealloc(d->heap, cap);
		if (!bigger) {
			(void)!recharge(d, heap_cost(d->heap_pages));
			return -ENOMEM;
		}
		memset(bigger + d->heap_cap, 0, cap - d->heap_cap);
		d->heap = bigger;
		d->heap_cap = cap;
	}
	d->heap_pages = pages;
	return 0;
}

/* The host's count of what the memory file holds. */
static u64 host_bytes(struct data *d)
{
	struct stat st;

	return host_fstat(d->fd, &st) ? d->charged : (u64)st.st_blocks * 512;
}

/* After a change of pages: bring the charge to what is there. */
static void settle(struct data *d)
{
	if (d->dense == d->cap)
		d->far = false;
	if (d->mapped)
		(void)!recharge(d, min(d->charged, d->cap));
	else
		(void)!recharge(d, min(d->charged, d->far ? host_bytes(d) : d->dense));
}

static int set_cap(struct data *d, u64 cap)
{
	int err = 0;

	if (d->mapped && cap > d->cap)
		err = recharge(d, cap);
	if (!err)
		err = host_ftruncate(d->fd, (off_t)cap);
	if (err)
		return err;
	d->cap = cap;
	d->dense = min(d->dense, cap);
	d->far |= d->mapped && d->dense < cap;
	return 0;
}

/* The sentry's mapping must reach @end, inside dense. */
static int need_map(struct data *d, u64 end)
{
	size_t len = d->map_len ? d->map_len : DATA_HEAP_MAX * 2;
	void *p;
	int err;

	if (end <= d->map_len)
		return 0;
	if (end > MAP_LIMIT)
		return -EFBIG;
	while (len < end)
		len *= 2;
	if (d->map)
		err = host_mremap(d->map, d->map_len, len, MREMAP_MAYMOVE, &p);
	else
		err = host_mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, d->fd, 0, &p);
	if (err)
		return err;
	d->map = p;
	d->map_len = len;
	return 0;
}

/* Allocate [dense, end), and some way ahead if nobody has it mapped. */
static int grow_dense(struct data *d, u64 end)
{
	u64 want = ALIGN_UP(end, PAGE_SIZE), ahead = 0;
	int err;

	if (!d->mapped && want > d->cap)
		ahead = min(max(want / 8, AHEAD_MIN), AHEAD_MAX) & PAGE_MASK;
	if (!d->mapped && recharge(d, want + ahead)) {
		ahead = 0;
		err = recharge(d, want);
		if (err)
			return err;
	}
	if (d->mapped && want > d->cap) {
		err = recharge(d, want);
		if (err)
			return err;
	}
	err = host_fallocate(d->fd, 0, (off_t)d->dense, (off_t)(want + ahead - d->dense));
	if (err) {
		settle(d);
		return err == -ENOMEM ? -ENOSPC : err;
	}
	d->dense = want + ahead;
	d->cap = max(d->cap, d->dense);
	return 0;
}

int data_promote(struct data *d, u64 size)
{
	u64 pages = (min(size, DATA_HEAP_MAX) + PAGE_SIZE - 1) >> PAGE_SHIFT;
	unsigned flags = MFD_CLOEXEC | (d->sealable ? MFD_ALLOW_SEALING : 0);
	cleanup_hostfd hostfd_t fd = HOSTFD_NONE;
	u64 n;
	int err;

	if (!in_heap(d))
		return 0;
	err = host_memfd_create("tmpfs", flags, &fd);
	if (!err)
		err = host_ftruncate(fd, (off_t)ALIGN_UP(size, PAGE_SIZE));
	for (u64 i = 0; !err && i < pages; i++) {
		u64 off = i << PAGE_SHIFT;
		ssize_t done;

		if (!(d->heap_pages & 1u << i) || off >= d->heap_cap)
			continue;
		n = min(d->heap_cap - off, PAGE_SIZE);
		done = host_pwrite(fd, d->heap + off, n, (off_t)off);
		if (done != (ssize_t)n)
			err = done < 0 ? (int)done : -ENOSPC;
	}
	if (err)
		return err;
	n = (u64)__builtin_ctzll(~(u64)d->heap_pages);
	d->dense = min(n, pages) << PAGE_SHIFT;
	d->far = d->heap_pages >> n;
	d->cap = ALIGN_UP(size, PAGE_SIZE);
	d->fd = steal_hostfd(&fd);
	kfree(d->heap);
	d->heap = NULL;
	d->heap_cap = 0;
	d->heap_pages = 0;
	settle(d);
	return 0;
}

/* Pages that stand alone: the host moves the bytes. */
static ssize_t bounce(struct data *d, struct iov_iter *it, u64 pos, size_t len, bool write)
{
	size_t size = min(len, BOUNCE_SIZE), done = 0;
	cleanup_free u8 *buf = kzalloc(size);
	ssize_t n = 0;

	if (!buf)
		return -ENOMEM;
	while (done < len) {
		size_t part = min(size, len - done);

		if (write)
			n = copy_from_iter_some(buf, it, part);
		else
			n = host_pread(d->fd, buf, part, (off_t)(pos + done));
		if (n <= 0)
			break;
		part = (size_t)n;
		if (write)
			n = host_pwrite(d->fd, buf, part, (off_t)(pos + done));
		else
			n = copy_to_iter_some(it, buf, part);
		if (n <= 0)
			break;
		done += (size_t)n;
		if ((size_t)n < part)
			break;
	}
	return done ? (ssize_t)done : n;
}

ssize_t data_read(struct data *d, struct iov_iter *dst, u64 pos, u64 size)
{
	size_t len = iov_iter_count(dst), part;
	ssize_t n, done = 0;
	u64 solid = in_heap(d) ? d->heap_cap : d->dense;

	if (pos >= size || !len)
		return 0;
	len = min(len, size - pos);
	if (!in_heap(d) && (size > MAP_LIMIT || need_map(d, min(size, d->dense))))
		return bounce(d, dst, pos, len, false);
	if (pos < solid) {
		part = min(len, solid - pos);
		done = copy_to_iter_some(dst, (in_heap(d) ? d->heap : d->map) + pos, part);
		if (done != (ssize_t)part || part == len)
			return done;
		pos += part;
		len -= part;
	}
	n = d->far ? bounce(d, dst, pos, len, false) : iov_iter_zero(dst, len);
	return n < 0 ? (done ? done : n) : done + n;
}

/* A write that leaves a hole before it, or meets pages that stand alone. */
static ssize_t write_far(struct data *d, struct iov_iter *src, u64 pos, size_t len)
{
	u64 end = ALIGN_UP(pos + len, PAGE_SIZE);
	u64 cost = d->charged + end - ALIGN_DOWN(pos, PAGE_SIZE);
	ssize_t n;
	int err = d->mapped ? 0 : recharge(d, cost);

	if (!err && end > d->cap)
		err = set_cap(d, end);
	if (err)
		return err;
	d->far = true;
	n = bounce(d, src, pos, len, true);
	settle(d);
	return n;
}

ssize_t data_write(struct data *d, struct iov_iter *src, u64 pos, u64 size)
{
	size_t len = iov_iter_count(src);
	u64 end = pos + len;
	int err;

	if (in_heap(d) && end <= DATA_HEAP_MAX) {
		err = heap_reserve(d, pos, end);
		return err ? err : copy_from_iter_some(d->heap + pos, src, len);
	}
	err = data_promote(d, max(size, pos));
	if (err)
		return err;
	if (end > MAP_LIMIT || d->far || pos > d->dense)
		return write_far(d, src, pos, len);
	if (end > d->dense)
		err = grow_dense(d, end);
	if (!err)
		err = need_map(d, end);
	return err ? err : copy_from_iter_some(d->map + pos, src, len);
}

static int heap_truncate(struct data *d, u64 size, u64 new_size)
{
	if (new_size > DATA_HEAP_MAX) {
		int err = data_promote(d, size);

		return err ? err : set_cap(d, ALIGN_UP(new_size, PAGE_SIZE));
	}
	if (new_size >= size)
		return 0;
	if (new_size < d->heap_cap)
		memset(d->heap + new_size, 0, d->heap_cap - new_size);
	if (!new_size) {
		kfree(d->heap);
		d->heap = NULL;
		d->heap_cap = 0;
	}
	d->heap_pages &= page_bits(0, new_size);
	return recharge(d, heap_cost(d->heap_pages));
}

int data_truncate(struct data *d, u64 size, u64 new_size)
{
	u64 cap = ALIGN_UP(new_size, PAGE_SIZE);
	int err = 0;

	if (in_heap(d))
		return heap_truncate(d, size, new_size);
	/* The host zeroes what is cut off of the last page. */
	if (new_size < size && new_size != cap)
		err = host_ftruncate(d->fd, (off_t)new_size);
	if (!err && (new_size < size || cap > d->cap))
		err = set_cap(d, cap);
	if (!err)
		settle(d);
	return err;
}

int data_punch(struct data *d, u64 off, u64 len, u64 size)
{
	u64 end = min(off + len, ALIGN_UP(size, PAGE_SIZE));
	u64 first = ALIGN_UP(off, PAGE_SIZE), last = ALIGN_DOWN(end, PAGE_SIZE);
	int err;

	if (off >= end)
		return 0;
	if (in_heap(d)) {
		if (off < d->heap_cap)
			memset(d->heap + off, 0, min(end, d->heap_cap) - off);
		if (first < last)
			d->heap_pages &= ~page_bits(first, last);
		return recharge(d, heap_cost(d->heap_pages));
	}
	err = host_fallocate(d->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)off,
			     (off_t)(end - off));
	if (err)
		return err;
	if (first < last && first < d->dense) {
		d->far = true;
		d->dense = first;
	}
	settle(d);
	return 0;
}

int data_reserve(struct data *d, u64 off, u64 len, u64 size)
{
	u64 end = off + len;
	int err;

	if (in_heap(d) && max(end, size) <= DATA_HEAP_MAX)
		return heap_reserve(d, off, end);
	err = data_promote(d, size);
	if (err)
		return err;
	if (!d->far && off <= d->dense)
		return end > d->dense ? grow_dense(d, end) : 0;
	if (!d->mapped)
		err = recharge(d,
			       d->charged + ALIGN_UP(end, PAGE_SIZE) - ALIGN_DOWN(off, PAGE_SIZE));
	if (!err && ALIGN_UP(end, PAGE_SIZE) > d->cap)
		err = set_cap(d, ALIGN_UP(end, PAGE_SIZE));
	if (!err) {
		d->far = true;
		err = host_fallocate(d->fd, FALLOC_FL_KEEP_SIZE, (off_t)off, (off_t)len);
	}
	settle(d);
	return err;
}

static off_t heap_seek(const struct data *d, u64 off, bool data, u64 size)
{
	while (off < size) {
		u64 page = off >> PAGE_SHIFT;

		if ((bool)(d->heap_pages & 1u << page) == data)
			return (off_t)off;
		off = (page + 1) << PAGE_SHIFT;
	}
	return data ? -ENXIO : (off_t)size;
}

off_t data_seek(struct data *d, u64 off, int whence, u64 size)
{
	off_t ret;

	if (off >= size)
		return -ENXIO;
	if (in_heap(d))
		return heap_seek(d, off, whence == SEEK_DATA, size);
	ret = host_lseek(d->fd, (off_t)off, whence);
	if (ret < 0)
		return ret;
	if ((u64)ret >= size)
		return whence == SEEK_DATA ? -ENXIO : (off_t)size;
	return ret;
}

void data_trim(struct data *d, u64 size)
{
	u64 cap = ALIGN_UP(size, PAGE_SIZE);

	if (in_heap(d) || d->cap <= cap)
		return;
	if (!set_cap(d, cap))
		settle(d);
}

int data_map(struct data *d, u64 size, hostfd_t *ret)
{
	int err = data_promote(d, size);

	if (err)
		return err;
	data_trim(d, size);
	/* A fault may fill any hole: all of it is paid for now. */
	if (!d->mapped)
		err = recharge(d, d->cap);
	if (err)
		return -ENOMEM;
	d->mapped = true;
	d->far |= d->dense < d->cap;
	*ret = d->fd;
	return 0;
}

u64 data_blocks(struct data *d, u64 size)
{
	if (in_heap(d))
		return heap_cost(d->heap_pages) / 512;
	if (d->far)
		return host_bytes(d) / 512;
	return min(d->dense, ALIGN_UP(size, PAGE_SIZE)) / 512;
}
