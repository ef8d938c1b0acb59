/*
 * Host processes: one an address space.
 *
 * Made by birth.c, watched through a pidfd, killed when the last vcpu goes,
 * reaped when the last reference goes: until then its pid cannot come to mean
 * another process, so process_vm_readv() never reads a stranger.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "lib/alloc.h"
#include "lib/cycles.h"
#include "lib/log.h"
#include "platform/notify/notify.h"
#include "platform/notify/pool.h"
#include "platform/procmem.h"

static struct spinlock aspaces_lock;
static struct list_head aspaces = LIST_HEAD_INIT(aspaces); /* born ones; guarded by aspaces_lock */
static unsigned nr_dying; /* atomic: marked dead, and not yet let go of */

struct aspace *notify_aspace_get(struct aspace *as)
{
	ref_get(&as->ref);
	return as;
}

void notify_aspace_put(struct aspace *as)
{
	if (ref_put(&as->ref))
		pool_bury(as);
}

void aspace_free(struct aspace *as)
{
	int status;

	if (hostfd_valid(as->death.fd))
		poll_source_del(&as->death);
	host_close(as->pidfd);
	host_close(as->mem);
	spin_lock(&aspaces_lock);
	list_del(&as->all);
	spin_unlock(&aspaces_lock);
	if (as->pid && host_wait4(as->pid, &status, __WALL, NULL) != as->pid) {
		log_error("host process %d cannot be reaped", as->pid);
		channel_destroy(&as->ch);
	}
	/* It may have been kept, from a thread that ended, before the process forked. */
	if (__atomic_load_n(&as->forked, __ATOMIC_RELAXED))
		channel_destroy(&as->ch);
	channel_recycle(&as->ch);
	bulk_fini(&as->bulk);
	kfree(as);
}

/*
 * A process that has forked may have made its child inherit the channel
 * (MADV_DOFORK), and then it is not for anybody else.
 */
void aspace_keep_channel(struct aspace *as, struct channel *ch)
{
	spin_lock(&as->lock);
	if (!as->ch.mem && !__atomic_load_n(&as->forked, __ATOMIC_RELAXED))
		channel_move(&as->ch, ch);
	spin_unlock(&as->lock);
}

static int status_of(const siginfo_t *info)
{
	switch (info->si_code) {
	case CLD_EXITED:
		return W_EXITCODE(info->si_status & 0xff, 0);
	case CLD_DUMPED:
		return W_EXITCODE(0, info->si_status) | WCOREFLAG;
	default:
		return W_EXITCODE(0, info->si_status);
	}
}

/* Those whose owners have gone already are nobody's but ours. */
static struct vcpu *pick_exiting(struct aspace *as)
{
	struct vcpu *v, *found = NULL;

	spin_lock(&as->lock);
	list_for_each_entry (v, &as->cpu.threads, cpu.node) {
		if (v->exiting || v->spare) {
			found = v;
			break;
		}
	}
	spin_unlock(&as->lock);
	return found;
}

/* Once, whoever sees it first. */
static void note_death(struct aspace *as, const siginfo_t *info)
{
	struct vcpu *v;

	spin_lock(&as->lock);
	if (as->dead) {
		spin_unlock(&as->lock);
		return;
	}
	as->dead = true;
	__atomic_add_fetch(&nr_dying, 1, __ATOMIC_ACQUIRE);
	as->status = status_of(info);
	list_for_each_entry (v, &as->cpu.threads, cpu.node)
		vcpu_stopped(v, POS_GONE, NULL);
	spin_unlock(&as->lock);
	while ((v = pick_exiting(as)))
		vcpu_exited(v);
	aspace_put(as);
	__atomic_sub_fetch(&nr_dying, 1, __ATOMIC_RELEASE);
}

static void on_death(struct poll_source *s, poll_t ready)
{
	struct aspace *as = container_of(s, struct aspace, death);
	siginfo_t info = {.si_pid = 0};
	hostfd_t pidfd;

	(void)ready;
	spin_lock(&as->lock);
	pidfd = as->pidfd;
	spin_unlock(&as->lock);
	/* We are told once: dead it is, whether or not the host says of what. */
	if (host_waitid(P_PIDFD, (id_t)pidfd.n, &info, WEXITED | WNOHANG | WNOWAIT, NULL))
		log_error("host process %d died, of what is not known", as->pid);
	note_death(as, &info);
	if (notify.lost && notify.zygote && notify.zygote->as == as)
		notify.lost();
}

int aspace_alloc(struct aspace **ret)
{
	struct aspace *as = kzalloc(sizeof(*as));

	if (!as)
		return -ENOMEM;
	ref_init(&as->ref);
	as->pidfd = HOSTFD_NONE;
	as->ch.memfd = HOSTFD_NONE;
	as->mem = HOSTFD_NONE;
	as->death.fd = HOSTFD_NONE;
	as->death.fn = on_death;
	list_init(&as->node);
	list_init(&as->all);
	spin_init(&as->lock);
	cputime_process_init(&as->cpu);
	*ret = as;
	return 0;
}

bool aspace_stands_for(pid_t pid)
{
	struct aspace *as;
	bool found = false;

	spin_lock(&aspaces_lock);
	list_for_each_entry (as, &aspaces, all)
		found |= as->pid == pid;
	spin_unlock(&aspaces_lock);
	return found;
}

/* One that is not known to be dead, counted. */
static struct aspace *pick_alive(void)
{
	struct aspace *as, *found = NULL;

	spin_lock(&aspaces_lock);
	list_for_each_entry (as, &aspaces, all) {
		spin_lock(&as->lock);
		if (!as->dead && hostfd_valid(as->death.fd))
			found = aspace_get(as);
		spin_unlock(&as->lock);
		if (found)
			break;
	}
	spin_unlock(&aspaces_lock);
	return found;
}

void aspace_end_all(void)
{
	struct aspace *as;

	while ((as = pick_alive())) {
		siginfo_t info;
		int err;

		aspace_kill(as);
		do
			err = host_waitid(P_PIDFD, (id_t)as->pidfd.n, &info, WEXITED | WNOWAIT,
					  NULL);
		while (err == -EINTR);
		if (err)
			panic("host process %d cannot be waited for: %s", as->pid, strerror(-err));
		note_death(as, &info);
		aspace_put(as);
	}
	/* A worker may be about to bury the last one. */
	while (__atomic_load_n(&nr_dying, __ATOMIC_ACQUIRE))
		cpu_relax();
}

int aspace_born(struct aspace *as, pid_t pid)
{
	hostfd_t pidfd;
	int err;

	as->pid = pid;
	spin_lock(&aspaces_lock);
	list_add_tail(&as->all, &aspaces);
	spin_unlock(&aspaces_lock);
	err = host_pidfd_open(pid, 0, &pidfd);
	if (err) {
		aspace_kill(as);
		return err;
	}
	spin_lock(&as->lock);
	as->pidfd = pidfd;
	spin_unlock(&as->lock);
	as->death.fd = as->pidfd;
	aspace_get(as);
	err = poll_source_add(&as->death, EPOLLIN);
	if (err) {
		as->death.fd = HOSTFD_NONE;
		aspace_kill(as);
		aspace_put(as);
	}
	return err;
}

void notify_aspace_kill(struct aspace *as)
{
	if (as->pid == 0)
		return;
	/* Not yet reaped, so its number means it. */
	if (host_pidfd_send_signal(as->pidfd, SIGKILL) && host_kill(as->pid, SIGKILL))
		log_debug("host process %d is gone already", as->pid);
}

int aspace_status(struct aspace *as)
{
	int status;

	spin_lock(&as->lock);
	status = as->status;
	spin_unlock(&as->lock);
	return status;
}

u64 aspace_cputime(const struct aspace *as)
{
	u64 used;

	return as->pid > 0 && !cputime_of_host(as->pid, &used) ? used : 0;
}

u64 notify_vcpu_cputime(struct vcpu *v)
{
	struct aspace *as = v->as;
	u64 ns;

	spin_lock(&as->lock);
	ns = cputime_of_locked(&as->cpu, &v->cpu, aspace_cputime(as));
	spin_unlock(&as->lock);
	return ns;
}

bool notify_vcpu_is_alone(struct vcpu *v)
{
	return !cputime_is_shared(&v->as->cpu);
}

void aspace_becomes_shared(struct aspace *as)
{
	spin_lock(&as->lock);
	if (!cputime_is_shared(&as->cpu))
		cputime_share_locked(&as->cpu, aspace_cputime(as));
	spin_unlock(&as->lock);
}

void aspace_add(struct vcpu *v)
{
	struct aspace *as = v->as;

	spin_lock(&as->lock);
	list_add_tail(&v->cpu.node, &as->cpu.threads);
	as->nr_vcpus++;
	as->slots[v->ch.slot / 64] |= 1ull << v->ch.slot % 64;
	spin_unlock(&as->lock);
}

int aspace_slot_get(struct aspace *as, unsigned *ret)
{
	int err = -EAGAIN;

	spin_lock(&as->lock);
	for (unsigned i = 0; i < ARRAY_SIZE(as->slots); i++) {
		if (~as->slots[i]) {
			unsigned bit = (unsigned)__builtin_ctzll(~as->slots[i]);

			as->slots[i] |= 1ull << bit;
			*ret = i * 64 + bit;
			err = 0;
			break;
		}
	}
	spin_unlock(&as->lock);
	return err;
}

void aspace_slot_put(struct aspace *as, unsigned slot)
{
	spin_lock(&as->lock);
	as->slots[slot / 64] &= ~(1ull << slot % 64);
	spin_unlock(&as->lock);
}

int aspace_reach(struct aspace *as)
{
	return procmem_in_use() ? procmem_open(as->pid, &as->mem) : 0;
}

ssize_t notify_aspace_read(struct aspace *as, void *dst, uaddr_t src, size_t size)
{
	struct iovec local = {.iov_base = dst, .iov_len = size};
	struct iovec remote = {.iov_base = (void *)(uintptr_t)src, .iov_len = size};
	ssize_t n;

	if (hostfd_valid(as->mem))
		n = host_pread(as->mem, dst, size, (off_t)src);
	else
		n = host_process_vm_readv(as->pid, &local, 1, &remote, 1);
	/* 0: the process is gone. */
	return n > 0 || !size ? n : -EFAULT;
}

ssize_t notify_aspace_write(struct aspace *as, uaddr_t dst, const void *src, size_t size)
{
	struct iovec local = {.iov_base = (void *)(uintptr_t)src, .iov_len = size};
	struct iovec remote = {.iov_base = (void *)(uintptr_t)dst, .iov_len = size};
	ssize_t n;

	if (hostfd_valid(as->mem))
		n = host_pwrite(as->mem, src, size, (off_t)dst);
	else
		n = host_process_vm_writev(as->pid, &local, 1, &remote, 1);
	return n > 0 || !size ? n : -EFAULT;
}

/* /proc cannot be opened any more when this is asked, and nothing else says it. */
u64 notify_aspace_rss(struct aspace *as)
{
	(void)as;
	return 0;
}

/* Stub, vDSO, kept files and the channels of a few thousand threads are not the guest's doing. */
#define LIMIT_OWN (512ull << 20)

int notify_aspace_limit(struct aspace *as, u64 bytes)
{
	struct rlimit64 lim;
	int err = host_prlimit(as->pid, RLIMIT_AS, NULL, &lim);

	if (err)
		return err;
	lim.rlim_cur = bytes > RLIM64_INFINITY - LIMIT_OWN ? RLIM64_INFINITY : bytes + LIMIT_OWN;
	lim.rlim_cur = min(lim.rlim_cur, lim.rlim_max);
	return host_prlimit(as->pid, RLIMIT_AS, &lim, NULL);
}
