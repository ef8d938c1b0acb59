/*
 * Host processes, one an address space, and the memory in them.
 *
 * A dead process is marked so before it is reaped, under the lock that every
 * use of its number holds: so the number never means a stranger.
 */
#include "lib/alloc.h"
#include "lib/log.h"
#include "platform/procmem.h"
#include "platform/ptrace/ptrace.h"

static struct spinlock aspaces_lock;
static struct list_head aspaces = LIST_HEAD_INIT(aspaces); /* live ones; guarded by aspaces_lock */

int pt_aspace_alloc(struct aspace **ret)
{
	struct aspace *as = kzalloc(sizeof(*as));

	if (!as)
		return -ENOMEM;
	ref_init(&as->ref);
	as->mem = HOSTFD_NONE;
	list_init(&as->all);
	spin_init(&as->lock);
	cputime_process_init(&as->cpu);
	*ret = as;
	return 0;
}

struct aspace *pt_aspace_get(struct aspace *as)
{
	ref_get(&as->ref);
	return as;
}

void pt_aspace_put(struct aspace *as)
{
	if (!ref_put(&as->ref))
		return;
	host_close(as->mem);
	kfree(as);
}

void pt_aspace_born(struct aspace *as, pid_t pid)
{
	spin_lock(&as->lock);
	as->pid = pid;
	spin_unlock(&as->lock);
	pt_aspace_get(as);
	spin_lock(&aspaces_lock);
	list_add_tail(&as->all, &aspaces);
	spin_unlock(&aspaces_lock);
}

/* CPU time of all threads, ns. */
static u64 used_locked(const struct aspace *as) REQUIRES(as->lock)
{
	u64 used;

	if (as->dead)
		return as->cpu_at_death;
	return as->pid > 0 && !cputime_of_host(as->pid, &used) ? used : 0;
}

u64 pt_vcpu_cputime(struct vcpu *v)
{
	struct aspace *as = v->as;
	u64 ns;

	spin_lock(&as->lock);
	ns = cputime_of_locked(&as->cpu, &v->cpu, used_locked(as));
	spin_unlock(&as->lock);
	return ns;
}

void pt_aspace_becomes_shared(struct aspace *as)
{
	spin_lock(&as->lock);
	if (!cputime_is_shared(&as->cpu))
		cputime_share_locked(&as->cpu, used_locked(as));
	spin_unlock(&as->lock);
}

void pt_aspace_thread_died(struct vcpu *v, int status)
{
	struct aspace *as = v->as;
	struct vcpu *other;
	bool died;

	spin_lock(&as->lock);
	/* The first thread is told of after all others. */
	died = v->tid == as->pid && !as->dead;
	if (died) {
		as->cpu_at_death = used_locked(as);
		as->dead = true;
		as->status = status;
		list_for_each_entry (other, &as->cpu.threads, cpu.node)
			if (other != v)
				pt_vcpu_gone(other, status);
	}
	spin_unlock(&as->lock);
	if (!died)
		return;
	spin_lock(&aspaces_lock);
	list_del(&as->all);
	spin_unlock(&aspaces_lock);
	if (pt.lost && pt.zygote && pt.zygote->as == as)
		pt.lost();
	pt_aspace_put(as);
}

void pt_aspace_add(struct vcpu *v)
{
	struct aspace *as = v->as;

	spin_lock(&as->lock);
	list_add_tail(&v->cpu.node, &as->cpu.threads);
	as->nr_vcpus++;
	spin_unlock(&as->lock);
}

void pt_aspace_kill(struct aspace *as)
{
	spin_lock(&as->lock);
	if (as->pid && !as->dead && host_kill(as->pid, SIGKILL))
		log_debug("host process %d cannot be killed", as->pid);
	spin_unlock(&as->lock);
}

/* A live one, counted. */
static struct aspace *pick_alive(void)
{
	struct aspace *as = NULL;

	spin_lock(&aspaces_lock);
	if (!list_empty(&aspaces))
		as = pt_aspace_get(list_first_entry(&aspaces, struct aspace, all));
	spin_unlock(&aspaces_lock);
	return as;
}

void pt_aspace_end_all(void)
{
	struct aspace *as;

	while ((as = pick_alive())) {
		int err;

		pt_aspace_kill(as);
		err = pt_await_exit();
		if (err)
			panic("host processes cannot be waited for: %s", strerror(-err));
		pt_aspace_put(as);
	}
}

int pt_aspace_reach(struct aspace *as)
{
	return procmem_in_use() ? procmem_open(as->pid, &as->mem) : 0;
}

ssize_t pt_aspace_read(struct aspace *as, void *dst, uaddr_t src, size_t size)
{
	struct iovec local = {.iov_base = dst, .iov_len = size};
	struct iovec remote = {.iov_base = (void *)(uintptr_t)src, .iov_len = size};
	ssize_t n = -ESRCH;

	spin_lock(&as->lock);
	if (hostfd_valid(as->mem))
		n = host_pread(as->mem, dst, size, (off_t)src);
	else if (!as->dead)
		n = host_process_vm_readv(as->pid, &local, 1, &remote, 1);
	spin_unlock(&as->lock);
	/* 0: the process is gone. */
	return n > 0 || !size ? n : -EFAULT;
}

ssize_t pt_aspace_write(struct aspace *as, uaddr_t dst, const void *src, size_t size)
{
	struct iovec local = {.iov_base = (void *)(uintptr_t)src, .iov_len = size};
	struct iovec remote = {.iov_base = (void *)(uintptr_t)dst, .iov_len = size};
	ssize_t n = -ESRCH;

	spin_lock(&as->lock);
	if (hostfd_valid(as->mem))
		n = host_pwrite(as->mem, src, size, (off_t)dst);
	else if (!as->dead)
		n = host_process_vm_writev(as->pid, &local, 1, &remote, 1);
	spin_unlock(&as->lock);
	return n > 0 || !size ? n : -EFAULT;
}

int pt_mem_read(struct vcpu *v, void *dst, uaddr_t src, size_t size)
{
	return pt_aspace_read(v->as, dst, src, size) == (ssize_t)size ? 0 : -EFAULT;
}

int pt_mem_write(struct vcpu *v, uaddr_t dst, const void *src, size_t size)
{
	return pt_aspace_write(v->as, dst, src, size) == (ssize_t)size ? 0 : -EFAULT;
}

/* /proc cannot be opened any more when this is asked, and nothing else says it. */
u64 pt_aspace_rss(struct aspace *as)
{
	(void)as;
	return 0;
}
