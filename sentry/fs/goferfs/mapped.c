/*
 * Reads of hot files through a mapping: no host call, and one copy
 *
 * A file of an exclusive mount that was read a few times is mapped whole, with
 * room to grow, and stays mapped as long as its descriptors are kept (fds.c).
 * The mapping and the host's read(2) show the same pages.  Should the host cut
 * the file meanwhile, the fault is caught (host/guard.h), and pread(2) says what
 * there is.
 *
 * Small reads are copied by the sentry; large ones by the host, straight from
 * the mapping into the guest, and there the host copes with the fault.
 *
 * Locks: gi->open_mu to make a mapping; users are counted in gi->nr_open.
 */
#include <sys/mman.h>

#include "fs/goferfs/internal.h"
#include "host/guard.h"
#include "mm/uaccess.h"

#define HOT_READS     8 /* after so many reads a file is worth a mapping */
#define MAP_FILE_MAX  (64ull << 20)
#define MAP_TOTAL_MAX (256ull << 20) /* bytes of files that are mapped, of one mount */
#define MAP_ROOM      (64ull << 20)  /* addresses a mapping takes at least: the file may grow */
#define COPY_MAX      PAGE_SIZE      /* longer ones are left to the host */

/* Addresses that cost nothing until the file reaches them. */
static size_t map_len(u64 size)
{
	size_t len = MAP_ROOM;

	while (len < 2 * size)
		len *= 2;
	return len;
}

static void map_locked(struct gofer_inode *gi, hostfd_t fd)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	u64 size = inode_size(&gi->inode);
	void *p;

	if (gi->map || size > MAP_FILE_MAX ||
	    __atomic_load_n(&s->map_bytes, __ATOMIC_RELAXED) + size > MAP_TOTAL_MAX)
		return;
	if (host_mmap(NULL, map_len(size), PROT_READ, MAP_SHARED, fd, 0, &p)) {
		__atomic_store_n(&gi->unmappable, true, __ATOMIC_RELAXED);
		return;
	}
	gi->map_len = map_len(size);
	gi->map_size = size;
	__atomic_add_fetch(&s->map_bytes, size, __ATOMIC_RELAXED);
	__atomic_store_n(&gi->map, p, __ATOMIC_RELEASE);
}

/* In one go: others read there. */
int gi_remap_locked(struct gofer_inode *gi, hostfd_t fd)
{
	void *p;

	return gi->map ? host_mmap(gi->map, gi->map_len, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0,
				   &p)
		       : 0;
}

void gi_unmap(struct gofer_inode *gi)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);

	if (!gi->map)
		return;
	(void)!host_munmap(gi->map, gi->map_len);
	gi->map = NULL;
	gi->nr_reads = 0;
	__atomic_sub_fetch(&s->map_bytes, gi->map_size, __ATOMIC_RELAXED);
}

/* The mapping, made when the file turns hot; NULL: read it another way. */
static const u8 *map_get(struct gofer_inode *gi, hostfd_t fd)
{
	const u8 *map = __atomic_load_n(&gi->map, __ATOMIC_ACQUIRE);
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	u32 reads;

	if (likely(map))
		return map;
	/* The counter may lose some: it says only that there were many. */
	reads = __atomic_load_n(&gi->nr_reads, __ATOMIC_RELAXED) + 1;
	__atomic_store_n(&gi->nr_reads, reads, __ATOMIC_RELAXED);
	if (reads % HOT_READS || __atomic_load_n(&gi->unmappable, __ATOMIC_RELAXED) ||
	    !guard_ready())
		return NULL;
	if (__atomic_load_n(&s->map_bytes, __ATOMIC_RELAXED) + inode_size(&gi->inode) >
	    MAP_TOTAL_MAX)
		gs_close_idle_maps(s, MAP_TOTAL_MAX / 2);
	mutex_lock(&gi->open_mu);
	map_locked(gi, fd);
	mutex_unlock(&gi->open_mu);
	return gi->map;
}

static ssize_t copy_small(struct iov_iter *dst, const u8 *from, size_t count)
{
	u8 buf[COPY_MAX];
	size_t got = count - guarded_copy(buf, from, count);

	return got ? copy_to_iter_some(dst, buf, got) : 0;
}

/* One piece of @dst: straight there.  What faults, on either side, is left out. */
static ssize_t copy_piece(struct iov_iter *dst, const u8 *from, size_t count)
{
	u64 base;
	size_t len = min(iov_iter_contig(dst, &base), count), left;
	ssize_t n;

	if (dst->guest) {
		n = mm_write(dst->guest, base, from, len);
	} else {
		left = guarded_copy((void *)(uintptr_t)base, from, len);
		n = (ssize_t)(len - left);
	}
	if (n > 0)
		iov_iter_advance(dst, (size_t)n);
	return n;
}

ssize_t gi_read_mapped(struct gofer_inode *gi, hostfd_t fd, struct iov_iter *dst, size_t count,
		       off_t pos)
{
	const u8 *map = map_get(gi, fd);
	size_t done = 0;

	if (!map || (u64)pos + count > gi->map_len)
		return 0;
	if (dst->guest && count <= COPY_MAX)
		return copy_small(dst, map + pos, count);
	while (done < count) {
		ssize_t n = copy_piece(dst, map + pos + done, count - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}
