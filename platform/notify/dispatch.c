/*
 * One listener for every guest process: receive a notification, find out whose
 * it is, and wake the fiber that waits for it.
 *
 * Runs on a worker, outside any fiber, and decides as little as it can: clone
 * and exit are let through where they were ordered; all else is the owner's.
 * A thread nobody knows is killed.
 *
 * Locks: the newborns', then one bucket's, then vcpu.lock.  What a call costs is
 * one bucket's.
 */
#include <fcntl.h>
#include <linux/audit.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "lib/log.h"
#include "platform/notify/frame.h"
#include "platform/notify/notify.h"
#include "platform/notify/pool.h"
#include "platform/notify/turn.h"

#define NR_BUCKETS 1024

/* Nothing but zeros until it is used: a start touches one of their pages and not all six. */
struct bucket {
	struct spinlock lock;
	struct list_head vcpus; /* guarded by lock */
};

static struct bucket buckets[NR_BUCKETS]; /* born vcpus by tid */
static struct spinlock newborns_lock;     /* also held while a vcpu joins or leaves a bucket */
static struct list_head newborns;         /* by token; guarded by newborns_lock */

int notif_receive(struct seccomp_notif *ret)
{
	memset(ret, 0, sizeof(*ret));
	return host_ioctl(notify.listener, SECCOMP_IOCTL_NOTIF_RECV, ret);
}

int notif_answer(u64 id, long ret)
{
	bool failed = ret < 0 && ret >= -4095;
	struct seccomp_notif_resp resp = {
		.id = id,
		.val = failed ? 0 : ret,
		.error = failed ? (int)ret : 0,
	};

	return host_ioctl(notify.listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
}

void notif_must_answer(struct vcpu *v, u64 id, long ret)
{
	int err = notif_answer(id, ret);

	if (err == -ENOENT)
		log_debug("host thread %d is gone", v->tid);
	else if (err)
		aspace_kill(v->as);
}

int notif_let_through(u64 id)
{
	struct seccomp_notif_resp resp = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};

	return host_ioctl(notify.listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
}

int notif_give_fd(u64 id, hostfd_t fd, bool answer)
{
	struct seccomp_notif_addfd addfd = {
		.id = id,
		.flags = answer ? SECCOMP_ADDFD_FLAG_SEND : 0,
		.srcfd = (u32)fd.n,
		.newfd_flags = O_CLOEXEC,
	};

	return host_ioctl(notify.listener, SECCOMP_IOCTL_NOTIF_ADDFD, &addfd);
}

void stop_from_notif(struct stop *s, const struct seccomp_notif *n)
{
	s->id = n->id;
	s->fast = false;
	s->refused = false;
	s->notified = true;
	s->nr = (u32)n->data.nr;
	s->ip = n->data.instruction_pointer;
	s->compat = n->data.arch != AUDIT_ARCH_X86_64;
	for (unsigned i = 0; i < 6; i++)
		s->args[i] = n->data.args[i];
}

bool stop_is_park(const struct stop *s)
{
	return (s->ip == notify.stub.park_ip || s->ip == notify.stub.sleep_ip) &&
	       s->nr == notify.stub.park_nr && !s->compat;
}

static bool stop_is_nested(const struct stop *s)
{
	return s->ip == notify.stub.nested_ip && s->nr == notify.stub.park_nr && !s->compat;
}

static struct bucket *bucket_of(pid_t tid)
{
	return &buckets[(unsigned)tid % NR_BUCKETS];
}

static void bucket_lock(struct bucket *b) ACQUIRES(b->lock)
{
	spin_lock(&b->lock);
	if (!b->vcpus.next)
		list_init(&b->vcpus);
}

void threads_init(void)
{
	spin_init(&newborns_lock);
	list_init(&newborns);
}

void threads_expect(struct vcpu *v)
{
	vcpu_get(v);
	spin_lock(&newborns_lock);
	list_add(&v->hash, &newborns);
	spin_unlock(&newborns_lock);
}

void threads_remove(struct vcpu *v)
{
	struct bucket *b;
	bool found;

	spin_lock(&newborns_lock);
	/* One that is not yet born is in no bucket: any will do. */
	b = bucket_of(v->tid);
	bucket_lock(b);
	found = !list_empty(&v->hash);
	list_del(&v->hash);
	spin_unlock(&b->lock);
	spin_unlock(&newborns_lock);
	if (found)
		vcpu_put(v);
}

struct vcpu *threads_lookup(pid_t tid)
{
	struct bucket *b = bucket_of(tid);
	struct vcpu *v, *found = NULL;

	bucket_lock(b);
	list_for_each_entry (v, &b->vcpus, hash) {
		if (v->tid == tid) {
			found = vcpu_get(v);
			break;
		}
	}
	spin_unlock(&b->lock);
	return found;
}

struct vcpu *threads_claim(u64 token, pid_t tid)
{
	struct vcpu *v, *found = NULL;
	struct bucket *b;

	spin_lock(&newborns_lock);
	list_for_each_entry (v, &newborns, hash) {
		if (v->token == token) {
			found = vcpu_get(v);
			break;
		}
	}
	if (found) {
		found->tid = tid;
		list_del(&found->hash);
		b = bucket_of(tid);
		bucket_lock(b);
		list_add(&found->hash, &b->vcpus);
		spin_unlock(&b->lock);
	}
	spin_unlock(&newborns_lock);
	return found;
}

/* A thread that no order made, or whose parent died while it was made. */
static void kill_stranger(pid_t tid)
{
	log_debug("unknown host thread %d killed", tid);
	if (host_kill(tid, SIGKILL))
		log_debug("thread %d is gone already", tid);
	pool_reap(tid);
}

static void serve_newborn(const struct seccomp_notif *n)
{
	struct vcpu *v = threads_claim(n->data.args[0], (pid_t)n->pid);
	struct stop s;

	if (!v) {
		kill_stranger((pid_t)n->pid);
		return;
	}
	stop_from_notif(&s, n);
	vcpu_stopped(v, POS_BORN, &s);
	vcpu_put(v);
}

/* On its way out (vcpu_destroy): park, unmap, exit. */
static void serve_exiting(struct vcpu *v, const struct stop *s)
{
	/* It was told TURN_FULL, and will park. */
	if (s->ip == notify.stub.sleep_ip && stop_is_park(s) && !notif_answer(s->id, 0))
		return;
	if (stop_is_park(s) && !vcpu_tell_exit(v, s->id))
		return;
	if (stop_is_nested(s) && !notif_answer(s->id, NESTED_RESUME))
		return;
	if (s->ip == notify.stub.exit_ip && s->nr == SYS_exit && !notif_let_through(s->id))
		vcpu_exited(v);
	else
		aspace_kill(v->as);
}

static bool clone_was_ordered(struct vcpu *v, const struct stop *s)
{
	bool ordered;

	spin_lock(&v->lock);
	ordered = v->clone_flags && s->args[0] == v->clone_flags && s->args[1] == 0;
	v->clone_flags = 0;
	spin_unlock(&v->lock);
	return ordered;
}

static bool is_exiting(struct vcpu *v)
{
	bool exiting;

	spin_lock(&v->lock);
	exiting = v->exiting;
	spin_unlock(&v->lock);
	return exiting;
}

/* Places of the stub where, if an answer is there, it is for the call at hand. */
static bool is_answered_at(uaddr_t ip)
{
	const struct stub_table *t = &notify.stub;

	return (ip >= t->posted && ip < t->fast_end) || (ip >= t->outs && ip < t->outs_end);
}

/*
 * A kick meets the stub with the answer TURN_LAST: noted, and looked at once the orders
 * are run; or they are.
 */
static bool kick_last_locked(struct vcpu *v, uaddr_t ip, uaddr_t frame) REQUIRES(v->lock)
{
	const struct stub_table *t = &notify.stub;

	if (v->redirected || !turn_is_answered(v))
		return false;
	if ((ip >= t->returns && ip < t->returns_end) || (ip >= t->outs && ip < t->outs_end))
		return frame_redirect_full(v, frame);
	if (ip >= t->fast && (ip < t->posted || ip >= t->fast_end))
		return false;
	chan_write32(&v->ch, CHAN_KICKED, 1);
	return true;
}

/*
 * A kick has met the running @v where it sleeps on a bell, perhaps one of its own
 * choice.  It wakes, to see what it was told.  False: it cannot have come there by
 * our doing, and nothing else might wake it.
 */
static bool wake_nested_locked(struct vcpu *v, uaddr_t ip, uaddr_t frame) REQUIRES(v->lock)
{
	if (!turn_is_answered(v) || v->answered & TURN_CMD)
		return false;
	if (v->answered == TURN_LAST && kick_last_locked(v, ip, frame))
		v->redirected = true;
	if (v->answered != TURN_DONE)
		return frame_redirect_call(v, frame, notify.stub.rested);
	v->redirected = frame_redirect_full(v, frame);
	return true;
}

/*
 * A signal has interrupted the stub of @v, outside its handler: in a fast call,
 * or on its way back from one.
 */
static void serve_nested(struct vcpu *v, const struct stop *s)
{
	uaddr_t ip = s->args[0], frame = s->args[2];
	u64 answer = NESTED_RESUME;
	bool lost = false;

	spin_lock(&v->lock);
	if (s->args[1] != KICK_SIGNAL) {
		if (!frame_redirect_fault(v, frame, ip))
			answer = NESTED_PARK;
	} else {
		v->kick_sent = false;
		v->kick_met = v->pos == POS_RUNNING;
		if (v->pos == POS_RUNNING && ip >= notify.stub.rest && ip < notify.stub.rest_end)
			lost = !wake_nested_locked(v, ip, frame);
		else if (v->pos == POS_RUNNING && v->answered == TURN_DONE && is_answered_at(ip) &&
			 turn_is_answered(v))
			v->redirected = frame_redirect_full(v, frame);
		else if (v->pos == POS_RUNNING && v->answered == TURN_LAST &&
			 kick_last_locked(v, ip, frame))
			v->redirected = true;
		else if (v->pos == POS_RUNNING && ip >= notify.stub.moved &&
			 ip < notify.stub.moved_end)
			v->redirected = v->built = frame_redirect_moved(v, frame, ip);
		else if (ip >= notify.stub.local && ip < notify.stub.local_end)
			(void)frame_redirect_call(v, frame, notify.stub.post_bare);
		else if (ip >= notify.stub.fast && ip < notify.stub.posted)
			local_hide_locked(v);
		else if (v->pos == POS_RUNNING &&
			 (v->answered == TURN_CMD || v->answered == (TURN_CMD | STUB_CMD_RESUME)) &&
			 ip < notify.stub.fast)
			v->redirected = frame_redirect_done(v, frame);
	}
	spin_unlock(&v->lock);
	if (lost)
		aspace_kill(v->as);
	notif_must_answer(v, s->id, (long)answer);
}

static void serve_known(struct vcpu *v, const struct seccomp_notif *n)
{
	struct stop s;

	stop_from_notif(&s, n);
	if (is_exiting(v)) {
		serve_exiting(v, &s);
	} else if (s.ip == notify.stub.clone_ip && s.nr == SYS_clone && !s.compat) {
		if (!clone_was_ordered(v, &s) || notif_let_through(s.id))
			aspace_kill(v->as);
	} else if (stop_is_nested(&s)) {
		serve_nested(v, &s);
	} else if (!stop_is_park(&s) || !vcpu_park_arrived(v, &s)) {
		vcpu_stopped(v, POS_CALL, &s);
	}
}

void dispatch_one(void)
{
	struct seccomp_notif n;
	struct vcpu *v;
	int err = notif_receive(&n);

	/* ENOENT: the thread was killed before we came.  As good as nothing. */
	if (err == -ENOENT || err == -EINTR)
		return;
	if (err) {
		log_error("seccomp listener: %s", strerror(-err));
		return;
	}
	v = threads_lookup((pid_t)n.pid);
	if (n.data.instruction_pointer == notify.stub.born_ip && (!v || vcpu_pos(v) == POS_GONE))
		serve_newborn(&n);
	else if (v)
		serve_known(v, &n);
	else
		kill_stranger((pid_t)n.pid);
	if (v)
		vcpu_put(v);
}
