/*
 * Mappings: split, cut, merged, freed (vma.h).
 *
 * Locks: mm->mmap_lock for all but vma_edit_begin, vma_edit_end and vma_free.
 */
#include "mm/vma.h"

#include "fs/file.h"
#include "lib/alloc.h"

static size_t nr_vmas; /* atomic */

struct vma *vma_alloc(void)
{
	/* A bound for the sandbox as a whole: many processes must not fill the sentry. */
	bool fits = __atomic_add_fetch(&nr_vmas, 1, __ATOMIC_RELAXED) <= NR_VMAS_MAX;
	struct vma *v = fits ? kzalloc(sizeof(*v)) : NULL;

	if (!v)
		__atomic_sub_fetch(&nr_vmas, 1, __ATOMIC_RELAXED);
	return v;
}

int vma_edit_begin(struct vma_edit *e, unsigned nr)
{
	e->nr_spare = 0;
	list_init(&e->dead);
	while (e->nr_spare < nr) {
		struct vma *v = vma_alloc();

		if (!v) {
			vma_edit_end(e);
			return -ENOMEM;
		}
		e->spare[e->nr_spare++] = v;
	}
	return 0;
}

void vma_free(struct vma *v)
{
	if (v->file)
		file_put(v->file);
	kfree(v);
	__atomic_sub_fetch(&nr_vmas, 1, __ATOMIC_RELAXED);
}

void vma_edit_end(struct vma_edit *e)
{
	while (e->nr_spare)
		vma_free(e->spare[--e->nr_spare]);
	while (!list_empty(&e->dead)) {
		struct vma *v = list_first_entry(&e->dead, struct vma, node);

		list_del(&v->node);
		vma_free(v);
	}
}

struct vma *vma_take_spare(struct vma_edit *e)
{
	if (!e->nr_spare)
		panic("a change of mappings needs more nodes than it foresaw");
	return e->spare[--e->nr_spare];
}

void vma_edit_kill(struct vma_tree *tree, struct vma_edit *e, struct vma *v)
{
	vma_erase(tree, v);
	list_add_tail(&v->node, &e->dead);
}

void vma_copy_attrs(struct vma *dst, const struct vma *src)
{
	dst->flags = src->flags;
	dst->off = src->off;
	dst->file = src->file ? file_get_mapping(src->file) : NULL;
	dst->object = src->object;
	dst->name = src->name;
}

/* The part of @v from @addr on becomes a mapping of its own. */
static void split(struct vma_tree *tree, struct vma_edit *e, struct vma *v, uaddr_t addr)
{
	struct vma *upper = vma_take_spare(e);

	vma_copy_attrs(upper, v);
	upper->start = addr;
	upper->end = v->end;
	if (vma_has_off(v))
		upper->off += addr - v->start;
	vma_resize(tree, v, v->start, addr);
	vma_insert(tree, upper);
}

void vma_split_at(struct vma_tree *tree, struct vma_edit *e, uaddr_t addr)
{
	struct vma *v = vma_find(tree, addr);

	if (v && v->start < addr)
		split(tree, e, v, addr);
}

void vma_clear_range(struct vma_tree *tree, struct vma_edit *e, uaddr_t start, uaddr_t end)
{
	struct vma *v = vma_find(tree, start);

	if (v && v->start < start) {
		if (v->end > end)
			split(tree, e, v, end);
		vma_resize(tree, v, v->start, start);
		v = vma_next(tree, v);
	}
	while (v && v->end <= end) {
		struct vma *next = vma_next(tree, v);

		vma_edit_kill(tree, e, v);
		v = next;
	}
	if (v && v->start < end) {
		if (vma_has_off(v))
			v->off += end - v->start;
		vma_resize(tree, v, end, v->end);
	}
}

static bool can_merge(const struct vma *a, const struct vma *b)
{
	if (a->end != b->start || a->flags != b->flags || (a->flags & VMA_SPECIAL))
		return false;
	if (a->file != b->file || a->object != b->object || a->name != b->name)
		return false;
	return !vma_has_off(a) || a->off + (a->end - a->start) == b->off;
}

void vma_merge_range(struct vma_tree *tree, struct vma_edit *e, uaddr_t start, uaddr_t end)
{
	struct vma *v = vma_find(tree, start > 0 ? start - 1 : 0);

	while (v && v->start <= end) {
		struct vma *next = vma_next(tree, v);

		if (next && can_merge(v, next)) {
			uaddr_t new_end = next->end;

			vma_edit_kill(tree, e, next);
			vma_resize(tree, v, v->start, new_end);
		} else {
			v = next;
		}
	}
}
