/*
 * Mapping patched text in place of a file's (fastpath_cache.c makes it).
 *
 * The records of its sites are entered before the host is asked, so that nothing is
 * patched that is not known; they are taken back if it refuses.
 *
 * Locks: mm->mmap_lock.
 */
#include <sys/syscall.h>

#include "fs/file.h"
#include "mm/fastpath_internal.h"

struct fp_image *fastpath_image(struct file *f, const struct file_map *map, u32 vm_flags)
{
	const struct vma as = {.flags = vm_flags};

	if (!fp_on() || !f || !f->inode || !fp_may_patch(&as) ||
	    vm_flags & (VMA_LOCKED | VMA_GROWSDOWN) || map->fd_writable || !hostfd_valid(map->fd))
		return NULL;
	return fp_image_of(f->inode, map);
}

/* Copies of the image's records, moved to where its text is. */
static bool add_tramps_locked(struct fastpath *fp, const struct fp_image *img, uaddr_t delta)
{
	for (u32 i = 0; i < img->nr; i++) {
		struct fp_tramp *tr = fp_add_tramp_locked(fp);

		if (!tr)
			return false;
		spin_lock(&fp->lock);
		*tr = img->tramps[i];
		tr->s.site += delta;
		tr->s.tramp += delta;
		tr->call += delta;
		tr->chunk = (u16)fp->nr_chunks;
		fp->nr_tramps++;
		spin_unlock(&fp->lock);
	}
	return true;
}

bool fastpath_enter_locked(struct mm *mm, struct fp_image *img, uaddr_t text, uaddr_t *ret_chunk,
			   hostfd_t *ret_fd)
{
	struct fastpath *fp = fp_get(mm);
	uaddr_t delta = text - img->nominal, base = img->chunk.base + delta;
	struct fp_chunk *c;
	u32 nr;

	if (!fp || fp->off || fp->nr_chunks == FP_CHUNKS_MAX || !fp_is_room_locked(mm, fp, base) ||
	    ranges_meet(base, base + PATCH_CHUNK, text, text + img->len))
		return false;
	c = fp_add_chunk_locked(fp);
	nr = fp->nr_tramps;
	if (!c || !add_tramps_locked(fp, img, delta)) {
		fp->nr_tramps = nr;
		return false;
	}
	spin_lock(&fp->lock);
	*c = (struct fp_chunk){
		.image = fp_image_get(img),
		.c = img->chunk,
		.lo = text,
		.hi = text + img->len,
	};
	c->c.base = base;
	fp->nr_chunks++;
	fp_widen_box(fp, text);
	fp_widen_box(fp, text + img->len - PATCH_JUMP);
	spin_unlock(&fp->lock);
	*ret_chunk = base;
	*ret_fd = img->memfd;
	return true;
}

void fastpath_leave_locked(struct mm *mm, struct vcpu *v)
{
	struct fastpath *fp = fp_of(mm);
	struct fp_chunk *c = &fp->chunks[fp->nr_chunks - 1];

	spin_lock(&fp->lock);
	fp->nr_tramps -= c->image->nr;
	fp->nr_chunks--;
	spin_unlock(&fp->lock);
	(void)!mm_host1(v, SYS_munmap, c->c.base, PATCH_CHUNK, 0, 0);
	fp_image_put(c->image);
	c->image = NULL;
}
