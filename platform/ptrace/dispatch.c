/*
 * What stopped and what died: SIGCHLD tells the first worker that there is
 * something, waitid(2) says what, and the fiber that waits for it is woken.
 *
 * A stop nobody asked for (a kick that is no longer wanted, a signal from
 * somebody on the host) is undone at once: the thread goes on.
 *
 * Locks: the table's, then vcpu.lock; exits_lock outside both.
 */
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "lib/log.h"
#include "platform/ptrace/ptrace.h"

#define NR_BUCKETS 1024

static struct spinlock table_lock;
static struct list_head buckets[NR_BUCKETS]; /* by tid; guarded by table_lock */
static struct spinlock exits_lock;           /* one buries at a time */

static struct list_head *bucket(pid_t tid)
{
	return &buckets[(unsigned)tid % NR_BUCKETS];
}

void pt_threads_init(void)
{
	spin_init(&table_lock);
	spin_init(&exits_lock);
	for (unsigned i = 0; i < NR_BUCKETS; i++)
		list_init(&buckets[i]);
}

void pt_threads_add(struct vcpu *v)
{
	pt_vcpu_get(v);
	spin_lock(&table_lock);
	list_add(&v->hash, bucket(v->tid));
	spin_unlock(&table_lock);
}

static void remove_thread(struct vcpu *v)
{
	spin_lock(&table_lock);
	list_del(&v->hash);
	spin_unlock(&table_lock);
	pt_vcpu_put(v);
}

/* Counted, or NULL. */
static struct vcpu *lookup(pid_t tid)
{
	struct vcpu *v, *found = NULL;

	spin_lock(&table_lock);
	list_for_each_entry (v, bucket(tid), hash) {
		if (v->tid == tid) {
			found = pt_vcpu_get(v);
			break;
		}
	}
	spin_unlock(&table_lock);
	return found;
}

static bool is_exiting(struct vcpu *v)
{
	bool exiting;

	spin_lock(&v->lock);
	exiting = v->exiting;
	spin_unlock(&v->lock);
	return exiting;
}

static bool is_fault(int signo)
{
	return signo == SIGSEGV || signo == SIGBUS || signo == SIGFPE || signo == SIGILL ||
	       signo == SIGTRAP || signo == SIGSYS;
}

/* The running @v has stopped: what for; PT_STOP_NONE: nothing, let it run on. */
static enum pt_stop classify(struct vcpu *v, int status)
{
	if (status == PT_SYSCALL_STOP)
		return PT_STOP_CALL;
	if (PT_EVENT(status))
		return PT_STOP_NONE;
	if (status == PT_KICK_SIGNAL)
		return __atomic_load_n(&v->kicked, __ATOMIC_ACQUIRE) ? PT_STOP_KICK : PT_STOP_NONE;
	if (is_fault(status) && pt_fault_learn(v, status))
		return PT_STOP_FAULT;
	return PT_STOP_NONE;
}

/* Errors mean that it is dying, and we shall hear of that. */
static void serve_stop(struct vcpu *v, int status)
{
	enum pt_stop stop;

	if (is_exiting(v)) {
		if (host_ptrace(PTRACE_CONT, v->tid, 0, NULL) < 0)
			log_debug("host thread %d is dying already", v->tid);
		return;
	}
	if (pt_regs_fetch(v, status == PT_SYSCALL_STOP))
		return;
	stop = classify(v, status);
	if (stop != PT_STOP_NONE)
		pt_vcpu_stopped(v, stop);
	else if (pt_vcpu_resume(v))
		log_debug("host thread %d is dying", v->tid);
}

/* A process that no order made, or whose parent died while it was made. */
static void kill_stranger(pid_t tid)
{
	log_debug("unknown host thread %d killed", tid);
	if (host_kill(tid, SIGKILL))
		log_debug("thread %d is gone already", tid);
}

static void serve_stops(void)
{
	for (;;) {
		siginfo_t info = {.si_pid = 0};
		struct vcpu *v;

		if (host_waitid(P_ALL, 0, &info, WSTOPPED | WNOHANG | __WALL, NULL) ||
		    info.si_pid == 0)
			return;
		v = lookup(info.si_pid);
		if (!v) {
			kill_stranger(info.si_pid);
			continue;
		}
		serve_stop(v, info.si_status);
		pt_vcpu_put(v);
	}
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

static void serve_exit(const siginfo_t *seen)
{
	struct vcpu *v = lookup(seen->si_pid);
	siginfo_t info;

	/* Told before it is reaped: its number is nobody else's until then. */
	if (v) {
		pt_vcpu_gone(v, status_of(seen));
		pt_aspace_thread_died(v, status_of(seen));
	}
	if (host_waitid(P_PID, (id_t)seen->si_pid, &info, WEXITED | WNOHANG | __WALL, NULL))
		log_error("host thread %d cannot be reaped", seen->si_pid);
	if (v) {
		remove_thread(v);
		pt_vcpu_put(v);
	}
}

static bool is_stop(const siginfo_t *info)
{
	return info->si_code == CLD_TRAPPED || info->si_code == CLD_STOPPED;
}

/* True: somebody has stopped meanwhile, which the host tells a tracer whatever it asks for. */
static bool serve_exits(void)
{
	bool stopped = false;

	spin_lock(&exits_lock);
	while (!stopped) {
		siginfo_t info = {.si_pid = 0};

		if (host_waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL) ||
		    info.si_pid == 0)
			break;
		stopped = is_stop(&info);
		if (!stopped)
			serve_exit(&info);
	}
	spin_unlock(&exits_lock);
	return stopped;
}

int pt_await_exit(void)
{
	siginfo_t info;
	int err;

	do
		err = host_waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | __WALL, NULL);
	while (err == -EINTR);
	if (err)
		return err;
	/* A stop is of no interest any more, but hides what comes after it. */
	if (is_stop(&info) &&
	    host_waitid(P_PID, (id_t)info.si_pid, &info, WSTOPPED | WNOHANG | __WALL, NULL))
		log_debug("host thread %d has gone on", info.si_pid);
	serve_exits();
	return 0;
}

static void on_children(struct poll_source *s, poll_t ready)
{
	struct signalfd_siginfo told;

	(void)ready;
	/* One for many: what it says of whom is of no use. */
	if (host_read(s->fd, &told, sizeof(told)) < 0)
		log_debug("woken for no child");
	do
		serve_stops();
	while (serve_exits());
}

int pt_dispatch_start(void)
{
	sigset_t set;
	int err;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	/* Before there are other threads: it must be blocked in all of them. */
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -EINVAL;
	err = host_signalfd(HOSTFD_NONE, &set, SFD_NONBLOCK, &pt.source.fd);
	if (err)
		return err;
	pt.source.fn = on_children;
	pt.source.level = true;
	err = poll_source_add(&pt.source, EPOLLIN);
	if (err)
		host_close(steal_hostfd(&pt.source.fd));
	return err;
}

void pt_dispatch_stop(void)
{
	if (!hostfd_valid(pt.source.fd))
		return;
	poll_source_del(&pt.source);
	host_close(steal_hostfd(&pt.source.fd));
}
