/*
 * Mappings that are kept: a library without a descriptor.
 *
 * To map a file, its descriptor has to be put into the guest: the guest is woken
 * for it, and we sleep until it has it.  A short program maps ten.  So files that
 * are mapped again and again are mapped once more, whole and above all that is
 * the guest's, and stay there, untouched, from one program to the next and from
 * parent to child.  Mapping such a file moves that mapping's (no) pages to where
 * the guest wants them and leaves it standing: mremap() with MREMAP_DONTUNMAP.
 *
 *	mmap(addr, len, prot, MAP_PRIVATE, file, off)  is
 *	mremap(kept + off, len, len, FIXED | DONTUNMAP, addr), mprotect(addr, len, prot)
 *
 * A guest can read what its process keeps, by forged calls of the stub; so it is only what
 * anybody may read (struct host_op).  What it does to it, it does to itself.
 *
 * A slot says which file stands at its place; an address space notes of which
 * generation what it has there is.  A file that has changed since (ctime) loses its slot:
 * on an overlay of the host it may be another by now, under the same numbers.
 *
 * Who may read a file is asked when it is mapped.  When less people may, all slots are
 * given up (keep_hide_all()), and what a process has of old ones goes with its program.
 *
 * Locks: keep.lock; as->lock for as->kept.
 */
#include "platform/notify/keep.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "platform/notify/notify.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

#define KEEP_USES  8  /* mappings of a file before it gets a slot */
#define CANDIDATES 64 /* files whose mappings are counted */
#define PROVIDE    8  /* files at most that one fork maps */

/* So much of a file, and of what is behind its end; then a gap. */
#define KEEP_LEN (KEEP_SIZE - PAGE_SIZE)

_Static_assert(KEEP_BASE >= STUB_BASE + STUB_SIZE, "the stub stands there");
_Static_assert(KEEP_BASE + KEEP_SLOTS * KEEP_SIZE <= CHAN_BASE, "channels stand there");

struct file_id {
	dev_t dev;
	ino_t ino;
};

struct slot {
	struct file_id id;
	struct timespec ctime;
	hostfd_t fd; /* holds the file, so that its numbers are no other's */
	u64 used;    /* when, in mappings */
	u32 gen;     /* 0: free */
};

static struct {
	struct spinlock lock;
	struct slot slots[KEEP_SLOTS]; /* guarded by lock */
	struct {
		struct file_id id;
		unsigned uses;
	} seen[CANDIDATES]; /* guarded by lock */
	u64 now;            /* guarded by lock */
	u32 gen;            /* guarded by lock: last given */
} keep;

void keep_init(void)
{
	memset(&keep, 0, sizeof(keep));
	spin_init(&keep.lock);
}

void keep_fini(void)
{
	keep_hide_all();
}

/* The slot is free, and the first to be used; the caller closes its descriptor, if it had one. */
static hostfd_t vacate_locked(struct slot *s) REQUIRES(keep.lock)
{
	hostfd_t fd = s->gen ? s->fd : HOSTFD_NONE;

	*s = (struct slot){.fd = HOSTFD_NONE};
	return fd;
}

void keep_hide_all(void)
{
	hostfd_t fds[KEEP_SLOTS];

	spin_lock(&keep.lock);
	for (unsigned i = 0; i < KEEP_SLOTS; i++)
		fds[i] = vacate_locked(&keep.slots[i]);
	spin_unlock(&keep.lock);
	for (unsigned i = 0; i < KEEP_SLOTS; i++)
		host_close(fds[i]);
}

static bool same_file(const struct file_id *a, const struct file_id *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

static struct slot *find_locked(const struct file_id *id) REQUIRES(keep.lock)
{
	for (unsigned i = 0; i < KEEP_SLOTS; i++)
		if (keep.slots[i].gen && same_file(&keep.slots[i].id, id))
			return &keep.slots[i];
	return NULL;
}

/* Counts a mapping of a file without slot; true: it is worth one. */
static bool count_locked(const struct file_id *id) REQUIRES(keep.lock)
{
	unsigned i = (unsigned)(id->ino ^ id->ino >> 6 ^ id->dev) % CANDIDATES;

	if (!same_file(&keep.seen[i].id, id)) {
		keep.seen[i].id = *id;
		keep.seen[i].uses = 0;
	}
	if (++keep.seen[i].uses < KEEP_USES)
		return false;
	keep.seen[i].uses = 0;
	return true;
}

static struct slot *oldest_locked(void) REQUIRES(keep.lock)
{
	struct slot *best = &keep.slots[0];

	for (unsigned i = 0; i < KEEP_SLOTS; i++)
		if (keep.slots[i].used < best->used)
			best = &keep.slots[i];
	return best;
}

/*
 * A removed file would be held for nobody; an image of text, which has no name, is sealed.
 * Of a mount without programs no text may be mapped, which is told at the first call only.
 */
static bool may_hold(hostfd_t fd, const struct stat *st)
{
	struct statfs sf;
	int seals;

	if (host_fstatfs(fd, &sf) || sf.f_flags & ST_NOEXEC)
		return false;
	if (st->st_nlink)
		return true;
	seals = host_fcntl(fd, F_GET_SEALS, 0);
	return seals >= 0 && seals & F_SEAL_WRITE;
}

static bool is_unchanged(const struct slot *s, const struct stat *st)
{
	return s->ctime.tv_sec == st->st_ctim.tv_sec && s->ctime.tv_nsec == st->st_ctim.tv_nsec;
}

/*
 * The slot of the file, as it is now, and its place; false: it has none.
 * @count: the file is being mapped, and may get one for it
 */
static bool lookup(hostfd_t fd, bool count, struct slot *ret, unsigned *ret_at)
{
	cleanup_hostfd hostfd_t old = HOSTFD_NONE;
	hostfd_t dup;
	struct file_id id;
	struct slot *s;
	struct stat st;

	if (host_fstat(fd, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & S_IROTH) ||
	    st.st_size <= 0 || st.st_size > (off_t)KEEP_LEN)
		return false;
	id = (struct file_id){st.st_dev, st.st_ino};
	spin_lock(&keep.lock);
	s = find_locked(&id);
	if (s && !is_unchanged(s, &st)) {
		old = vacate_locked(s);
		s = NULL;
	} else if (!s && count && count_locked(&id) && may_hold(fd, &st) && !host_dup(fd, &dup)) {
		s = oldest_locked();
		old = vacate_locked(s);
		*s = (struct slot){.id = id, .ctime = st.st_ctim, .fd = dup, .gen = ++keep.gen};
	}
	if (s) {
		s->used = count ? ++keep.now : s->used;
		*ret = *s;
		*ret_at = (unsigned)(s - keep.slots);
	}
	spin_unlock(&keep.lock);
	return s;
}

static uaddr_t place(unsigned at)
{
	return KEEP_BASE + at * KEEP_SIZE;
}

/* Does @as lack what the slot holds?  From now on it counts as there. */
static bool take_note(struct aspace *as, unsigned at, u32 gen)
{
	bool lacks;

	spin_lock(&as->lock);
	lacks = as->kept[at] != gen;
	as->kept[at] = gen;
	spin_unlock(&as->lock);
	return lacks;
}

static struct host_op keep_op(unsigned at, hostfd_t fd)
{
	return (struct host_op){
		.nr = SYS_mmap,
		.args = {place(at), KEEP_LEN, PROT_READ, MAP_PRIVATE | MAP_FIXED, UINT64_MAX, 0},
		.fd = fd,
	};
}

/* Has @as something of a file that has lost its slot? */
static bool holds_old(struct aspace *as)
{
	u32 gens[KEEP_SLOTS];
	bool old = false;

	spin_lock(&keep.lock);
	for (unsigned i = 0; i < KEEP_SLOTS; i++)
		gens[i] = keep.slots[i].gen;
	spin_unlock(&keep.lock);
	spin_lock(&as->lock);
	for (unsigned i = 0; i < KEEP_SLOTS; i++)
		old |= as->kept[i] && as->kept[i] != gens[i];
	spin_unlock(&as->lock);
	return old;
}

static struct host_op drop_op(void)
{
	return (struct host_op){
		.nr = SYS_munmap,
		.args = {KEEP_BASE, KEEP_SLOTS * KEEP_SIZE},
		.fd = HOSTFD_NONE,
	};
}

/* Another program comes: does what is kept go too?  @out: how, then. */
static bool empties(struct vcpu *v, const struct host_op *op, struct host_op *out)
{
	if (op->nr != SYS_munmap || op->args[0] || op->args[1] != STUB_USER_END ||
	    (op->keep && !holds_old(v->as)))
		return false;
	keep_forget(v);
	*out = drop_op();
	return true;
}

static bool can_be_kept(const struct host_op *op)
{
	return op->keep && op->nr == SYS_mmap && hostfd_valid(op->fd) &&
	       (op->args[3] & ~(u64)(MAP_FIXED | MAP_FIXED_NOREPLACE)) == MAP_PRIVATE;
}

static bool fits(const struct host_op *op)
{
	u64 len = op->args[1], off = op->args[5];

	return off <= KEEP_LEN && len <= KEEP_LEN - off;
}

/* @op as a mapping of what is kept in slot @at. */
static unsigned move_there(unsigned at, const struct host_op *op, struct host_op *out)
{
	u64 addr = op->args[0], len = op->args[1], prot = op->args[2], off = op->args[5];
	unsigned n = 0;

	out[n++] = (struct host_op){
		.nr = SYS_mremap,
		.args = {place(at) + off, len, len,
			 MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, addr},
		.fd = HOSTFD_NONE,
	};
	if (prot != PROT_READ)
		out[n++] = (struct host_op){
			.nr = SYS_mprotect,
			.args = {addr, len, prot},
			.fd = HOSTFD_NONE,
		};
	return n;
}

unsigned keep_expand(struct vcpu *v, const struct host_op *op, struct host_op *out)
{
	unsigned at, n = 0;
	struct slot s;

	out[0] = *op;
	if (empties(v, op, &out[1]))
		return 2;
	if (!can_be_kept(op) || !lookup(op->fd, true, &s, &at) || !fits(op))
		return 1;
	if (take_note(v->as, at, s.gen))
		out[n++] = keep_op(at, op->fd);
	return n + move_there(at, op, out + n);
}

unsigned keep_find(struct vcpu *v, const struct host_op *op, struct host_op *out)
{
	struct slot s;
	unsigned at;
	bool there;

	if (op->nr == SYS_munmap && !op->args[0])
		return 0;
	if (!hostfd_valid(op->fd)) {
		*out = *op;
		return 1;
	}
	if (!can_be_kept(op) || !fits(op) || !lookup(op->fd, false, &s, &at))
		return 0;
	spin_lock(&v->as->lock);
	there = v->as->kept[at] == s.gen;
	spin_unlock(&v->as->lock);
	return there ? move_there(at, op, out) : 0;
}

void keep_forget(struct vcpu *v)
{
	spin_lock(&v->as->lock);
	memset(v->as->kept, 0, sizeof(v->as->kept));
	spin_unlock(&v->as->lock);
}

int keep_drop_old(struct vcpu *v)
{
	struct host_op op = drop_op();

	if (!holds_old(v->as))
		return 0;
	keep_forget(v);
	return stub_run_ops(v, &op, 1);
}

/* Is what is in the copy @s of slot @at still as it was?  Else the slot is given up. */
static bool still_holds(const struct slot *s, unsigned at)
{
	hostfd_t old = HOSTFD_NONE;
	struct stat st;

	if (!host_fstat(s->fd, &st) && is_unchanged(s, &st))
		return true;
	spin_lock(&keep.lock);
	if (keep.slots[at].gen == s->gen)
		old = vacate_locked(&keep.slots[at]);
	spin_unlock(&keep.lock);
	host_close(old);
	return false;
}

/* The next slot from *@at on whose generation is not that in @has, with a descriptor of the
 * caller's. */
static bool next_lacking(const u32 *has, unsigned *at, struct slot *ret)
{
	bool found = false;

	for (; *at < KEEP_SLOTS && !found; ++*at) {
		spin_lock(&keep.lock);
		*ret = keep.slots[*at];
		found = ret->gen && has[*at] != ret->gen && !host_dup(ret->fd, &ret->fd);
		spin_unlock(&keep.lock);
		if (found && !still_holds(ret, *at)) {
			host_close(ret->fd);
			found = false;
		}
	}
	return found;
}

void keep_provide(struct vcpu *v)
{
	struct host_op ops[PROVIDE];
	u32 has[KEEP_SLOTS];
	unsigned n = 0, at = 0;
	struct slot s;

	if (keep_drop_old(v))
		return;
	spin_lock(&v->as->lock);
	memcpy(has, v->as->kept, sizeof(has));
	spin_unlock(&v->as->lock);
	while (n < PROVIDE && next_lacking(has, &at, &s)) {
		(void)take_note(v->as, at - 1, s.gen);
		ops[n++] = keep_op(at - 1, s.fd);
	}
	if (n && stub_run_ops(v, ops, n))
		keep_forget(v);
	while (n)
		host_close(ops[--n].fd);
}
