/*
 * Descriptor tables (fdtable.h).
 *
 * Three arrays that double as they fill: the files, a bit for numbers that are
 * taken, a bit for close-on-exec.  A taken number without a file is reserved.
 */
#include "fs/fdtable.h"

#include <string.h>

#include "lib/alloc.h"

#define FIRST_SIZE 64

static bool bit_get(const u64 *bits, u32 n)
{
	return bits[n / 64] & (1ull << (n % 64));
}

static void bit_set(u64 *bits, u32 n, bool on)
{
	if (on)
		bits[n / 64] |= 1ull << (n % 64);
	else
		bits[n / 64] &= ~(1ull << (n % 64));
}

static void arrays_free(struct fdtable *ft)
{
	kfree(ft->files);
	kfree(ft->used);
	kfree(ft->cloexec);
}

/* Arrays of @size with what @old has; @old NULL: empty.  *@ret is not a table yet. */
static int arrays_alloc(const struct fdtable *old, u32 size, struct fdtable *ret)
{
	u32 nr = old ? min(old->size, size) : 0;

	ret->files = kcalloc(size, sizeof(*ret->files));
	ret->used = kcalloc(size / 64, sizeof(*ret->used));
	ret->cloexec = kcalloc(size / 64, sizeof(*ret->cloexec));
	if (!ret->files || !ret->used || !ret->cloexec) {
		arrays_free(ret);
		return -ENOMEM;
	}
	ret->size = size;
	if (nr) {
		memcpy(ret->files, old->files, nr * sizeof(*ret->files));
		memcpy(ret->used, old->used, nr / 8);
		memcpy(ret->cloexec, old->cloexec, nr / 8);
	}
	return 0;
}

static int grow_locked(struct fdtable *ft, u32 fd) NO_TSA
{
	struct fdtable bigger = {0};
	u32 size = ft->size;
	int err;

	while (size <= fd)
		size *= 2;
	if (size == ft->size)
		return 0;
	err = arrays_alloc(ft, size, &bigger);
	if (err)
		return err;
	arrays_free(ft);
	ft->files = bigger.files;
	ft->used = bigger.used;
	ft->cloexec = bigger.cloexec;
	ft->size = size;
	return 0;
}

int fdtable_create(struct fdtable **ret)
{
	struct fdtable *ft = kzalloc(sizeof(*ft));

	if (!ft || arrays_alloc(NULL, FIRST_SIZE, ft)) {
		kfree(ft);
		return -ENOMEM;
	}
	ref_init(&ft->ref);
	mutex_init(&ft->mu, LOCK_FDTABLE);
	*ret = ft;
	return 0;
}

/* The first bit from @from on that is @set; @size if there is none. */
static u32 find_bit(const u64 *bits, u32 size, u32 from, bool set)
{
	while (from < size) {
		u64 word = set ? bits[from / 64] : ~bits[from / 64];

		word &= ~0ull << (from % 64);
		if (word)
			return (from & ~63u) + (u32)__builtin_ctzll(word);
		from = (from & ~63u) + 64;
	}
	return size;
}

int fdtable_copy(struct fdtable *old, u32 max_fd, struct fdtable **ret)
{
	struct fdtable *ft = kzalloc(sizeof(*ft));
	u32 size = FIRST_SIZE;
	int err;

	if (!ft)
		return -ENOMEM;
	mutex_lock(&old->mu);
	for (u32 fd = find_bit(old->used, old->size, 0, true); fd < min(old->size, max_fd);
	     fd = find_bit(old->used, old->size, fd + 1, true)) {
		while (size <= fd)
			size *= 2;
	}
	err = arrays_alloc(old, size, ft);
	for (u32 fd = 0; !err && fd < size; fd++) {
		/* Left out, or reserved: the number is the other's. */
		if (fd >= max_fd || !ft->files[fd]) {
			ft->files[fd] = NULL;
			bit_set(ft->used, fd, false);
			bit_set(ft->cloexec, fd, false);
		} else {
			file_get(ft->files[fd]);
		}
	}
	mutex_unlock(&old->mu);
	if (err) {
		kfree(ft);
		return err;
	}
	ref_init(&ft->ref);
	mutex_init(&ft->mu, LOCK_FDTABLE);
	*ret = ft;
	return 0;
}

struct fdtable *fdtable_get(struct fdtable *ft)
{
	ref_get(&ft->ref);
	return ft;
}

void fdtable_put(struct fdtable *ft)
{
	if (!ref_put(&ft->ref))
		return;
	for (u32 fd = find_bit(ft->used, ft->size, 0, true); fd < ft->size;
	     fd = find_bit(ft->used, ft->size, fd + 1, true)) {
		struct file *f = ft->files[fd];

		if (!f)
			continue;
		(void)!vfs_flush(f, ft);
		file_put(f);
	}
	arrays_free(ft);
	kfree(ft);
}

struct file *fdtable_lookup(struct fdtable *ft, int fd)
{
	struct file *f = NULL;

	mutex_lock(&ft->mu);
	if (fd >= 0 && (u32)fd < ft->size && ft->files[fd])
		f = file_get(ft->files[fd]);
	mutex_unlock(&ft->mu);
	return f;
}

int fdtable_reserve(struct fdtable *ft, u32 min_fd, u64 limit, bool cloexec)
{
	u64 max = min(limit, (u64)FDTABLE_MAX);
	u32 fd;
	int err = 0;

	mutex_lock(&ft->mu);
	fd = find_bit(ft->used, ft->size, max(min_fd, ft->first_free), false);
	fd = max(fd, min_fd);
	if (fd >= max)
		err = -EMFILE;
	else
		err = grow_locked(ft, fd);
	if (!err) {
		bit_set(ft->used, fd, true);
		bit_set(ft->cloexec, fd, cloexec);
		if (min_fd <= ft->first_free)
			ft->first_free = fd + 1;
	}
	mutex_unlock(&ft->mu);
	return err ? err : (int)fd;
}

void fdtable_commit(struct fdtable *ft, int fd, struct file *f)
{
	mutex_lock(&ft->mu);
	assert(bit_get(ft->used, (u32)fd) && !ft->files[fd]);
	ft->files[fd] = file_get(f);
	mutex_unlock(&ft->mu);
}

static void leaves_table(struct file *f)
{
	if (f && file_is_told(f))
		file_hooks.untell(f);
}

/* Take @fd out; the file is the caller's, NULL if the number was only reserved. */
static struct file *take_locked(struct fdtable *ft, u32 fd) NO_TSA
{
	struct file *f = ft->files[fd];

	ft->files[fd] = NULL;
	bit_set(ft->used, fd, false);
	bit_set(ft->cloexec, fd, false);
	ft->first_free = min(ft->first_free, fd);
	leaves_table(f);
	return f;
}

void fdtable_cancel(struct fdtable *ft, int fd)
{
	mutex_lock(&ft->mu);
	assert(bit_get(ft->used, (u32)fd) && !ft->files[fd]);
	(void)take_locked(ft, (u32)fd);
	mutex_unlock(&ft->mu);
}

int fdtable_install(struct fdtable *ft, struct file *f, u32 min_fd, u64 limit, bool cloexec)
{
	int fd = fdtable_reserve(ft, min_fd, limit, cloexec);

	if (fd >= 0)
		fdtable_commit(ft, fd, f);
	return fd;
}

int fdtable_replace(struct fdtable *ft, int fd, struct file *f, u64 limit, bool cloexec)
{
	cleanup_file struct file *old = NULL;
	int err = 0;

	if (fd < 0 || (u64)fd >= min(limit, (u64)FDTABLE_MAX))
		return -EBADF;
	mutex_lock(&ft->mu);
	err = grow_locked(ft, (u32)fd);
	if (!err && bit_get(ft->used, (u32)fd) && !ft->files[fd])
		err = -EBUSY;
	if (!err) {
		old = ft->files[fd];
		leaves_table(old);
		ft->files[fd] = file_get(f);
		bit_set(ft->used, (u32)fd, true);
		bit_set(ft->cloexec, (u32)fd, cloexec);
		if (ft->first_free == (u32)fd)
			ft->first_free++;
	}
	mutex_unlock(&ft->mu);
	if (old)
		(void)!vfs_flush(old, ft);
	return err ? err : fd;
}

int fdtable_close(struct fdtable *ft, int fd)
{
	cleanup_file struct file *f = NULL;

	mutex_lock(&ft->mu);
	if (fd >= 0 && (u32)fd < ft->size && ft->files[fd])
		f = take_locked(ft, (u32)fd);
	mutex_unlock(&ft->mu);
	return f ? vfs_flush(f, ft) : -EBADF;
}

/* Close the first file from *@fd to @last whose bit is in @bits; false: there is none. */
static bool close_next(struct fdtable *ft, u32 *fd, u32 last, bool cloexec_only)
{
	cleanup_file struct file *f = NULL;
	u32 end;

	mutex_lock(&ft->mu);
	end = last < ft->size ? last + 1 : ft->size;
	for (;;) {
		*fd = find_bit(cloexec_only ? ft->cloexec : ft->used, ft->size, *fd, true);
		if (*fd >= end || ft->files[*fd])
			break;
		++*fd;
	}
	if (*fd < end)
		f = take_locked(ft, *fd);
	mutex_unlock(&ft->mu);
	if (f)
		(void)!vfs_flush(f, ft);
	return f;
}

int fdtable_close_range(struct fdtable *ft, u32 first, u32 last, bool cloexec_only)
{
	if (first > last)
		return -EINVAL;
	if (!cloexec_only) {
		while (close_next(ft, &first, last, false))
			first++;
		return 0;
	}
	mutex_lock(&ft->mu);
	for (u32 fd = find_bit(ft->used, ft->size, first, true); fd < ft->size && fd <= last;
	     fd = find_bit(ft->used, ft->size, fd + 1, true))
		bit_set(ft->cloexec, fd, true);
	mutex_unlock(&ft->mu);
	return 0;
}

void fdtable_exec(struct fdtable *ft)
{
	u32 fd = 0;

	while (close_next(ft, &fd, UINT32_MAX, true))
		fd++;
}

int fdtable_get_cloexec(struct fdtable *ft, int fd)
{
	int ret = -EBADF;

	mutex_lock(&ft->mu);
	if (fd >= 0 && (u32)fd < ft->size && ft->files[fd])
		ret = bit_get(ft->cloexec, (u32)fd);
	mutex_unlock(&ft->mu);
	return ret;
}

int fdtable_set_cloexec(struct fdtable *ft, int fd, bool cloexec)
{
	int ret = -EBADF;

	mutex_lock(&ft->mu);
	if (fd >= 0 && (u32)fd < ft->size && ft->files[fd]) {
		bit_set(ft->cloexec, (u32)fd, cloexec);
		ret = 0;
	}
	mutex_unlock(&ft->mu);
	return ret;
}

int fdtable_next(struct fdtable *ft, int fd)
{
	u32 n = fd < 0 ? 0 : (u32)fd;

	mutex_lock(&ft->mu);
	do {
		n = find_bit(ft->used, ft->size, n, true);
	} while (n < ft->size && !ft->files[n] && ++n);
	if (n >= ft->size)
		fd = -1;
	else
		fd = (int)n;
	mutex_unlock(&ft->mu);
	return fd;
}

u32 fdtable_size(struct fdtable *ft)
{
	u32 size;

	mutex_lock(&ft->mu);
	size = ft->size;
	mutex_unlock(&ft->mu);
	return size;
}

u32 fdtable_nr(struct fdtable *ft)
{
	u32 nr = 0;

	mutex_lock(&ft->mu);
	for (u32 i = 0; i < ft->size / 64; i++)
		nr += (u32)__builtin_popcountll(ft->used[i]);
	mutex_unlock(&ft->mu);
	return nr;
}
