/*
 * One mapping (struct vma) and the tree of an address space's mappings.
 *
 * For mm/ only.  The tree is a treap keyed by address; every node knows the
 * largest hole in front of a mapping of its subtree, so finding a mapping and
 * finding room both cost the logarithm of their number.  A list in address
 * order runs through the same nodes.
 *
 * Locks: all of it is guarded by mm->mmap_lock.
 */
#pragma once
#include "lib/base.h"
#include "lib/list.h"

struct file;

/* What a mapping is and may become; the bits are bailey's own. */
enum vma_flags {
	VMA_READ = 1 << 0, /* equal to PROT_READ, PROT_WRITE, PROT_EXEC */
	VMA_WRITE = 1 << 1,
	VMA_EXEC = 1 << 2,
	VMA_MAYREAD = 1 << 3,
	VMA_MAYWRITE = 1 << 4,
	VMA_MAYEXEC = 1 << 5,
	VMA_SHARED = 1 << 6, /* MAP_SHARED, whatever may be done with it */
	VMA_GROWSDOWN = 1 << 7,
	VMA_LOCKED = 1 << 8,
	VMA_LOCKONFAULT = 1 << 9,
	VMA_NORESERVE = 1 << 10,
	VMA_DONTCOPY = 1 << 11,
	VMA_WIPEONFORK = 1 << 12,
	VMA_DONTDUMP = 1 << 13,
	VMA_HUGEPAGE = 1 << 14,
	VMA_NOHUGEPAGE = 1 << 15,
	VMA_SEQUENTIAL = 1 << 17,
	VMA_RANDOM = 1 << 18,
	VMA_SPECIAL = 1 << 19, /* the vDSO: not merged, grown or advised */
	VMA_POLICY = 7 << 20,  /* mbind(2)'s mode */
	VMA_SEALED = 1 << 23,  /* mseal(2) */
};

#define VMA_PROT_MASK (VMA_READ | VMA_WRITE | VMA_EXEC)
#define VMA_MAY_SHIFT 3

struct vma {
	uaddr_t start, end;
	u32 flags;
	u64 off;           /* of start in what is mapped, bytes; for private anonymous ones 0 */
	struct file *file; /* counted; NULL: anonymous */
	u64 object;        /* identity of what is shared; 0: private anonymous */
	const char *name;  /* static, or NULL */

	struct list_head node; /* vma_tree.list, or a list of dead ones */
	struct vma *left, *right;
	u32 prio;
	u64 max_gap; /* largest vma_gap() of the subtree */
};

struct vma_tree {
	struct vma *root;
	struct list_head list;
	size_t nr;
	u64 rng;
	u64 gen; /* atomic; never the same for two trees: changes when a mapping shrinks or changes
		  */
};

#define VMA_GUARD_GAP (256 * PAGE_SIZE)

/* vma_tree_init - an empty one; @seed is random: the guest must not guess priorities */
void vma_tree_init(struct vma_tree *tree, u64 seed);

static inline u64 vma_tree_gen(const struct vma_tree *tree)
{
	return __atomic_load_n(&tree->gen, __ATOMIC_ACQUIRE);
}

/* vma_tree_changed - what was seen of the tree's mappings may be true no longer */
void vma_tree_changed(struct vma_tree *tree);

/* vma_find - the first mapping that ends above @addr, or NULL */
struct vma *vma_find(const struct vma_tree *tree, uaddr_t addr);
struct vma *vma_next(const struct vma_tree *tree, const struct vma *v);
struct vma *vma_prev(const struct vma_tree *tree, const struct vma *v);
struct vma *vma_first(const struct vma_tree *tree);

/* vma_find_range - the first mapping that has a byte in [start, end), or NULL */
struct vma *vma_find_range(const struct vma_tree *tree, uaddr_t start, uaddr_t end);

/* vma_insert - @v must not overlap another */
void vma_insert(struct vma_tree *tree, struct vma *v);
void vma_erase(struct vma_tree *tree, struct vma *v);

/* vma_resize - move the borders of @v, which must not reach a neighbour; off is the caller's */
void vma_resize(struct vma_tree *tree, struct vma *v, uaddr_t start, uaddr_t end);

/* vma_start_gap - where others must end: below a stack stays a guard gap */
static inline uaddr_t vma_start_gap(const struct vma *v)
{
	if (!(v->flags & VMA_GROWSDOWN))
		return v->start;
	return v->start > VMA_GUARD_GAP ? v->start - VMA_GUARD_GAP : 0;
}

/*
 * vma_room_topdown, vma_room_bottomup - the highest (lowest) place for @len bytes
 * @len: whole pages
 * @align: a power of two of at least a page, which the result is a multiple of
 *
 * Return: true with *@ret inside [low, high - len].
 */
bool vma_room_topdown(const struct vma_tree *tree, size_t len, uaddr_t low, uaddr_t high,
		      size_t align, uaddr_t *ret) must_check;
bool vma_room_bottomup(const struct vma_tree *tree, size_t len, uaddr_t low, uaddr_t high,
		       size_t align, uaddr_t *ret) must_check;

/*
 * An edit: what a change of the tree needs and leaves behind.
 *
 * The spare nodes are allocated before anything is decided, so that the commit
 * cannot fail; mappings that go away are freed after mmap_lock is dropped,
 * since the last reference to a file may sleep.
 */
#define VMA_SPARES 4

struct vma_edit {
	struct vma *spare[VMA_SPARES];
	unsigned nr_spare;
	struct list_head dead;
};

/* vma_edit_begin - allocate @nr spare nodes; 0 or -ENOMEM, with nothing to end */
int vma_edit_begin(struct vma_edit *e, unsigned nr) must_check;

/* vma_edit_end - free what is left over.  Locks: none.  May sleep. */
void vma_edit_end(struct vma_edit *e);

/* vma_take_spare - a zeroed node; there must be one left */
struct vma *vma_take_spare(struct vma_edit *e);

/* vma_edit_kill - take @v out of the tree, to be freed by vma_edit_end */
void vma_edit_kill(struct vma_tree *tree, struct vma_edit *e, struct vma *v);

/* vma_split_at - two mappings where one ran over @addr; needs a spare if so */
void vma_split_at(struct vma_tree *tree, struct vma_edit *e, uaddr_t addr);

/* vma_clear_range - no mapping between @start and @end; needs one spare */
void vma_clear_range(struct vma_tree *tree, struct vma_edit *e, uaddr_t start, uaddr_t end);

/* vma_merge_range - join what can be joined among those that touch [start, end] */
void vma_merge_range(struct vma_tree *tree, struct vma_edit *e, uaddr_t start, uaddr_t end);

/* vma_copy_attrs - all but place and links; counts the file once more */
void vma_copy_attrs(struct vma *dst, const struct vma *src);

/* The most mappings of all processes together: some 150 MB of the sentry's memory. */
#define NR_VMAS_MAX (1u << 20)

/* vma_alloc - a zeroed node; NULL when memory is short, or the sandbox has too many */
struct vma *vma_alloc(void);

/* vma_free - one that is in no tree; drops its file */
void vma_free(struct vma *v);

static inline bool vma_has_off(const struct vma *v)
{
	return v->object != 0 || v->file;
}
