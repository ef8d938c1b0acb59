/*
 * Guest bytes (uaccess.h).
 *
 * The host's own page protection decides what may be read and written, or the
 * VMA tree where the host lets us pass by it (platform_info()->mem_forced); what
 * lies behind user_end is the platform's and never touched.  A fault just below
 * a stack grows it, as the guest's own touch would.
 *
 * What a fast call's arguments point to has come with it, and what it writes
 * goes back with its answer (windows, platform.h).  A write is put off only
 * where it cannot fault, so that the call sees every fault in its place; and
 * never past a sleep, so that no other thread waits for it in vain.
 *
 * Locks: mmap_lock, to grow a stack and to look a mapping up.
 */
#include "mm/uaccess.h"

#include "kernel/task.h"
#include "lib/alloc.h"
#include "lib/park.h"
#include "mm/fastpath.h"
#include "mm/internal.h"
#include "platform/bulk.h"
#include "platform/platform.h"

#define UIO_MAXIOV_GUEST 1024

/* Longer writes go the old way: the bytes would cross from core to core once more. */
#define WINDOW_OUT_MAX 4096

/* How much of [addr, addr + size) is the guest's to name. */
static size_t clamp_range(uaddr_t addr, size_t size)
{
	uaddr_t end = platform_info()->user_end;

	return addr >= end ? 0 : min(size, end - addr);
}

/*
 * May the access at @addr be tried again?  Only for the calling task's own
 * memory, and only once at each place: what the VMA tree allows the host may
 * refuse, because of a page's protection, or because the process is dead.
 */
static bool try_grow(struct mm *mm, uaddr_t addr)
{
	struct task *t = park_self()->owner;

	return t && t->mm == mm && t->vcpu && mm_fault(t, mm, t->vcpu, addr);
}

/* The vcpu whose call may have windows on @mm: that of @t, who is calling. */
static inline struct vcpu *window_of(const struct task *t, const struct mm *mm)
{
	return t && t->call_fast && t->mm == mm ? t->vcpu : NULL;
}

static void area_add(struct writable_areas *areas, uaddr_t start, uaddr_t end)
{
	unsigned i = areas->next++ % ARRAY_SIZE(areas->area);

	areas->area[i].start = start;
	areas->area[i].end = end;
}

static bool is_private_writable(const struct vma *v)
{
	return (v->flags & (VMA_WRITE | VMA_SHARED | VMA_SPECIAL)) == VMA_WRITE;
}

/*
 * Is [addr, addr + size) private memory that may be written?  Then a write fails
 * only where a file has become shorter than its mapping, and fails late.  Known
 * from before as long as no mapping has shrunk or changed since.
 */
static bool surely_writable(struct mm *mm, struct writable_areas *areas, uaddr_t addr, size_t size)
{
	uaddr_t start = addr, end = addr;
	const struct vma *v;

	if (areas->gen == vma_tree_gen(mm->vmas)) {
		for (unsigned i = 0; i < ARRAY_SIZE(areas->area); i++) {
			if (addr >= areas->area[i].start && addr + size <= areas->area[i].end)
				return true;
		}
	}
	mutex_lock(&mm->mmap_lock);
	if (areas->gen != vma_tree_gen(mm->vmas))
		*areas = (struct writable_areas){.gen = vma_tree_gen(mm->vmas)};
	v = vma_find(mm->vmas, addr);
	if (v)
		start = min(start, v->start);
	for (; v && v->start <= end && is_private_writable(v); v = vma_next(mm->vmas, v))
		end = v->end;
	if (addr + size <= end)
		area_add(areas, start, end);
	mutex_unlock(&mm->mmap_lock);
	return addr + size <= end;
}

/* How much of [addr, addr + size) mappings allow that have one of the rights @any. */
static size_t permitted(struct mm *mm, uaddr_t addr, size_t size, u32 any)
{
	const struct vma *v;
	uaddr_t at = addr;

	if (likely(!platform_info()->mem_forced))
		return size;
	mutex_lock(&mm->mmap_lock);
	v = vma_find(mm->vmas, addr);
	while (v && v->start <= at && v->flags & any && at - addr < size) {
		at = v->end;
		v = vma_next(mm->vmas, v);
	}
	mutex_unlock(&mm->mmap_lock);
	return min(size, at - addr);
}

static ssize_t read_allowed(struct mm *mm, void *dst, uaddr_t src, size_t size)
{
	size_t can = permitted(mm, src, size, VMA_READ | VMA_WRITE | VMA_EXEC);

	return can ? aspace_read(mm->aspace, dst, src, can) : -EFAULT;
}

static ssize_t write_allowed(struct mm *mm, uaddr_t dst, const void *src, size_t size)
{
	size_t can = permitted(mm, dst, size, VMA_WRITE);

	return can ? aspace_write(mm->aspace, dst, src, can) : -EFAULT;
}

static ssize_t read_some(struct task *t, struct mm *mm, void *dst, uaddr_t src, size_t size,
			 bool grow)
{
	size_t can = clamp_range(src, size), done = 0, grown_at = SIZE_MAX;
	struct vcpu *v = window_of(t, mm);

	if (v) {
		done = vcpu_window_in(v, dst, src, can);
		if (unlikely(done < can)) {
			vcpu_window_touch(v, src + done, can - done);
			if (can - done >= BULK_MIN)
				done += vcpu_bulk_in(v, (char *)dst + done, src + done, can - done);
		}
	}
	while (done < can) {
		ssize_t n = read_allowed(mm, (char *)dst + done, src + done, can - done);

		if (n > 0)
			done += (size_t)n;
		else if (!grow || done == grown_at || !try_grow(mm, src + done))
			break;
		else
			grown_at = done;
	}
	fastpath_hide(mm, dst, src, done);
	return done || !size ? (ssize_t)done : -EFAULT;
}

/* Put off till the call returns, if @may; false: it is to be written now. */
static bool write_later(struct task *t, struct vcpu *v, struct mm *mm, uaddr_t dst, const void *src,
			size_t size, bool may)
{
	if (may && size <= WINDOW_OUT_MAX && surely_writable(mm, &t->writable, dst, size) &&
	    vcpu_window_out(v, dst, src, size))
		return true;
	vcpu_window_touch(v, dst, size);
	return false;
}

static ssize_t write_some(struct task *t, struct mm *mm, uaddr_t dst, const void *src, size_t size,
			  bool grow)
{
	size_t can = clamp_range(dst, size), done = 0, grown_at = SIZE_MAX;
	struct vcpu *v = window_of(t, mm);

	/* mm_write() is for those who must see it done, as who clears a futex at a thread's end. */
	if (v && can && write_later(t, v, mm, dst, src, can, grow))
		return (ssize_t)can;
	if (v && can >= BULK_MIN)
		done = vcpu_bulk_out(v, dst, src, can);
	while (done < can) {
		ssize_t n = write_allowed(mm, dst + done, (const char *)src + done, can - done);

		if (n > 0)
			done += (size_t)n;
		else if (!grow || done == grown_at || !try_grow(mm, dst + done))
			break;
		else
			grown_at = done;
	}
	return done || !size ? (ssize_t)done : -EFAULT;
}

ssize_t mm_read(struct mm *mm, void *dst, uaddr_t src, size_t size)
{
	return read_some(park_self()->owner, mm, dst, src, size, false);
}

ssize_t mm_write(struct mm *mm, uaddr_t dst, const void *src, size_t size)
{
	return write_some(park_self()->owner, mm, dst, src, size, false);
}

int copy_from_user(struct task *t, void *dst, uaddr_t src, size_t size)
{
	return read_some(t, t->mm, dst, src, size, true) == (ssize_t)size ? 0 : -EFAULT;
}

int copy_to_user(struct task *t, uaddr_t dst, const void *src, size_t size)
{
	return write_some(t, t->mm, dst, src, size, true) == (ssize_t)size ? 0 : -EFAULT;
}

int clear_user(struct task *t, uaddr_t dst, size_t size)
{
	static const char zeros[PAGE_SIZE];

	while (size) {
		size_t n = min(size, sizeof(zeros));
		int err = copy_to_user(t, dst, zeros, n);

		if (err)
			return err;
		dst += n;
		size -= n;
	}
	return 0;
}

/* As much of a string as can be read at once without reaching into a page it may not reach. */
static ssize_t read_string_part(struct task *t, char *dst, uaddr_t src, size_t max)
{
	size_t to_page_end = PAGE_SIZE - (src & (PAGE_SIZE - 1));
	struct vcpu *v = window_of(t, t->mm);
	size_t n = v ? vcpu_window_in(v, dst, src, max) : 0;

	return n ? (ssize_t)n : read_some(t, t->mm, dst, src, min(max, to_page_end), true);
}

ssize_t strncpy_from_user(struct task *t, char *dst, uaddr_t src, size_t max)
{
	size_t len = 0;

	while (len < max) {
		ssize_t got = read_string_part(t, dst + len, src + len, max - len);
		const char *nul;

		if (got <= 0)
			return -EFAULT;
		nul = memchr(dst + len, 0, (size_t)got);
		if (nul)
			return nul - dst;
		len += (size_t)got;
	}
	return -ENAMETOOLONG;
}

int strndup_from_user(struct task *t, uaddr_t src, size_t max, char **ret)
{
	char *buf = kzalloc(max);
	char *cut;
	ssize_t n;

	if (!buf)
		return -ENOMEM;
	n = strncpy_from_user(t, buf, src, max);
	if (n < 0) {
		kfree(buf);
		return (int)n;
	}
	cut = krealloc(buf, (size_t)n + 1);
	*ret = cut ? cut : buf;
	return 0;
}

int copy_struct_from_user(struct task *t, void *dst, size_t ksize, uaddr_t src, size_t usize)
{
	size_t off = min(ksize, usize);
	int err = copy_from_user(t, dst, src, off);

	memset((char *)dst + off, 0, ksize - off);
	while (!err && off < usize) {
		u8 tail[64];
		size_t n = min(sizeof(tail), usize - off);

		err = copy_from_user(t, tail, src + off, n);
		for (size_t i = 0; !err && i < n; i++) {
			if (tail[i])
				err = -E2BIG;
		}
		off += n;
	}
	return err;
}

/* The guest's struct iovec. */
struct user_iovec {
	u64 base;
	u64 len;
};

_Static_assert(sizeof(struct user_iovec) == sizeof(struct iov_seg), "copied in place");

ssize_t iovec_from_user(struct task *t, uaddr_t uvec, unsigned long nr, struct iov_seg *fast,
			struct iov_seg **ret)
{
	struct iov_seg *segs = fast;
	size_t total = 0;
	int err;

	*ret = fast;
	if (nr > UIO_MAXIOV_GUEST)
		return -EINVAL;
	if (nr > UIO_FASTIOV) {
		segs = kcalloc(nr, sizeof(*segs));
		if (!segs)
			return -ENOMEM;
	}
	err = copy_from_user(t, segs, uvec, nr * sizeof(*segs));
	for (unsigned long i = 0; i < nr && !err; i++) {
		if ((ssize_t)segs[i].len < 0)
			err = -EINVAL;
		else if (clamp_range(segs[i].base, segs[i].len) < segs[i].len)
			err = -EFAULT;
		segs[i].len = min(segs[i].len, MAX_RW_COUNT - total);
		total += segs[i].len;
	}
	if (err) {
		if (segs != fast)
			kfree(segs);
		return err;
	}
	*ret = segs;
	return (ssize_t)total;
}

static ssize_t guest_write(void *guest, uaddr_t dst, const void *src, size_t len)
{
	return write_some(park_self()->owner, guest, dst, src, len, true);
}

static ssize_t guest_read(void *guest, void *dst, uaddr_t src, size_t len)
{
	return read_some(park_self()->owner, guest, dst, src, len, true);
}

void uaccess_init(void)
{
	static const struct iov_guest_ops ops = {.write = guest_write, .read = guest_read};

	iov_guest_ops = &ops;
}
