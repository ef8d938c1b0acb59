/*
 * Making the zygote: a host process with nothing in it but stub, vDSO and a
 * channel, which every address space is forked from.
 *
 * A copy of the sentry puts the filter on itself and executes the stub from a
 * memory file (zygote_child.c).  From then on we answer its calls: it maps its
 * channel, runs its first orders (signal handlers, no stack, no descriptors),
 * and is kicked once, so that it rests in a signal frame the kernel has made:
 * the one all others are copied from.
 *
 * No guest instruction has run yet, so its orders may be any host call.
 */
#include "platform/notify/zygote.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/log.h"
#include "platform/notify/bell.h"
#include "platform/notify/frame.h"
#include "platform/notify/notify.h"
#include "platform/notify/trap.h"
#include "platform/ops.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, u64)
#endif
#define SYNC_WAKE_UP 1ul
#define START_LIMIT  (10 * NSEC_PER_SEC)
#define FSGSBASE     2 /* in AT_HWCAP2 */

/* What the host's sigaction structure looks like to the kernel. */
struct kernel_sigaction {
	u64 handler, flags, restorer, mask;
};

#define SA_RESTORER 0x04000000

static const int handled[] = {KICK_SIGNAL, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};

static int read_stub_table(void)
{
	const Elf64_Ehdr *eh = (const void *)stub_image;
	const Elf64_Phdr *ph = (const void *)(stub_image + eh->e_phoff);

	memcpy(&notify.stub, stub_image + ph->p_offset, sizeof(notify.stub));
	return ph->p_vaddr == STUB_BASE && ph->p_memsz <= STUB_SIZE ? 0 : -EINVAL;
}

/* The next notification, which can only be the zygote's. */
static int next_stop(struct stop *s, u64 deadline)
{
	struct pollfd pfd = {.fd = notify.listener.n, .events = POLLIN};
	struct seccomp_notif n;
	u64 now = now_ns();
	int err;

	err = host_ppoll(&pfd, 1, now < deadline ? (s64)(deadline - now) : 0);
	if (err < 0)
		return err;
	if (!(pfd.revents & POLLIN))
		return err == 0 ? -ETIMEDOUT : -ESRCH;
	err = notif_receive(&n);
	if (!err)
		stop_from_notif(s, &n);
	return err;
}

/* Let calls through until it parks or is born. */
static int run_until(u64 ip, struct stop *s, u64 deadline)
{
	int err;

	for (;;) {
		err = next_stop(s, deadline);
		if (err || s->ip == ip)
			return err;
		err = notif_let_through(s->id);
		if (err)
			return err;
	}
}

/* What a zygote does first; the number of orders.  The bells are its descriptor @bells. */
static unsigned first_orders(struct vcpu *z, bool scattered, int bells)
{
	bool fsgs = getauxval(AT_HWCAP2) & FSGSBASE;
	const struct kernel_sigaction sa = {
		.handler = fsgs ? notify.stub.handler_fsgsbase : notify.stub.handler,
		.flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_RESTORER,
		.mask = ~0ull,
	};
	const stack_t ss = {
		.ss_sp = (void *)(uintptr_t)channel_addr(&z->ch, CHAN_ALTSTACK),
		.ss_size = ALTSTACK_SIZE,
	};
	static const char name[] = "bailey-guest";
	size_t off = 0;
	u64 sa_addr = chan_scratch(&z->ch, &off, &sa, sizeof(sa));
	u64 ss_addr = chan_scratch(&z->ch, &off, &ss, sizeof(ss));
	u64 name_addr = chan_scratch(&z->ch, &off, name, sizeof(name));
	struct channel *ch = &z->ch;
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(handled); i++)
		CHAN_ORDER(ch, n++, SYS_rt_sigaction, (u64)handled[i], sa_addr, 0, sizeof(u64));
	CHAN_ORDER(ch, n++, SYS_sigaltstack, ss_addr, 0);
	CHAN_ORDER(ch, n++, SYS_prctl, PR_SET_NAME, name_addr);
	CHAN_ORDER(ch, n++, SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
	CHAN_ORDER(ch, n++, SYS_madvise, channel_addr(ch, 0), CHAN_SIZE, MADV_DONTFORK);
	n = zygote_image_clean(ch, n, scattered);
	CHAN_ORDER(ch, n++, SYS_mmap, BELLS_BASE, BELLS_SIZE, PROT_READ, MAP_SHARED | MAP_FIXED,
		   (u64)bells, 0);
	CHAN_ORDER(ch, n++, SYS_close_range, 0, ~0u, 0);
	/*
	 * For all that are forked from it.  A process with threads would sleep for it until
	 * every core of the host has been elsewhere: 12 ms.
	 */
	if (notify.info.barriers)
		CHAN_ORDER(ch, n++, SYS_membarrier,
			   MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);
	return notify.traps ? trap_order(ch, n, &off) : n;
}

/* Give it its channel and have it run the @n orders in there; stopped in the park afterwards. */
static int run_first(struct vcpu *z, unsigned n, struct stop *s, u64 deadline)
{
	int err;

	chan_write32(&z->ch, CHAN_NR_ORDERS, n);
	err = notif_give_fd(z->stop.id, z->ch.memfd, true);
	channel_given(&z->ch);
	return err < 0 ? err : run_until(notify.stub.park_ip, s, deadline);
}

/* A vDSO in the place of the one that was unmapped, or none. */
static int renew_vdso(struct vcpu *z, struct stop *s, u64 deadline)
{
	int err;

	zygote_image_order_vdso(&z->ch);
	chan_write32(&z->ch, CHAN_NR_ORDERS, 1);
	chan_write32(&z->ch, CHAN_TURN, TURN_CMD | STUB_CMD_RUN);
	err = notif_answer(s->id, 0);
	if (!err)
		err = run_until(notify.stub.park_ip, s, deadline);
	if (!err)
		zygote_image_found_vdso(z->as, &notify.info);
	return err;
}

/* From the first call of the stub to rest in a signal frame. */
static int settle(struct vcpu *z, bool scattered, u64 deadline, const char **ret_why)
{
	int bells = notif_give_fd(z->stop.id, bells_file(), false), err;
	struct stop s;
	unsigned n;

	*ret_why = "the stub does not start";
	if (bells < 0)
		return bells;
	n = first_orders(z, scattered, bells);
	err = run_first(z, n, &s, deadline);
	if (err)
		return err;
	if (chan_read64(&z->ch, CHAN_DONE) != n) {
		*ret_why = "the host refuses the zygote's first calls";
		return (int)(s64)chan_read64(&z->ch, CHAN_LAST);
	}
	if (scattered)
		err = renew_vdso(z, &s, deadline);
	if (err)
		return err;
	/* Not yet in a handler: the answered park is followed by one. */
	vcpu_queue_kick(z);
	chan_write32(&z->ch, CHAN_TURN, TURN_CMD);
	err = notif_answer(s.id, 0);
	if (!err)
		err = run_until(notify.stub.nested_ip, &s, deadline);
	if (!err)
		err = notif_answer(s.id, NESTED_PARK);
	if (!err)
		err = run_until(notify.stub.park_ip, &z->stop, deadline);
	if (err)
		return err;
	z->stop.fast = true;
	z->stop.sp = chan_read64(&z->ch, CHAN_SP);
	z->pos = POS_STUB;
	z->kick_sent = false;
	err = frame_learn(z, ret_why);
	if (!err) {
		notify.fast = getauxval(AT_HWCAP2) & FSGSBASE;
		notify.info.fast_entry = notify.fast ? notify.stub.fast : 0;
	}
	return err;
}

/*
 * Who is answered by notification is woken on our own core, which is free while we
 * wait for it: another one first has to wake up, for 30 us each time.
 */
static void wake_here(void)
{
	int err = host_ioctl_val(notify.listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SYNC_WAKE_UP);

	/* Before Linux 6.6 it works without. */
	if (err)
		log_debug("no synchronous wake-up of guests: %s", strerror(-err));
}

static int start(struct zygote_shared *sh, struct vcpu *z, const char **ret_why)
{
	u64 deadline = now_ns() + START_LIMIT;
	struct vcpu *claimed;
	bool scattered;
	pid_t pid;
	int err;

	pid = zygote_fork(sh, zygote_child);
	if (pid < 0) {
		*ret_why = "the zygote cannot be forked";
		return pid;
	}
	*ret_why = "the zygote cannot be watched";
	err = aspace_born(z->as, pid);
	platform_run_meanwhile();
	__atomic_store_n(&sh->rooted, true, __ATOMIC_RELEASE);
	if (!err)
		err = zygote_await(sh, deadline, &notify.listener, ret_why);
	if (err)
		return err;
	notify.info.barriers = sh->barriers;
	wake_here();
	*ret_why = "the stub cannot be executed";
	err = run_until(notify.stub.born_ip, &z->stop, deadline);
	if (err)
		return err;
	z->token = 0;
	threads_expect(z);
	claimed = threads_claim(0, pid);
	vcpu_put(claimed);
	*ret_why = "the host does not let the sentry read its children (process_vm_readv)";
	err = aspace_reach(z->as);
	if (err)
		return err;
	err = zygote_image_find(z->as, (uaddr_t)z->stop.args[1], &notify.info, &scattered);
	return err ? err : settle(z, scattered, deadline, ret_why);
}

static int start_from(hostfd_t stub, struct vcpu *z, const char **ret_why)
{
	struct sock_fprog filter;
	struct zygote_shared *sh;
	void *mem;
	int err;

	err = host_mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			HOSTFD_NONE, 0, &mem);
	if (err)
		return err;
	err = guest_filter_build(&filter);
	if (!err) {
		sh = mem;
		sh->stub_fd = stub.n;
		sh->parent = getpid();
		sh->filter = &filter;
		sh->listener = -1;
		err = start(sh, z, ret_why);
		kfree(filter.filter);
	}
	if (host_munmap(mem, PAGE_SIZE))
		log_error("cannot unmap the zygote's page");
	return err;
}

int zygote_start(const char **ret_why)
{
	cleanup_hostfd hostfd_t stub = HOSTFD_NONE;
	struct aspace *as;
	struct vcpu *z;
	int err;

	*ret_why = "out of memory or descriptors";
	notify.listener = HOSTFD_NONE;
	err = read_stub_table();
	if (!err)
		err = zygote_memfd(stub_image, (size_t)(stub_image_end - stub_image), &stub);
	if (!err)
		err = aspace_alloc(&as);
	if (err)
		return err;
	err = vcpu_alloc(as, 0, &z);
	if (err) {
		aspace_put(as);
		return err;
	}
	aspace_add(z);
	err = start_from(stub, z, ret_why);
	/* The vcpu keeps its address space. */
	aspace_put(as);
	if (err)
		vcpu_destroy(z);
	else
		notify.zygote = z;
	return err;
}
