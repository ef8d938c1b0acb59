/* select(2), pselect6(2) */
#include <poll.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/poll.h"
#include "gen/sys_proto.h"
#include "kernel/clock.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"
#include "sys/poll_timeout.h"

/* What the three sets mean in readiness bits. */
enum { SET_IN, SET_OUT, SET_EX, NR_SETS };
static const poll_t set_events[NR_SETS] = {
	POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR,
	POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR,
	POLLPRI,
};

#define FAST_WORDS 1 /* descriptors below 64 need no memory of their own for the sets */

/*
 * As on Linux, beyond the descriptor table nothing is looked at; it has this
 * size at least in a program that a shell started.
 */
#define TABLE_MIN 256u

struct select_call {
	u64 *in[NR_SETS], *out[NR_SETS]; /* bits; an absent set is all zero */
	uaddr_t user[NR_SETS];
	size_t words;            /* of each set */
	u32 *fd;                 /* [nr]: the descriptor of a slot */
	struct poll_slot *slots; /* [nr] */
	size_t nr;
};

static bool bit(const u64 *set, u32 n)
{
	return set[n / 64] >> (n % 64) & 1;
}

static poll_t wanted(const struct select_call *c, u32 fd)
{
	poll_t events = 0;

	for (int i = 0; i < NR_SETS; i++)
		events |= bit(c->in[i], fd) ? set_events[i] : 0;
	return events;
}

static size_t count_fds(const struct select_call *c)
{
	size_t nr = 0;

	for (size_t w = 0; w < c->words; w++)
		nr += (size_t)__builtin_popcountll(c->in[SET_IN][w] | c->in[SET_OUT][w] |
						   c->in[SET_EX][w]);
	return nr;
}

/* A slot for every descriptor in a set; -EBADF when one is not open. */
static int take_files(struct task *t, struct select_call *c)
{
	for (u32 fd = 0; fd < c->words * 64; fd++) {
		poll_t events = wanted(c, fd);
		struct file *f;

		if (!events)
			continue;
		f = fd_get(t, (int)fd);
		if (!f)
			return -EBADF;
		c->fd[c->nr] = fd;
		c->slots[c->nr++] = (struct poll_slot){.file = f, .events = events, .exact = true};
	}
	return 0;
}

static void put_files(struct select_call *c)
{
	for (size_t i = 0; i < c->nr; i++)
		file_put(c->slots[i].file);
}

/* Fill the result sets; how many bits are set in all of them. */
static int fill_out(struct select_call *c)
{
	int bits = 0;

	for (size_t i = 0; i < c->nr; i++) {
		for (int s = 0; s < NR_SETS; s++) {
			if (!bit(c->in[s], c->fd[i]) || !(c->slots[i].revents & set_events[s]))
				continue;
			c->out[s][c->fd[i] / 64] |= 1ull << (c->fd[i] % 64);
			bits++;
		}
	}
	return bits;
}

static long select_files(struct task *t, struct select_call *c, u64 deadline)
{
	size_t nr = count_fds(c);
	cleanup_free struct poll_slot *slots = kcalloc(nr + 1, sizeof(*slots));
	cleanup_free u32 *fds = kcalloc(nr + 1, sizeof(*fds));
	long ret;

	if (!slots || !fds)
		return -ENOMEM;
	c->slots = slots;
	c->fd = fds;
	ret = take_files(t, c);
	if (!ret)
		ret = poll_wait(c->slots, c->nr, deadline);
	if (ret >= 0)
		ret = fill_out(c);
	put_files(c);
	return ret;
}

static int copy_sets_in(struct task *t, struct select_call *c)
{
	for (int i = 0; i < NR_SETS; i++) {
		if (c->user[i] && copy_from_user(t, c->in[i], c->user[i], c->words * 8))
			return -EFAULT;
	}
	return 0;
}

static int copy_sets_out(struct task *t, const struct select_call *c)
{
	for (int i = 0; i < NR_SETS; i++) {
		if (c->user[i] && copy_to_user(t, c->user[i], c->out[i], c->words * 8))
			return -EFAULT;
	}
	return 0;
}

static long do_select(struct task *t, int n, const uaddr_t sets[NR_SETS], u64 deadline)
{
	u64 fast[2 * NR_SETS * FAST_WORDS] = {0};
	cleanup_free u64 *own = NULL;
	struct select_call c = {0};
	u64 *words = fast;
	long ret;

	if (n < 0)
		return -EINVAL;
	n = min(n, (int)max(__atomic_load_n(&t->files->size, __ATOMIC_RELAXED), TABLE_MIN));
	c.words = ((size_t)n + 63) / 64;
	if (c.words > FAST_WORDS) {
		own = kcalloc(2 * NR_SETS * c.words, sizeof(*own));
		if (!own)
			return -ENOMEM;
		words = own;
	}
	for (int i = 0; i < NR_SETS; i++) {
		c.user[i] = sets[i];
		c.in[i] = words + (size_t)i * c.words;
		c.out[i] = words + (size_t)(NR_SETS + i) * c.words;
	}
	ret = copy_sets_in(t, &c);
	if (ret)
		return ret;
	/* The sets come in words; what is beyond n in the last one does not count. */
	for (int i = 0; i < NR_SETS && n % 64; i++)
		c.in[i][c.words - 1] &= (1ull << (n % 64)) - 1;
	ret = select_files(t, &c, deadline);
	if (ret < 0)
		return ret;
	return copy_sets_out(t, &c) ? -EFAULT : ret;
}

long sys_select(struct task *t, int n, uaddr_t inp, uaddr_t outp, uaddr_t exp, uaddr_t tvp)
{
	const uaddr_t sets[NR_SETS] = {inp, outp, exp};
	struct poll_timeout to;
	long ret = poll_timeout_timeval(t, tvp, &to);

	if (ret)
		return ret;
	ret = do_select(t, n, sets, to.deadline);
	return poll_timeout_end(t, &to, ret);
}

/* The sixth argument points at the mask and its size. */
struct mask_arg {
	uaddr_t mask;
	u64 size;
};

long sys_pselect6(struct task *t, int n, uaddr_t inp, uaddr_t outp, uaddr_t exp, uaddr_t tsp,
		  uaddr_t sig)
{
	const uaddr_t sets[NR_SETS] = {inp, outp, exp};
	struct mask_arg arg = {0};
	struct poll_timeout to;
	long ret;

	if (sig && copy_from_user(t, &arg, sig, sizeof(arg)))
		return -EFAULT;
	ret = poll_timeout_timespec(t, tsp, &to);
	if (!ret)
		ret = signal_use_mask(t, arg.mask, arg.size);
	if (ret)
		return ret;
	ret = do_select(t, n, sets, to.deadline);
	return poll_timeout_end(t, &to, ret);
}
