/*
 * The tree of mappings (vma.h): a treap with the largest hole per subtree.
 *
 * The hole of a mapping is the one in front of it.  It changes when the mapping
 * or the one before it changes, and is then recomputed along the path from the
 * root.  Priorities come from a generator the guest cannot see.
 *
 * Locks: the caller holds mm->mmap_lock.
 */
#include "mm/vma.h"

void vma_tree_changed(struct vma_tree *tree)
{
	static u64 last; /* atomic */

	__atomic_store_n(&tree->gen, __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED),
			 __ATOMIC_RELEASE);
}

void vma_tree_init(struct vma_tree *tree, u64 seed)
{
	tree->root = NULL;
	tree->nr = 0;
	list_init(&tree->list);
	tree->rng = seed | 1;
	vma_tree_changed(tree);
}

static u32 next_prio(struct vma_tree *tree)
{
	/* xorshift64 */
	tree->rng ^= tree->rng << 13;
	tree->rng ^= tree->rng >> 7;
	tree->rng ^= tree->rng << 17;
	return (u32)(tree->rng >> 32);
}

struct vma *vma_first(const struct vma_tree *tree)
{
	return list_empty(&tree->list) ? NULL : list_first_entry(&tree->list, struct vma, node);
}

struct vma *vma_next(const struct vma_tree *tree, const struct vma *v)
{
	return v->node.next == &tree->list ? NULL : list_entry(v->node.next, struct vma, node);
}

struct vma *vma_prev(const struct vma_tree *tree, const struct vma *v)
{
	return v->node.prev == &tree->list ? NULL : list_entry(v->node.prev, struct vma, node);
}

static uaddr_t prev_end(const struct vma_tree *tree, const struct vma *v)
{
	const struct vma *prev = vma_prev(tree, v);

	return prev ? prev->end : 0;
}

static u64 vma_gap(const struct vma_tree *tree, const struct vma *v)
{
	uaddr_t low = prev_end(tree, v), high = vma_start_gap(v);

	return high > low ? high - low : 0;
}

static u64 subtree_gap(const struct vma *v)
{
	return v ? v->max_gap : 0;
}

static void update(const struct vma_tree *tree, struct vma *v)
{
	v->max_gap = max(vma_gap(tree, v), max(subtree_gap(v->left), subtree_gap(v->right)));
}

static void update_path(const struct vma_tree *tree, struct vma *at, const struct vma *v)
{
	if (!at)
		panic("mapping %#lx is not in its tree", (unsigned long)v->start);
	if (at != v)
		update_path(tree, v->start < at->start ? at->left : at->right, v);
	update(tree, at);
}

struct vma *vma_find(const struct vma_tree *tree, uaddr_t addr)
{
	struct vma *v = tree->root, *best = NULL;

	while (v) {
		if (v->end > addr) {
			best = v;
			v = v->left;
		} else {
			v = v->right;
		}
	}
	return best;
}

struct vma *vma_find_range(const struct vma_tree *tree, uaddr_t start, uaddr_t end)
{
	struct vma *v = vma_find(tree, start);

	return v && v->start < end ? v : NULL;
}

static struct vma *rotate_right(const struct vma_tree *tree, struct vma *v)
{
	struct vma *l = v->left;

	v->left = l->right;
	l->right = v;
	update(tree, v);
	update(tree, l);
	return l;
}

static struct vma *rotate_left(const struct vma_tree *tree, struct vma *v)
{
	struct vma *r = v->right;

	v->right = r->left;
	r->left = v;
	update(tree, v);
	update(tree, r);
	return r;
}

static struct vma *insert_at(const struct vma_tree *tree, struct vma *at, struct vma *v)
{
	if (!at) {
		update(tree, v);
		return v;
	}
	if (v->start < at->start) {
		at->left = insert_at(tree, at->left, v);
		if (at->left->prio > at->prio)
			return rotate_right(tree, at);
	} else {
		at->right = insert_at(tree, at->right, v);
		if (at->right->prio > at->prio)
			return rotate_left(tree, at);
	}
	update(tree, at);
	return at;
}

void vma_insert(struct vma_tree *tree, struct vma *v)
{
	struct vma *next = vma_find(tree, v->start);

	if (v->start >= v->end || (next && next->start < v->end))
		panic("mapping %#lx-%#lx put where one is", (unsigned long)v->start,
		      (unsigned long)v->end);
	list_add_tail(&v->node, next ? &next->node : &tree->list);
	v->left = v->right = NULL;
	v->prio = next_prio(tree);
	tree->root = insert_at(tree, tree->root, v);
	tree->nr++;
	if (next)
		update_path(tree, tree->root, next);
}

static struct vma *join(const struct vma_tree *tree, struct vma *l, struct vma *r)
{
	if (!l || !r)
		return l ? l : r;
	if (l->prio > r->prio) {
		l->right = join(tree, l->right, r);
		update(tree, l);
		return l;
	}
	r->left = join(tree, l, r->left);
	update(tree, r);
	return r;
}

static struct vma *erase_at(const struct vma_tree *tree, struct vma *at, struct vma *v)
{
	if (!at)
		panic("mapping %#lx is not in its tree", (unsigned long)v->start);
	if (at == v)
		return join(tree, v->left, v->right);
	if (v->start < at->start)
		at->left = erase_at(tree, at->left, v);
	else
		at->right = erase_at(tree, at->right, v);
	update(tree, at);
	return at;
}

void vma_erase(struct vma_tree *tree, struct vma *v)
{
	struct vma *next = vma_next(tree, v);

	vma_tree_changed(tree);
	list_del(&v->node);
	tree->root = erase_at(tree, tree->root, v);
	tree->nr--;
	v->left = v->right = NULL;
	if (next)
		update_path(tree, tree->root, next);
}

void vma_resize(struct vma_tree *tree, struct vma *v, uaddr_t start, uaddr_t end)
{
	struct vma *next = vma_next(tree, v);

	if (start >= end || start < prev_end(tree, v) || (next && end > next->start))
		panic("mapping %#lx-%#lx resized over another", (unsigned long)start,
		      (unsigned long)end);
	if (start > v->start || end < v->end)
		vma_tree_changed(tree);
	/* The order of starts does not change, so the tree's shape stays right. */
	v->start = start;
	v->end = end;
	update_path(tree, tree->root, v);
	if (next)
		update_path(tree, tree->root, next);
}

/* One search for room. */
struct room {
	const struct vma_tree *tree;
	u64 len;
	u64 need; /* len and what alignment may cost: a hole of this size always does */
	uaddr_t low, high;
	u64 align;
};

static bool fits_high(const struct room *r, uaddr_t low, uaddr_t high, uaddr_t *ret)
{
	low = max(low, r->low);
	high = min(high, r->high);
	if (high < low || high - low < r->need)
		return false;
	*ret = ALIGN_DOWN(high - r->len, r->align);
	return true;
}

static bool fits_low(const struct room *r, uaddr_t low, uaddr_t high, uaddr_t *ret)
{
	low = max(low, r->low);
	high = min(high, r->high);
	if (high < low || high - low < r->need)
		return false;
	*ret = ALIGN_UP(low, r->align);
	return true;
}

static bool topdown_at(const struct room *r, const struct vma *v, uaddr_t *ret)
{
	if (!v || v->max_gap < r->need)
		return false;
	if (v->end < r->high && topdown_at(r, v->right, ret))
		return true;
	if (fits_high(r, prev_end(r->tree, v), vma_start_gap(v), ret))
		return true;
	return v->start > r->low && topdown_at(r, v->left, ret);
}

static bool bottomup_at(const struct room *r, const struct vma *v, uaddr_t *ret)
{
	if (!v || v->max_gap < r->need)
		return false;
	if (v->start > r->low && bottomup_at(r, v->left, ret))
		return true;
	if (fits_low(r, prev_end(r->tree, v), vma_start_gap(v), ret))
		return true;
	return v->end < r->high && bottomup_at(r, v->right, ret);
}

static struct room room_make(const struct vma_tree *tree, size_t len, uaddr_t low, uaddr_t high,
			     size_t align)
{
	return (struct room){
		.tree = tree,
		.len = len,
		.need = len + align - PAGE_SIZE,
		.low = low,
		.high = high,
		.align = align,
	};
}

static uaddr_t last_end(const struct vma_tree *tree)
{
	return list_empty(&tree->list) ? 0 : list_last_entry(&tree->list, struct vma, node)->end;
}

bool vma_room_topdown(const struct vma_tree *tree, size_t len, uaddr_t low, uaddr_t high,
		      size_t align, uaddr_t *ret)
{
	struct room r = room_make(tree, len, low, high, align);

	return fits_high(&r, last_end(tree), high, ret) || topdown_at(&r, tree->root, ret);
}

bool vma_room_bottomup(const struct vma_tree *tree, size_t len, uaddr_t low, uaddr_t high,
		       size_t align, uaddr_t *ret)
{
	struct room r = room_make(tree, len, low, high, align);

	return bottomup_at(&r, tree->root, ret) || fits_low(&r, last_end(tree), high, ret);
}
