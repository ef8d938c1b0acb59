/*
 * What the files of the ptrace platform know of each other.
 *
 *	ptrace.c    the platform as a whole: its start and end
 *	tracer.c    the one thread that may make ptrace requests
 *	dispatch.c  what stopped, what died, and whose it is
 *	vcpu.c      host threads: run, kick, end
 *	aspace.c    host processes and their memory
 *	birth.c     new processes and threads
 *	stub.c      one call in the guest's address space
 *	orders.c    work in the guest's address space
 *	courier.c   descriptors on their way into a guest
 *	fault.c     what the host knows of a fault
 *	filter.c    the seccomp filter behind ptrace
 *	zygote.c    the process all others are forked from
 *	x86_64/     registers, vector state
 *
 *	vcpu --counted--> aspace            immutable
 *	aspace.cpu --> vcpu                 aspace.lock
 *	threads (by host tid) --counted--> vcpu   the table's own spinlock
 *
 * Locks, all spinlocks, in this order: aspace.lock, the table of threads,
 * vcpu.lock.  Under them stand host calls that do not sleep (kill, ptrace).
 */
#pragma once
#include <sched.h>
#include <signal.h>

#include "host/host.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/park.h"
#include "lib/ref.h"
#include "platform/cputime.h"
#include "platform/ops.h"
#include "platform/platform.h"
#include "platform/ptrace/layout.h"
#include "platform/x86_64/xsave.h"
#include "sched/sched.h"

/* Nobody sends it but us, and the guest's own signals are never host signals. */
#define PT_KICK_SIGNAL 16 /* SIGSTKFLT */

/* orig_ax of a vcpu that is not stopped in a call */
#define PT_NO_CALL UINT64_MAX

enum pt_pos {
	PT_STOPPED, /* in a ptrace stop: everything is its owner's */
	PT_RUNNING,
	PT_GONE, /* the host thread is dead */
};

enum pt_stop {
	PT_STOP_NONE, /* made, or ordered to do something: has not run */
	PT_STOP_CALL,
	PT_STOP_FAULT,
	PT_STOP_KICK,
};

struct aspace {
	struct ref ref;
	hostfd_t mem;         /* its memory, where that is how it is reached: procmem.h */
	struct list_head all; /* aspace.c; holds a reference from birth to death */

	struct spinlock lock;
	pid_t pid;  /* guarded by lock: 0 before birth, a dead process's is never used */
	bool dead;  /* guarded by lock: set before the host process is reaped */
	int status; /* guarded by lock: wait status, once dead */
	struct cpu_process cpu; /* guarded by lock: its vcpus, and what time they have */
	unsigned nr_vcpus;      /* guarded by lock: without those that are destroyed */

	u64 cpu_at_death; /* guarded by lock */
};

struct vcpu {
	struct ref ref;
	struct aspace *as;     /* immutable, counted */
	struct cpu_thread cpu; /* in as->cpu, which says what guards it */
	struct list_head hash; /* dispatch.c's table, counted */
	pid_t tid;             /* immutable once in the table */

	struct spinlock lock;
	enum pt_pos pos;       /* guarded by lock; may become PT_GONE at any time */
	int status;            /* guarded by lock: wait status of the thread, once PT_GONE */
	struct parker *waiter; /* guarded by lock */
	bool exiting;          /* guarded by lock: destroyed, on its way out */
	u32 kicked;            /* atomic: a kick nobody has seen yet */

	/* The owner's while stopped, the dispatcher's while it runs. */
	struct regs regs;
	bool regs_dirty; /* regs are not what the host thread has */
	enum pt_stop stop;
	bool compat;
	struct {
		int signo, code;
		uaddr_t addr;
		u64 trapno, error;
	} fault;
	u64 orig_ax; /* number of the call it is stopped in, or PT_NO_CALL */
};

/* The platform as a whole: set by its start, immutable afterwards. */
struct pt {
	struct platform_info info;
	struct vcpu *zygote;
	hostfd_t listener;         /* where guests come for descriptors: courier.c */
	struct poll_source source; /* a signalfd of SIGCHLD */
	struct xsave_format fpu;   /* vector state */
	size_t fpu_size;           /* bytes the host's register set has */
	void (*lost)(void);        /* platform_on_lost(); set once before the scheduler runs */
};
extern struct pt pt;

/* tracer.c */

/* What a function on the tracer thread works on; it uses what it needs. */
struct pt_args {
	struct vcpu *v;
	void *p, *q;
	const void *in;
	u64 a, b, c;
	size_t n;
};

/*
 * pt_trace - run @fn on the tracer thread, the only one the host lets trace
 *
 * At once where the caller is on that thread; else the caller sleeps until the
 * first worker has run it.  @fn may not sleep its fiber.
 */
int pt_trace(int (*fn)(const struct pt_args *a), const struct pt_args *a) must_check;
/* pt_tracer_init - the caller is the tracer; pt_tracer_start - others may ask it from now on */
void pt_tracer_init(void);
int pt_tracer_start(void) must_check;
void pt_tracer_stop(void);
/* pt_tracer_here - are we on the tracer thread */
bool pt_tracer_here(void);

/*
 * pt_await - wait on the tracer thread for @tid to stop; its wait status, without "stopped"
 *
 * For threads that have been sent to the stub or begin their life: they stop
 * soon.  Return: as above, or -ESRCH when it died, or had to be killed because
 * the host does not let us wait.
 */
int pt_await(pid_t tid) must_check;

#define PT_EVENT(status)  ((status) >> 8)
#define PT_SIGNAL(status) ((status)&0x7f)
#define PT_SYSCALL_STOP   (SIGTRAP | 0x80)

/* How the stub clones: CLONE_PARENT makes every process the sentry's own child. */
#define PT_PROCESS_FLAGS (CLONE_PARENT | SIGCHLD)
#define PT_THREAD_FLAGS \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

/* dispatch.c */
void pt_threads_init(void);
void pt_threads_add(struct vcpu *v);
int pt_dispatch_start(void) must_check;
void pt_dispatch_stop(void);
/* pt_await_exit - wait until somebody has died, and bury him; -ECHILD: nobody is left; any thread
 */
int pt_await_exit(void) must_check;

/* aspace.c */
int pt_aspace_alloc(struct aspace **ret) must_check;
/* pt_aspace_born - the process exists as @pid */
void pt_aspace_born(struct aspace *as, pid_t pid);
/* pt_aspace_thread_died - @v's host thread has ended; if it was the first one, so has the process
 */
void pt_aspace_thread_died(struct vcpu *v, int status);
void pt_aspace_add(struct vcpu *v);
/* pt_aspace_becomes_shared - @as is about to have a second vcpu */
void pt_aspace_becomes_shared(struct aspace *as);
/* pt_aspace_reach - make its memory readable; the process is what it is going to be */
int pt_aspace_reach(struct aspace *as) must_check;
/* pt_aspace_end_all - kill every process there is and wait for its end */
void pt_aspace_end_all(void);
/* pt_mem_read, pt_mem_write - all of it or -EFAULT, also above the guest's part; tracer thread */
int pt_mem_read(struct vcpu *v, void *dst, uaddr_t src, size_t size) must_check;
int pt_mem_write(struct vcpu *v, uaddr_t dst, const void *src, size_t size) must_check;

/* vcpu.c */
int pt_vcpu_alloc(struct aspace *as, struct vcpu **ret) must_check;
struct vcpu *pt_vcpu_get(struct vcpu *v);
void pt_vcpu_put(struct vcpu *v);
/* pt_vcpu_stopped - tell who waits; @stop is what it stopped for */
void pt_vcpu_stopped(struct vcpu *v, enum pt_stop stop);
void pt_vcpu_gone(struct vcpu *v, int status);
bool pt_vcpu_is_gone(struct vcpu *v);
/* pt_vcpu_abandon - as pt_vcpu_destroy() for a thread that was never handed out */
void pt_vcpu_abandon(struct vcpu *v);
/* pt_vcpu_resume - on the tracer thread: into the guest; -ESRCH: it is dying */
int pt_vcpu_resume(struct vcpu *v) must_check;

/* stub.c, all on the tracer thread, with a stopped vcpu */

/* pt_stub_regs - registers for a visit to the stub at @offset */
struct regs pt_stub_regs(const struct vcpu *v, u64 offset);
/*
 * pt_stub_visit - go there, and come back
 * @regs: in: what it starts with; out: what it stopped with
 *
 * Return: wait status: SIGTRAP behind the instruction, a fault on it, or an
 * event; -ESRCH: it died.
 */
int pt_stub_visit(struct vcpu *v, struct regs *regs) must_check;
/* pt_stub_again - it stopped for an event: on to the next stop */
int pt_stub_again(struct vcpu *v, struct regs *regs) must_check;
/* pt_stub_call - one host call; -ESRCH: it died, else *@ret is what the host said */
int pt_stub_call(struct vcpu *v, long nr, const u64 args[6], long *ret) must_check;
#define PT_CALL(v, ret, nr, ...) pt_stub_call(v, nr, (const u64[6]){__VA_ARGS__}, ret)

/* courier.c, on the tracer thread */

/*
 * pt_courier_bring - @nr descriptors into @v's process, as 1, 2...; 0 is taken meanwhile
 *
 * Return: 0, -ESRCH, or -errno; then none is left there.
 */
int pt_courier_bring(struct vcpu *v, const hostfd_t *fds, unsigned nr) must_check;
/* pt_courier_leave - none is left there */
int pt_courier_leave(struct vcpu *v, unsigned nr) must_check;
#define PT_COURIER_MAX 32

/* fault.c: fill in v->fault for the signal it stopped with; false: not the guest's doing */
bool pt_fault_learn(struct vcpu *v, int signo);

/* filter.c */
struct sock_fprog;
/* pt_filter_build - the caller frees @ret->filter */
int pt_filter_build(struct sock_fprog *ret) must_check;

/* zygote.c */
int pt_zygote_start(const char **ret_why) must_check;
extern const u8 pt_stub_code[], pt_stub_code_end[];

/* x86_64/xstate.c: vector state as the host's register set has it */
int pt_fpu_get(struct vcpu *v, void *buf, size_t *size) must_check;
int pt_fpu_set(struct vcpu *v, const void *buf, size_t size) must_check;
int pt_xstate_learn(struct vcpu *zygote, const char **ret_why) must_check;

/* x86_64/regs.c, on the tracer thread */
/* pt_regs_fetch - @call: it stopped in a system call */
int pt_regs_fetch(struct vcpu *v, bool call) must_check;
int pt_regs_store(struct vcpu *v, const struct regs *regs) must_check;
/* pt_regs_clear - of a program that has not begun: all zero */
void pt_regs_clear(struct vcpu *v);

/* The contract (platform.h), as this platform keeps it; ptrace.c puts it into ptrace_ops. */
int pt_aspace_create(struct aspace **ret, struct vcpu **ret_vcpu);
int pt_aspace_fork(struct vcpu *parent, struct aspace **ret, struct vcpu **ret_vcpu);
struct aspace *pt_aspace_get(struct aspace *as);
void pt_aspace_put(struct aspace *as);
void pt_aspace_kill(struct aspace *as);
ssize_t pt_aspace_read(struct aspace *as, void *dst, uaddr_t src, size_t size);
ssize_t pt_aspace_write(struct aspace *as, uaddr_t dst, const void *src, size_t size);
u64 pt_aspace_rss(struct aspace *as);
int pt_vcpu_create(struct vcpu *parent, struct vcpu **ret);
void pt_vcpu_destroy(struct vcpu *v);
bool pt_vcpu_is_alone(struct vcpu *v);
struct aspace *pt_vcpu_aspace(struct vcpu *v);
int pt_vcpu_run(struct vcpu *v, struct vcpu_event *ev);
void pt_vcpu_kick(struct vcpu *v);
void pt_vcpu_set_result(struct vcpu *v, long ret);
int pt_vcpu_get_regs(struct vcpu *v, struct regs *ret);
int pt_vcpu_set_regs(struct vcpu *v, const struct regs *regs);
int pt_vcpu_get_xstate(struct vcpu *v, void *ret, size_t size);
int pt_vcpu_set_xstate(struct vcpu *v, const void *xstate, size_t size);
int pt_vcpu_reset_xstate(struct vcpu *v);
int pt_vcpu_host_ops(struct vcpu *v, struct host_op *ops, size_t n);
int pt_vcpu_resident(struct vcpu *v, uaddr_t start, u64 size, u64 *ret);
int pt_vcpu_usage(struct vcpu *v, struct vcpu_usage *ret);
int pt_vcpu_cmpxchg32(struct vcpu *v, uaddr_t addr, u32 old, u32 new_val, u32 *ret_prev);
int pt_vcpu_cmpxchg64(struct vcpu *v, uaddr_t addr, u64 old, u64 new_val, u64 *ret_prev);
u64 pt_vcpu_cputime(struct vcpu *v);
