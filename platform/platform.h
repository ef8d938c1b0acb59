/*
 * How guest instructions stop at us: the whole contract of sentry and platform.
 *
 * A guest address space is a host process (struct aspace), a guest thread a host
 * thread in it (struct vcpu).  A task's fiber drives its vcpu in a loop:
 *
 *	while (!vcpu_run(v, &ev))      guest runs until something happens
 *		handle(&ev);           vcpu is stopped and ours; results are set
 *
 * A vcpu is *stopped* from the return of vcpu_run() to the next call of it.  What takes a
 * vcpu wants it stopped, and is called only by its fiber, except vcpu_kick(), at any time.
 *
 * Locks: unless said otherwise these may sleep the calling fiber and are called
 * with no lock of rank LOCK_VCPU or later held.
 */
#pragma once
#include "abi/regs.h"
#include "lib/base.h"

struct aspace;
struct vcpu;

enum vcpu_event_kind {
	VCPU_SYSCALL, /* the guest made a system call */
	VCPU_FAULT,   /* a synchronous exception: page fault, illegal instruction... */
	VCPU_KICKED,  /* vcpu_kick(), nothing else */
	VCPU_REFUSED, /* vcpu_last_ops() of the call before; that is stopped again */
	VCPU_DEAD,    /* the host process or thread is gone; only destroy is left */
};

struct vcpu_event {
	enum vcpu_event_kind kind;
	union {
		struct {
			u64 nr; /* as the guest gave it: unchecked */
			u64 args[6];
			uaddr_t ip;  /* of the instruction after the syscall */
			bool compat; /* int 0x80, sysenter: to be refused */
			bool fast;   /* came through a trampoline; ip is not told */
		} call;
		struct {
			int signo, code; /* as the host's siginfo: SIGSEGV, SEGV_MAPERR... */
			uaddr_t addr;
			u64 trapno, error; /* uc_mcontext REG_TRAPNO, REG_ERR */
		} fault;
		int error;  /* VCPU_REFUSED: what the host said, -errno */
		int status; /* VCPU_DEAD: wait status of the host process, 0 if unknown */
	};
};

#define HOST_OP_CMPXCHG64 0x10001
/*
 * One host system call to be made inside the guest's address space, by the
 * stub, on the sentry's order.  nr is one of mmap, munmap, mprotect, mremap,
 * madvise, msync, mlock, munlock, mlock2, pkey_mprotect, mincore, membarrier,
 * arch_prctl (only ARCH_SET_FS and ARCH_SET_GS).
 *
 * Or HOST_OP_CMPXCHG64: compare and exchange an aligned 8 bytes in a page that is
 * writable by then; args are address, old and new value, and args[1] becomes what
 * stood there.
 *
 * Every range ends at user_end at the latest, and the host may not choose an address: mmap has
 * MAP_FIXED or MAP_FIXED_NOREPLACE, mremap has MREMAP_FIXED or stays in place.  Else -EINVAL.
 */
struct host_op {
	long nr;
	u64 args[6];
	hostfd_t fd; /* mmap of a file: put into the guest for the call; args[4] is ignored */
	long ret;    /* result of the host: value or -errno */
	bool keep;   /* mmap: anybody may read the file, keep it; munmap of all: but what is kept */
};

struct platform_info {
	const char *name; /* "notify", "trap", "ptrace" */
	const char *why;  /* why this one: for doctor and --debug; immutable */
	uaddr_t user_end; /* first address the guest may not map: the stub stands above */
	uaddr_t vdso;     /* where the host's vDSO stands in every guest, 0: none */
	size_t vdso_size;
	size_t xstate_size; /* bytes of vcpu_get_xstate(), the closing magic included */
	u64 xfeatures;      /* XCR0 */
	bool mem_forced; /* aspace_read() and aspace_write() pass by the guest's page protection */
	bool barriers;   /* all may use MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE */

	/*
	 * Where trampolines of the fast path jump to; 0: none.  One comes with rax the number
	 * and the arguments where a system call has them, all else as the guest left it, and
	 *
	 *	lea 1f(%rip), %rcx
	 *	jmp *fast_entry
	 *	syscall
	 * 1:	...the guest's next instruction
	 *
	 * It goes on at 1 with the result in rax, or at the syscall when there is
	 * no channel (%gs is the guest's) or the call has to be notified.
	 */
	uaddr_t fast_entry;
};

/* platform_hide_files - files that all could read are hidden now: keep them for nobody else */
void platform_hide_files(void);

/*
 * platform_init - choose and start a platform: zygote, listener, pool
 * @name: "notify", "trap", "ptrace", or NULL to choose
 * @ret_why: on failure, a sentence for the user that says what is missing
 *
 * Called once by the sentry's main thread, after sched_init() and before its own
 * seccomp filter is on.  The guests die with that thread.
 */
int platform_init(const char *name, const char **ret_why) must_check;

/*
 * platform_meanwhile - have platform_init() call @fn while it waits for the host
 * process it has just started, or else before it returns
 *
 * @fn runs on the same thread and may use nothing of the platform.
 */
void platform_meanwhile(void (*fn)(void));

/*
 * platform_on_lost - call @fn when no new host process can ever be made, because
 * the process they are forked from was killed
 *
 * @fn runs between fibers and may not sleep.
 */
void platform_on_lost(void (*fn)(void));

/* A layer around the guest processes that not every host grants. */
struct platform_layer {
	const char *name;
	int error; /* 0: in force; else the host's -errno */
};

/* platform_layers - which layers are in force, after platform_init(); for doctor and --strict */
const struct platform_layer *platform_layers(size_t *ret_nr);

/*
 * platform_fini - kill and reap every host process that is left
 *
 * By the sentry's main thread after sched_run(), or by a thread that is no
 * worker; no fiber may use the platform any more.
 */
void platform_fini(void);
const struct platform_info *platform_info(void);

/*
 * aspace_create - a clean address space with one vcpu, from the pool
 *
 * Nothing but stub and vDSO is mapped in it.  The vcpu is stopped, registers zero.
 */
int aspace_create(struct aspace **ret, struct vcpu **ret_vcpu) must_check;

/*
 * aspace_fork - copy the address space of the stopped @parent
 *
 * The new vcpu is stopped, with @parent's registers and vector state; the
 * caller sets the result, stack and TLS.  -EAGAIN or -ENOMEM as the host says.
 */
int aspace_fork(struct vcpu *parent, struct aspace **ret, struct vcpu **ret_vcpu) must_check;

/* vcpu_create - another vcpu in the address space of the stopped @parent, registers copied */
int vcpu_create(struct vcpu *parent, struct vcpu **ret) must_check;

/*
 * vcpu_destroy - end the host thread of @v and free it
 *
 * The last vcpu of an address space takes the host process along (killed, reaped).
 */
void vcpu_destroy(struct vcpu *v);

/*
 * vcpu_is_alone - is @v the only host thread its address space has ever had
 *
 * Then it can be made clean for another program of the same user by unmapping
 * all below user_end.  What such a program finds may still be the work of the one
 * before: it can have rewritten its stub.  False where a platform cannot tell.
 */
bool vcpu_is_alone(struct vcpu *v);

/* vcpu_aspace - where @v runs; counted by @v, so valid as long as it is */
struct aspace *vcpu_aspace(struct vcpu *v);

/*
 * vcpu_run - let the guest go on, and sleep until the next event
 *
 * Returns at once with VCPU_KICKED when a kick is pending.
 * Return: 0 with *@ev filled.
 */
int vcpu_run(struct vcpu *v, struct vcpu_event *ev) must_check;

/*
 * vcpu_kick - make vcpu_run() of @v return, from any thread or fiber
 *
 * Sticky until the next return of vcpu_run(), of whatever kind.  Never sleeps.
 * Locks: may be called under LOCK_SIGHAND and spinlocks.
 */
void vcpu_kick(struct vcpu *v);

/* vcpu_set_result - what the stopped system call returns; cheap */
void vcpu_set_result(struct vcpu *v, long ret);

/*
 * vcpu_get_regs, vcpu_set_regs - the whole register context
 *
 * After a call that trapped by notification the first of them costs a round
 * trip through the stub, so only what needs registers asks for them (clone,
 * signal frames, rt_sigreturn, execve, ptrace).  At a system call, regs->ip is
 * after the instruction, regs->ax what vcpu_set_result() set (or -ENOSYS), and
 * regs->orig_ax the number.  -ESRCH: the host thread died.
 */
int vcpu_get_regs(struct vcpu *v, struct regs *ret) must_check;
int vcpu_set_regs(struct vcpu *v, const struct regs *regs) must_check;

/*
 * vcpu_get_xstate, vcpu_set_xstate - vector state, XSAVE standard format
 *
 * As the signal frame holds it, software-reserved bytes included; @size up to
 * platform_info()->xstate_size.  set checks the header as rt_sigreturn does:
 * -EINVAL for one the host would refuse.  vcpu_reset_xstate: as after execve.
 */
int vcpu_get_xstate(struct vcpu *v, void *ret, size_t size) must_check;
int vcpu_set_xstate(struct vcpu *v, const void *xstate, size_t size) must_check;
int vcpu_reset_xstate(struct vcpu *v) must_check;

/*
 * vcpu_host_ops - make @n host calls inside @v's address space, in order
 *
 * Stops at the first that fails; each op's ret tells.  A single call with the
 * very arguments of the trapped one may be left to the host kernel itself when
 * @v is alone in its address space (then ret is 0 and the host's answer becomes
 * the guest's).
 *
 * Return: 0, the failing op's error, or -ESRCH when the host thread died.
 */
int vcpu_host_ops(struct vcpu *v, struct host_op *ops, size_t n) must_check;

/*
 * vcpu_resident - how many pages of [start, start + size), all mapped, are in memory
 *
 * Pages of files count when the host has them cached.  Return: 0, -ENOMEM for a
 * hole, -ESRCH.
 */
int vcpu_resident(struct vcpu *v, uaddr_t start, u64 size, u64 *ret) must_check;

/* What the host says a process has used since it was made. */
struct vcpu_usage {
	u64 minflt, majflt; /* page faults */
	u64 maxrss;         /* KiB resident at most */
};

/*
 * vcpu_usage - what @v's process has used; a round trip
 *
 * The guest can forge it: it is for telling guests, not for limits.
 * Return: 0 or -ESRCH.
 */
int vcpu_usage(struct vcpu *v, struct vcpu_usage *ret) must_check;

/*
 * aspace_read, aspace_write - guest memory, from any fiber
 *
 * Honours the guest's own page protection, unless platform_info()->mem_forced.  Does not sleep the
 * fiber; may be called under LOCK_FUTEX.  An aligned word is read in one piece. Return: bytes
 * moved, which may be fewer than @size at a fault; -EFAULT for none.
 */
ssize_t aspace_read(struct aspace *as, void *dst, uaddr_t src, size_t size) must_check;
ssize_t aspace_write(struct aspace *as, uaddr_t dst, const void *src, size_t size) must_check;

/*
 * vcpu_cmpxchg32 - compare and exchange a word of guest memory, atomically
 * against the guest's own threads
 * @ret_prev: what stood there; equal to @old when the exchange was made
 *
 * Made by the stub of the stopped @v, in its address space: for PI and robust
 * futexes.  @addr is a multiple of 4.
 * Locks: may be called under LOCK_FUTEX; sleeps the fiber until the stub answered.
 * Return: 0, -EFAULT when the page cannot be written, -ESRCH when the host
 * thread died.
 */
int vcpu_cmpxchg32(struct vcpu *v, uaddr_t addr, u32 old, u32 new_val, u32 *ret_prev) must_check;

/*
 * vcpu_cmpxchg64 - as vcpu_cmpxchg32(), of an aligned 8 bytes in a page that is
 * writable now: for patching text, between two mprotect()s
 */
int vcpu_cmpxchg64(struct vcpu *v, uaddr_t addr, u64 old, u64 new_val, u64 *ret_prev) must_check;

/*
 * Windows: what the pointer arguments of a fast call point to travels with it,
 * and what the call writes there travels with its answer.
 *
 * vcpu_window_in - guest memory as it was when the stopped call was made
 *
 * Return: bytes from @src on that are in @dst now, @size at most; 0 when the
 * stub did not carry them.
 */
size_t vcpu_window_in(struct vcpu *v, void *dst, uaddr_t src, size_t size) must_check;

/*
 * vcpu_window_out - write guest memory when the stopped call returns
 *
 * The caller has seen that the guest may write there; should it fault all the
 * same, the call returns -EFAULT.  Until vcpu_window_spill() nobody sees it.
 * Return: false when there is no room, or the window is not open.
 */
bool vcpu_window_out(struct vcpu *v, uaddr_t dst, const void *src, size_t size) must_check;

/* vcpu_window_touch - what is put off for [addr, addr + size) is written now */
void vcpu_window_touch(struct vcpu *v, uaddr_t addr, size_t size);

/* vcpu_window_spill - all that is put off is written now: others may look at it */
void vcpu_window_spill(struct vcpu *v);

/*
 * What the stub may tell the guest without us: numbers, and which signals (bit 0:
 * signal 1) have a @plain action: default, no flags, no mask.  Those in @settable may be
 * set to that again, with SA_RESTORER and @restorer; @restored have these already.
 */
struct vcpu_local {
	u32 pid, tid, uid, euid, gid, egid;
	u64 plain, settable, restored;
	uaddr_t restorer;
};

/* vcpu_set_local - of the stopped @v's task; NULL: have every call come to us */
void vcpu_set_local(struct vcpu *v, const struct vcpu_local *l);

/* vcpu_restored - vcpu_local.restored, and what the guest has set since, or says it has */
u64 vcpu_restored(struct vcpu *v);

/* aspace_get, aspace_put - hold it while reading memory of another task */
struct aspace *aspace_get(struct aspace *as);
void aspace_put(struct aspace *as);

/* aspace_kill - SIGKILL for the host process; its vcpus see VCPU_DEAD */
void aspace_kill(struct aspace *as);

/* vcpu_cputime - CPU time the guest's own instructions took, in ns; any fiber */
u64 vcpu_cputime(struct vcpu *v);

/*
 * aspace_limit - the host lets the process map no more than about @bytes (RLIM64_INFINITY: any)
 *
 * A second line behind the sentry's own books, for guests that make the stub's
 * calls by themselves.  Copies inherit it.  -errno when the host refuses.
 */
int aspace_limit(struct aspace *as, u64 bytes) must_check;

/* aspace_rss - resident bytes of the host process (0 if the host does not say); any fiber */
u64 aspace_rss(struct aspace *as);
