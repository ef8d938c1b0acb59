/*
 * Long copies to and from a guest (platform/bulk.h).
 *
 * process_vm_writev() takes twice as long as its copy: the host looks up and pins
 * each page of the guest.  A process that has moved MADE_AFTER bytes that way gets
 * a window: memory that it shares with us, above all that is the guest's.  Then
 * we fill it at one end while its stub, which spins for its answer on another
 * core anyway, empties it at the other, with the guest's own rights.
 *
 *	we: FROM, TO, LEN, HEAD = 0, TAIL = 0
 *	    TURN_CALL -> TURN_BULK      ----->  stub
 *	    window filled up to HEAD    ----->  copies up to HEAD
 *	    looks at TAIL               <-----  TAIL
 *	                                <-----  TURN_BULK -> TURN_CALL; TAIL | BULK_ENDED
 *
 * For what comes from the guest it is the other way round: all of it is HEAD from the
 * start, and we follow the tail.
 *
 * Each copy begins where the one before ended, and the window is larger than a
 * core's own cache: to write a line that another core has just read takes four
 * times as long as one that has gone to the cache they share.
 *
 * Nobody waits for long: a stub that does not come on (a fault of the guest's pointer,
 * the host has given its core away) is given up, and the rest is copied in the
 * old way.  It may still be at work, with the same bytes for the same place, until
 * its call is answered and it posts the next, or ends; so long nobody uses the window.
 *
 * All that the guest writes of this is its tail, and the bytes; it can forge only
 * what it reads and what it says.
 *
 * Locks: bulk.busy is one that is only ever tried; vcpu.lock within it.
 */
#include "platform/notify/bulk.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "host/guard.h"
#include "lib/cycles.h"
#include "lib/log.h"
#include "platform/notify/notify.h"
#include "platform/notify/turn.h"
#include "platform/notify/watch.h"

#define MADE_AFTER  (8ull << 20)
#define WINDOWS_MAX 32                    /* in one sandbox: memory that is there only to be fast */
#define PART        (BULK_SIZE / 2)       /* of a copy, at a time */
#define FIRST_CHUNK 4096u                 /* so that the other end soon has something to do */
#define STALL       (100 * NSEC_PER_USEC) /* without progress */
#define PENALTY_MAX 63
#define SLOW        4                     /* bytes in a ns, and */
#define HELD_UP     (150 * NSEC_PER_USEC) /* more: so long no copy takes, and no interrupt */

enum { BULK_NONE, BULK_MAKING, BULK_READY, BULK_REFUSED };

_Static_assert(BULK_BASE >= KEEP_BASE + KEEP_SLOTS * KEEP_SIZE, "kept files stand there");
_Static_assert(BULK_BASE + BULK_SIZE <= CHAN_BASE, "channels stand there");

static unsigned nr_windows; /* atomic */

static bool create(struct bulk *b, hostfd_t *ret)
{
	cleanup_hostfd hostfd_t fd = HOSTFD_NONE;
	void *mem;
	int err = host_memfd_create("bulk", MFD_CLOEXEC | MFD_ALLOW_SEALING, &fd);

	if (!err)
		err = host_ftruncate(fd, BULK_SIZE);
	if (!err)
		err = host_fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	if (!err)
		err = host_mmap(NULL, BULK_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0, &mem);
	if (err)
		return false;
	b->mem = mem;
	*ret = steal_hostfd(&fd);
	return true;
}

/* Have it mapped in the guest; its children get none. */
static bool give(struct vcpu *v, hostfd_t fd)
{
	struct host_op ops[] = {
		{
			.nr = SYS_mmap,
			.args = {BULK_BASE, BULK_SIZE, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_FIXED, 0, 0},
			.fd = fd,
		},
		{
			.nr = SYS_madvise,
			.args = {BULK_BASE, BULK_SIZE, MADV_DONTFORK},
			.fd = HOSTFD_NONE,
		},
	};

	return !stub_run_ops(v, ops, ARRAY_SIZE(ops));
}

static bool make(struct vcpu *v, struct bulk *b)
{
	cleanup_hostfd hostfd_t fd = HOSTFD_NONE;

	/* Counted even if it comes to nothing, until bulk_fini(). */
	if (__atomic_add_fetch(&nr_windows, 1, __ATOMIC_RELAXED) > WINDOWS_MAX || !guard_ready())
		return false;
	return create(b, &fd) && give(v, fd);
}

void bulk_make(struct vcpu *v)
{
	struct bulk *b = &v->as->bulk;
	u32 none = BULK_NONE;

	v->bulk.wanted = false;
	if (vcpu_pos(v) != POS_CALL || !v->stop.fast || v->born_orders || v->last_orders ||
	    !__atomic_compare_exchange_n(&b->state, &none, BULK_MAKING, false, __ATOMIC_RELAXED,
					 __ATOMIC_RELAXED))
		return;
	__atomic_store_n(&b->state, make(v, b) ? BULK_READY : BULK_REFUSED, __ATOMIC_RELEASE);
}

void bulk_fini(struct bulk *b)
{
	if (b->state == BULK_NONE)
		return;
	__atomic_sub_fetch(&nr_windows, 1, __ATOMIC_RELAXED);
	if (b->mem && host_munmap(b->mem, BULK_SIZE))
		log_error("cannot unmap a window");
}

static bool try_lock(struct bulk *b)
{
	return !__atomic_exchange_n(&b->busy, true, __ATOMIC_ACQUIRE);
}

static void unlock(struct bulk *b)
{
	__atomic_store_n(&b->busy, false, __ATOMIC_RELEASE);
}

void bulk_release_locked(struct vcpu *v)
{
	v->bulk.stuck = false;
	unlock(&v->as->bulk);
}

/* So many bytes had to do without. */
static void count(struct vcpu *v, size_t size)
{
	if (__atomic_add_fetch(&v->as->bulk.moved, size, __ATOMIC_RELAXED) > MADE_AFTER)
		v->bulk.wanted = true;
}

bool bulk_serves(struct vcpu *v, size_t size)
{
	u32 state = __atomic_load_n(&v->as->bulk.state, __ATOMIC_RELAXED);

	if (state == BULK_NONE)
		count(v, size);
	return state == BULK_READY;
}

/* Its window, locked, if it has one and may use it for @size bytes. */
static struct bulk *begin(struct vcpu *v, size_t size)
{
	struct bulk *b = &v->as->bulk;
	u32 state = __atomic_load_n(&b->state, __ATOMIC_ACQUIRE);

	if (!v->win.open || state == BULK_REFUSED || state == BULK_MAKING)
		return NULL;
	if (state == BULK_NONE) {
		count(v, size);
		return NULL;
	}
	if (!try_lock(b))
		return NULL;
	if (b->skip) {
		b->skip--;
		unlock(b);
		return NULL;
	}
	b->began = cycles();
	return b;
}

/*
 * The copy of @size bytes is over.  A window whose stub may still be at work stays locked, and
 * is not tried again so soon.
 */
static void end(struct vcpu *v, struct bulk *b, size_t size)
{
	u64 took = cycles() - b->began;
	bool stuck;

	if (size)
		watch_copied(took > cycles_from_ns(HELD_UP + size / SLOW) ? took : 0);

	spin_lock(&v->lock);
	stuck = v->bulk.stuck;
	spin_unlock(&v->lock);
	b->penalty = stuck ? min(b->penalty * 2 + 1, (u32)PENALTY_MAX) : b->penalty / 2;
	b->skip = b->penalty;
	if (!stuck)
		unlock(b);
}

static u32 tail_of(struct vcpu *v)
{
	return __atomic_load_n((const u32 *)(const void *)(v->ch.mem + CHAN_BULK_TAIL),
			       __ATOMIC_ACQUIRE);
}

static void set_head(struct vcpu *v, u32 head)
{
	__atomic_store_n((u32 *)(void *)(v->ch.mem + CHAN_BULK_HEAD), head, __ATOMIC_RELEASE);
}

/* Tell the stub to copy @n bytes, of which @head are there. */
static bool start(struct vcpu *v, uaddr_t from, uaddr_t to, u32 n, u32 head)
{
	bool told;

	chan_write64(&v->ch, CHAN_BULK_FROM, from);
	chan_write64(&v->ch, CHAN_BULK_TO, to);
	chan_write32(&v->ch, CHAN_BULK_LEN, n);
	chan_write32(&v->ch, CHAN_BULK_TAIL, 0);
	set_head(v, head);
	spin_lock(&v->lock);
	told = v->pos == POS_CALL && turn_bulk_locked(v);
	spin_unlock(&v->lock);
	v->bulk.missed = !told;
	return told;
}

static void give_up(struct vcpu *v)
{
	set_head(v, BULK_ENDED);
	spin_lock(&v->lock);
	v->bulk.stuck = true;
	spin_unlock(&v->lock);
}

/* Wait until the stub has come as far as @want, or has ended; what it says. */
static u32 await(struct vcpu *v, u32 want)
{
	u64 stall = cycles_from_ns(STALL), since = cycles();
	u32 tail = tail_of(v), seen = tail;

	while (tail < want) {
		cpu_relax();
		tail = tail_of(v);
		if (tail != seen) {
			seen = tail;
			since = cycles();
		} else if (cycles() - since > stall) {
			give_up(v);
			break;
		}
	}
	return tail;
}

/* How many of @n bytes the stub says it has copied. */
static u32 copied(u32 tail, u32 n)
{
	return min(tail & ~BULK_ENDED, n);
}

/* Where in the window @n bytes go. */
static u32 place(struct bulk *b, u32 n)
{
	u32 pos = b->pos + n <= BULK_SIZE ? b->pos : 0;

	b->pos = ALIGN_UP(pos + n, (u32)PAGE_SIZE);
	return pos;
}

static u32 part_out(struct vcpu *v, struct bulk *b, uaddr_t dst, const u8 *src, u32 n)
{
	u32 pos = place(b, n), head = 0, chunk = min(n, FIRST_CHUNK), tail;
	size_t left = 0;

	if (!start(v, BULK_BASE + pos, dst, n, 0))
		return 0;
	while (head < n && !left && !(tail_of(v) & BULK_ENDED)) {
		left = guarded_copy(b->mem + pos + head, src + head, chunk);
		head += chunk - (u32)left;
		set_head(v, head);
		chunk = min(n - head, min(chunk * 2, (u32)BULK_CHUNK));
	}
	tail = await(v, head);
	if (head < n)
		set_head(v, BULK_ENDED);
	if (!(tail & BULK_ENDED) && tail >= head)
		tail = await(v, BULK_ENDED);
	return copied(tail, head);
}

static u32 part_in(struct vcpu *v, struct bulk *b, u8 *dst, uaddr_t src, u32 n)
{
	u32 pos = place(b, n), done = 0;

	if (!start(v, src, BULK_BASE + pos, n, n))
		return 0;
	while (done < n) {
		u32 tail = await(v, done + 1), has = copied(tail, n);

		if (has <= done)
			return done;
		memcpy(dst + done, b->mem + pos + done, has - done);
		done = has;
		if (done == n && !(tail & BULK_ENDED))
			(void)await(v, BULK_ENDED);
	}
	return done;
}

size_t notify_bulk_out(struct vcpu *v, uaddr_t dst, const void *src, size_t size)
{
	struct bulk *b = begin(v, size);
	size_t done = 0, n, some;

	if (!b)
		return 0;
	do {
		n = min(size - done, (size_t)PART);
		some = part_out(v, b, dst + done, (const u8 *)src + done, (u32)n);
		done += some;
	} while (some == n && done < size);
	end(v, b, done);
	return done;
}

size_t notify_bulk_in(struct vcpu *v, void *dst, uaddr_t src, size_t size)
{
	struct bulk *b = begin(v, size);
	size_t done = 0, n, some;

	if (!b)
		return 0;
	do {
		n = min(size - done, (size_t)PART);
		some = part_in(v, b, (u8 *)dst + done, src + done, (u32)n);
		done += some;
	} while (some == n && done < size);
	end(v, b, done);
	return done;
}
