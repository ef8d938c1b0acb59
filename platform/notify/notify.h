/*
 * What the files of the notify platform know of each other.
 *
 *	aspace.c    host processes: made from the zygote, pooled, reaped
 *	vcpu.c      host threads: run, kick, registers; end.c: how they end
 *	orders.c    work in the guest's address space, done by the stub
 *	last.c      that of a call whose answer goes along with it
 *	keep.c      file mappings that stay, for the next; facts.c: what the stub may say of files
 *	spare.c     vcpus that outlive their guest threads
 *	dispatch.c  one listener for all: who is that, and what did it do
 *	turn.c      posts in a channel, and their answers; watch.c: who looks for them, and when
 *	bell.c      what stubs sleep on
 *	handover.c  who wakes them
 *	window.c    what the pointers of a fast call point to; bulk.c: what is long
 *	filter.c    the seccomp filter every guest process lives under
 *	zygote*.c   the process all others are forked from
 *	trap.c      a second one, where somebody else's filter is in force already
 *	x86_64/     signal frame, vector state
 *
 *	vcpu --counted--> aspace            immutable
 *	aspace.cpu --> vcpu                 aspace.lock
 *	threads (by host tid) --counted--> vcpu   the table's own spinlock
 *
 * Locks, all spinlocks, in this order: aspace.lock, the table of threads,
 * vcpu.lock.  Under them stand host calls that do not sleep (tgkill, ioctl).
 */
#pragma once
#include <linux/seccomp.h>

#include "host/host.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/park.h"
#include "lib/ref.h"
#include "platform/cputime.h"
#include "platform/notify/bulk.h"
#include "platform/notify/channel.h"
#include "platform/notify/contract.h"
#include "platform/notify/keep.h"
#include "platform/notify/stub_table.h"
#include "platform/notify/window.h"
#include "platform/ops.h"
#include "platform/platform.h"
#include "platform/x86_64/xsave.h"
#include "sched/sched.h"

/*
 * The reserved host signal.  Nobody sends it but us, and it does not queue.
 * The guest's own signals are the sentry's and never host signals.
 */
#define KICK_SIGNAL 16 /* SIGSTKFLT */

/* A host thread as the sentry sees it. */
enum vcpu_pos {
	POS_UNBORN,  /* cloned, perhaps: has not yet told its token */
	POS_BORN,    /* waits for its channel */
	POS_RUNNING, /* answered: guest code or the stub runs */
	POS_CALL,    /* stopped in a system call of the guest; only its arguments are seen */
	POS_STUB,    /* parked in the stub; the whole context is in the channel */
	POS_GONE,    /* the host thread is dead */
};

struct aspace {
	struct ref ref;
	hostfd_t mem;             /* its memory, where that is how it is reached; procmem.h */
	pid_t pid;                /* 0 until born, then immutable; reaped with the last reference */
	hostfd_t pidfd;           /* HOSTFD_NONE until born, then immutable */
	struct poll_source death; /* holds a reference until the process is dead */
	struct list_head node;    /* on the list of those to be freed; pool.c */
	struct list_head all;     /* aspaces_lock */

	struct spinlock lock;
	struct cpu_process cpu;     /* guarded by lock: its vcpus, and what time they have */
	unsigned nr_vcpus;          /* guarded by lock: without those that are destroyed */
	bool dead;                  /* guarded by lock */
	int status;                 /* guarded by lock: wait status, once dead */
	u64 slots[CHAN_SLOTS / 64]; /* guarded by lock: channel slots in use */
	struct channel ch;          /* guarded by lock: of a vcpu that is gone, to be used again */

	u32 kept[KEEP_SLOTS];   /* guarded by lock: generation of what stands there; 0: nothing */
	struct vcpu *spares[4]; /* guarded by lock: counted; spare.c */
	unsigned nr_spares;     /* guarded by lock */
	unsigned nr_kept;       /* guarded by lock: those, and the ones that soon will be */

	struct bulk bulk;
	bool forked; /* atomic: others were copied from it */
};

/* What a stopped thread told: a notification, without what nobody asks. */
struct stop {
	u64 id;
	u64 nr;
	u64 args[6];
	uaddr_t ip;
	bool compat;
	bool fast;      /* posted in the channel; else told by notification alone */
	bool notified;  /* id is that of a notification that waits for our answer */
	u64 done, last; /* orders that went well, and what the last one returned */
	bool refused;   /* the orders that went with the answer did not all go well */
	uaddr_t sp;     /* of a park: where its signal frame stands */
};

/*
 * CPU time a guest may take before a kick has stopped it, and before its stub
 * has done orders (an munmap of terabytes takes its time).  One that takes more
 * has blocked the signal or rewritten the stub, and is killed.
 */
#define KICK_CPU_LIMIT  (2 * NSEC_PER_SEC)
#define ORDER_CPU_LIMIT (60 * NSEC_PER_SEC)

/* orig_ax of a vcpu that is not stopped in a call */
#define NO_CALL UINT64_MAX

struct vcpu {
	struct ref ref;
	struct aspace *as;     /* immutable, counted */
	struct cpu_thread cpu; /* in as->cpu, which says what guards it */
	struct list_head hash; /* dispatch.c's table, counted */
	struct channel ch;     /* immutable but for its memfd, which is the owner's */
	u64 token;             /* immutable */
	u32 bell;              /* immutable: what its stub sleeps on; bell.h */
	pid_t tid;             /* 0 until born, then immutable */

	struct spinlock lock;
	enum vcpu_pos pos;     /* atomic, written under lock; may become POS_GONE at any time */
	struct stop stop;      /* guarded by lock; its owner may read it while stopped */
	struct parker *waiter; /* guarded by lock */
	u64 clone_flags;       /* guarded by lock: of the clone just ordered; 0: none */
	bool exiting;          /* guarded by lock: destroyed, on its way out */
	bool spare;            /* guarded by as->lock: destroyed, kept for another guest thread */
	bool kick_sent;        /* guarded by lock: the host signal may still be pending */
	bool kick_met;         /* guarded by lock: one has met its stub, it is to stop soon */
	u32 answered;          /* guarded by lock: TURN_* last told */
	bool owes;             /* guarded by lock: asleep, or soon, though answered */
	bool redirected;       /* guarded by lock: it parks because a kick met it in the stub */
	bool built;            /* guarded by lock: with a frame of its own */

	u32 kicked;    /* atomic: a kick nobody has seen yet */
	u32 last_sent; /* atomic: orders told to the stub with an answer, or LAST_KEPT; 0: none */

	/* The owner's. */
	struct list_head watch;  /* in home's; its lock */
	struct watch *home;      /* whose worker looks at its channel; NULL: nobody */
	u64 slept_at;            /* when its call began to sleep, cycles; 0: it did not */
	bool naps;               /* its last call that slept did not for long */
	u64 ran_at;              /* when it was let run, cycles */
	bool let_through;        /* the host itself makes the stopped call */
	bool in_stub;            /* it runs the stub, and may only park */
	u64 cpu_limit;           /* CPU time it may take then, or when kicked, ns */
	u32 command;             /* STUB_CMD_*: how the next park is answered */
	u32 reply;               /* TURN_*: how the next fast call is answered, if not TURN_DONE */
	unsigned last_orders;    /* in the channel, to be run when the stopped call returns */
	unsigned born_orders;    /* not 0: it waits for its channel, to run those first */
	bool unmasked;           /* its frame is the stub's work: it takes signals in the stub */
	bool fs_dirty, gs_dirty; /* segment bases to be set before it runs */
	u64 fs_base, gs_base;
	long result; /* of the call at POS_CALL */
	u64 orig_ax; /* number of the call it is stopped in, or NO_CALL */
	struct window win;
	struct bulk_user bulk;
	bool local_told;   /* to the stub: it may answer from them */
	bool local_hidden; /* atomic, written under lock: but not its next call */
};

/* The platform as a whole: set by platform_init(), immutable afterwards. */
struct notify {
	struct platform_info info;
	struct stub_table stub;
	hostfd_t listener;
	struct poll_source source;
	struct vcpu *zygote; /* the pool's, once that runs */
	bool traps;          /* guests' calls come as SIGSYS: trap.c */
	size_t frame_off;    /* of the signal frame in a channel */
	size_t fpu_off;      /* of the vector state in a channel */
	u64 uc_flags;        /* of the host's signal frames */
	bool fast;           /* %gs is the channel's, unless the guest sets it */
	struct xsave_format fpu;
	void (*lost)(void); /* platform_on_lost(); set once before the scheduler runs */
};
extern struct notify notify;

/* zygote.c */
/*
 * zygote_start - make the process all others are forked from, and the listener
 *
 * Fills in @notify but for source.  On failure *@ret_why says what is missing.
 */
int zygote_start(const char **ret_why) must_check;

/* stub_image.S: the ELF file the zygote executes */
extern const u8 stub_image[], stub_image_end[];

/* filter.c */
struct sock_fprog;

/* guest_filter_build - the filter of the guest processes; the caller frees @ret->filter */
int guest_filter_build(struct sock_fprog *ret) must_check;

/* dispatch.c */

/* dispatch_one - receive one notification and pass it to whom it concerns */
void dispatch_one(void);
int notif_receive(struct seccomp_notif *ret) must_check;

/* notif_answer - the call's result; -ENOENT: the thread was killed meanwhile */
int notif_answer(u64 id, long ret) must_check;
/* notif_must_answer - likewise; who cannot be answered would wait for ever, and is killed */
void notif_must_answer(struct vcpu *v, u64 id, long ret);

/* notif_let_through - the host makes the call itself: registers only, ever */
int notif_let_through(u64 id) must_check;

/* notif_give_fd - a copy of @fd in the guest, as the answer if @answer; its number or -errno */
int notif_give_fd(u64 id, hostfd_t fd, bool answer) must_check;
void stop_from_notif(struct stop *s, const struct seccomp_notif *n);
bool stop_is_park(const struct stop *s);

void threads_init(void);

/* threads_expect - whoever is notified with @v's token is @v */
void threads_expect(struct vcpu *v);
void threads_remove(struct vcpu *v);

/* threads_claim - the expected vcpu with that token is host thread @tid; a token is good once */
struct vcpu *threads_claim(u64 token, pid_t tid) must_check;
/* threads_lookup - whose host thread that is.  Both: counted, or NULL */
struct vcpu *threads_lookup(pid_t tid) must_check;

/* aspace.c */
int aspace_alloc(struct aspace **ret) must_check;

/* aspace_born - the process exists as @pid: watch it */
int aspace_born(struct aspace *as, pid_t pid) must_check;
int aspace_status(struct aspace *as);

/* aspace_stands_for - an address space has been born as @pid, and will reap it */
bool aspace_stands_for(pid_t pid);

/* aspace_reach - make its memory readable; the process is what it is going to be */
int aspace_reach(struct aspace *as) must_check;

/* aspace_cputime - of all its threads, ns */
u64 aspace_cputime(const struct aspace *as);

/* aspace_becomes_shared - @as is about to have a second vcpu */
void aspace_becomes_shared(struct aspace *as);

/* aspace_add - @v counts among the vcpus of its address space */
void aspace_add(struct vcpu *v);
/* aspace_keep_channel - @ch goes with the process, if it is the one to be used again; else it stays
 */
void aspace_keep_channel(struct aspace *as, struct channel *ch);
int aspace_slot_get(struct aspace *as, unsigned *ret) must_check;
void aspace_slot_put(struct aspace *as, unsigned slot);

/* aspace_free - the last reference is gone and the process dead; may sleep */
void aspace_free(struct aspace *as);

/* aspace_end_all - kill every process there is and wait for its end */
void aspace_end_all(void);

/* vcpu.c */

/* vcpu_alloc - with its channel, to stand in @slot */
int vcpu_alloc(struct aspace *as, unsigned slot, struct vcpu **ret) must_check;
struct vcpu *vcpu_get(struct vcpu *v);
void vcpu_put(struct vcpu *v);

/* vcpu_wait - sleep until @v is stopped; where */
enum vcpu_pos vcpu_wait(struct vcpu *v);

static inline enum vcpu_pos vcpu_pos(const struct vcpu *v)
{
	return __atomic_load_n(&v->pos, __ATOMIC_ACQUIRE);
}

static inline void vcpu_set_pos_locked(struct vcpu *v, enum vcpu_pos pos) REQUIRES(v->lock)
{
	v->kick_met = false;
	__atomic_store_n(&v->pos, pos, __ATOMIC_RELEASE);
}

/*
 * vcpu_wait_park - as vcpu_wait(), but it must park
 * @call: or rather post its fast call again, the orders done
 *
 * False: it did not, and is dead or killed.
 */
bool vcpu_wait_park(struct vcpu *v, u64 cpu_limit, bool call) must_check;

/* vcpu_look - take what the running @v has posted, and wake who waits; true: it had */
bool vcpu_look(struct vcpu *v) must_check;

/* vcpu_wait_notified - sleep until the stopped @v is asleep, and notified; 0 or -ESRCH */
int vcpu_wait_notified(struct vcpu *v) must_check;

/* vcpu_park_arrived - @v sleeps in notification @s->id; false: nothing was posted */
bool vcpu_park_arrived(struct vcpu *v, const struct stop *s) must_check;

/* vcpu_stopped - the dispatcher says what happened; wakes who waits.  @s NULL: nothing to tell */
void vcpu_stopped(struct vcpu *v, enum vcpu_pos pos, const struct stop *s);

/* vcpu_answer - let the stopped @v go on */
void vcpu_answer(struct vcpu *v);

/* vcpu_queue_kick - the stub is entered when the stopped @v is answered */
void vcpu_queue_kick(struct vcpu *v);

/* vcpu_kick_arrived - no kick is pending on the host thread */
void vcpu_kick_arrived(struct vcpu *v);

/* end.c */

/* vcpu_abandon - as vcpu_destroy() for one that was never handed out */
void vcpu_abandon(struct vcpu *v);

/* vcpu_tell_exit - the destroyed @v parks in notification @id: it is to end; 0 or -errno */
int vcpu_tell_exit(struct vcpu *v, u64 id) must_check;

/* vcpu_exited - the host thread of a destroyed vcpu is gone; consumes what it held */
void vcpu_exited(struct vcpu *v);

/* orders.c */

/* stub_enter - bring the stopped @v into its stub, where all of its context is seen */
int stub_enter(struct vcpu *v) must_check;

/*
 * stub_run - run the @n orders that stand in the channel; stopped in the stub afterwards
 * @ret_done: how many went well
 * @ret_last: what the last one returned
 */
int stub_run(struct vcpu *v, unsigned n, unsigned *ret_done, long *ret_last) must_check;

/* stub_run_here - as stub_run(), but a fast call stays one: the context is not asked for */
int stub_run_here(struct vcpu *v, unsigned n, unsigned *ret_done, long *ret_last) must_check;

/* stub_run_ops - make the host calls @ops, anywhere; 0, the failing op's error or -ESRCH */
int stub_run_ops(struct vcpu *v, struct host_op *ops, size_t n) must_check;

/* stub_notified - have a notification of the stopped @v, to give it descriptors; 0 or -ESRCH */
int stub_notified(struct vcpu *v) must_check;

/* stub_flush - have what is still to be done in the stub done on the way to the guest */
void stub_flush(struct vcpu *v);
