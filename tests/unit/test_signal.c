/* kernel/signal_*.c: queues, sending, masks; delivery needs a guest */
#include "kernel/signal_internal.h"

#include <sys/wait.h>

#include "kernel/cred.h"
#include "kernel/pid.h"
#include "tests/unit/harness.h"

/* A process of two threads that never run: no fiber, no vcpu. */
struct fixture {
	struct tgroup tg;
	struct task t[2];
	struct pid pid;
};

static void start(struct fixture *fx)
{
	*fx = (struct fixture){.pid = {.nr = 7}};
	mutex_init(&fx->tg.rlim_mu, LOCK_LEAF);
	fx->tg.rlim[RLIMIT_SIGPENDING] = (struct rlimit64){4, 4};
	list_init(&fx->tg.threads);
	waitq_init(&fx->tg.stop_wq);
	waitq_init(&fx->tg.wait_wq);
	sigpending_init(&fx->tg.pending);
	CHECK_EQ(0, sighand_create(&fx->tg.sighand));
	for (int i = 0; i < 2; i++) {
		struct task *t = &fx->t[i];

		CHECK_EQ(0, cred_create(0, 0, NULL, 0, 0, &t->cred));
		t->tg = &fx->tg;
		t->pid = &fx->pid;
		sigpending_init(&t->pending);
		list_add_tail(&t->thread_node, &fx->tg.threads);
	}
	fx->tg.leader = &fx->t[0];
	fx->tg.pid = &fx->pid;
}

static void finish(struct fixture *fx)
{
	for (int i = 0; i < 2; i++) {
		sigpending_flush(&fx->t[i].pending);
		cred_put(fx->t[i].cred);
	}
	sigpending_flush(&fx->tg.pending);
	sighand_put(fx->tg.sighand);
}

static int send_code(struct task *t, struct tgroup *tg, int sig, int code, int value)
{
	siginfo_t info = {.si_signo = sig, .si_code = code};

	info.si_value.sival_int = value;
	return t ? signal_send_task(t, &info) : signal_send_tgroup(tg, &info);
}

static int take(struct fixture *fx, struct task *t, sigset64_t mask, siginfo_t *info)
{
	int sig;

	mutex_lock(&fx->tg.sighand->mu);
	sig = signal_dequeue_locked(t, mask, info);
	mutex_unlock(&fx->tg.sighand->mu);
	return sig;
}

static void handle(struct fixture *fx, int sig, uaddr_t handler)
{
	fx->tg.sighand->action[sig - 1].handler = handler;
}

TEST(signal_standard_ones_coalesce)
{
	struct fixture fx;
	siginfo_t info;

	start(&fx);
	handle(&fx, SIGUSR1, 0x1000);
	CHECK_EQ(0, send_code(&fx.t[0], NULL, SIGUSR1, SI_QUEUE, 1));
	CHECK_EQ(0, send_code(&fx.t[0], NULL, SIGUSR1, SI_QUEUE, 2));
	CHECK_EQ(SIGUSR1, take(&fx, &fx.t[0], ~0ull, &info));
	CHECK_EQ(1, info.si_value.sival_int);
	CHECK_EQ(0, take(&fx, &fx.t[0], ~0ull, &info));
	finish(&fx);
}

TEST(signal_realtime_ones_queue_in_order)
{
	struct fixture fx;
	siginfo_t info;

	start(&fx);
	handle(&fx, 35, 0x1000);
	handle(&fx, 34, 0x1000);
	CHECK_EQ(0, send_code(&fx.t[0], NULL, 35, SI_QUEUE, 1));
	CHECK_EQ(0, send_code(&fx.t[0], NULL, 35, SI_QUEUE, 2));
	CHECK_EQ(0, send_code(&fx.t[0], NULL, 34, SI_QUEUE, 3));
	CHECK_EQ(34, take(&fx, &fx.t[0], ~0ull, &info));
	CHECK_EQ(35, take(&fx, &fx.t[0], ~0ull, &info));
	CHECK_EQ(1, info.si_value.sival_int);
	CHECK_EQ(35, take(&fx, &fx.t[0], ~0ull, &info));
	CHECK_EQ(2, info.si_value.sival_int);
	finish(&fx);
}

TEST(signal_queue_limit_is_eagain_but_kill_gets_through)
{
	struct fixture fx;
	siginfo_t info;

	start(&fx);
	handle(&fx, 34, 0x1000);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(0, send_code(&fx.t[0], NULL, 34, SI_QUEUE, i));
	CHECK_EQ(4, signal_nr_queued(0));
	CHECK_EQ(-EAGAIN, send_code(&fx.t[0], NULL, 34, SI_QUEUE, 9));
	/* kill(2) loses only its siginfo; a standard signal is not counted. */
	handle(&fx, 36, 0x1000);
	CHECK_EQ(0, send_code(&fx.t[0], NULL, 36, SI_USER, 0));
	handle(&fx, SIGUSR1, 0x1000);
	CHECK_EQ(0, send_code(&fx.t[0], NULL, SIGUSR1, SI_USER, 0));
	CHECK_EQ(36, take(&fx, &fx.t[0], sig_bit(36), &info));
	CHECK_EQ(SI_USER, info.si_code);
	finish(&fx);
	CHECK_EQ(0, signal_nr_queued(0));
}

TEST(signal_own_go_before_those_of_the_process)
{
	struct fixture fx;
	siginfo_t info;

	start(&fx);
	handle(&fx, SIGUSR1, 0x1000);
	handle(&fx, SIGUSR2, 0x1000);
	CHECK_EQ(0, send_code(NULL, &fx.tg, SIGUSR1, SI_USER, 0));
	CHECK_EQ(0, send_code(&fx.t[0], NULL, SIGUSR2, SI_USER, 0));
	CHECK_EQ(SIGUSR2, take(&fx, &fx.t[0], ~0ull, &info));
	CHECK_EQ(SIGUSR1, take(&fx, &fx.t[0], ~0ull, &info));
	finish(&fx);
}

TEST(signal_faults_go_first)
{
	struct fixture fx;
	siginfo_t info;

	start(&fx);
	handle(&fx, SIGHUP, 0x1000);
	handle(&fx, SIGSEGV, 0x1000);
	CHECK_EQ(0, send_code(&fx.t[0], NULL, SIGHUP, SI_USER, 0));
	CHECK_EQ(0, send_code(&fx.t[0], NULL, SIGSEGV, SEGV_MAPERR, 0));
	mutex_lock(&fx.tg.sighand->mu);
	CHECK_EQ(SIGSEGV, signal_dequeue_sync_locked(&fx.t[0], &info));
	CHECK_EQ(0, signal_dequeue_sync_locked(&fx.t[0], &info));
	mutex_unlock(&fx.tg.sighand->mu);
	finish(&fx);
}

TEST(signal_ignored_ones_are_dropped_unless_blocked)
{
	struct fixture fx;
	siginfo_t info;

	start(&fx);
	handle(&fx, SIGUSR1, SIG_HANDLER_IGN);
	CHECK_EQ(0, send_code(&fx.t[0], NULL, SIGUSR1, SI_USER, 0));
	CHECK_EQ(0, send_code(&fx.t[0], NULL, SIGCHLD, SI_USER, 0));
	CHECK_EQ(0, fx.t[0].pending.set);
	fx.t[0].blocked = sig_bit(SIGUSR1) | sig_bit(SIGCHLD);
	CHECK_EQ(0, send_code(&fx.t[0], NULL, SIGUSR1, SI_USER, 0));
	CHECK_EQ(0, send_code(&fx.t[0], NULL, SIGCHLD, SI_USER, 0));
	CHECK_EQ(SIGUSR1, take(&fx, &fx.t[0], ~0ull, &info));
	CHECK_EQ(SIGCHLD, take(&fx, &fx.t[0], ~0ull, &info));
	finish(&fx);
}

TEST(signal_fatal_one_ends_the_process)
{
	struct fixture fx;

	start(&fx);
	CHECK_EQ(0, send_code(NULL, &fx.tg, SIGTERM, SI_USER, 0));
	CHECK(fx.tg.group_exit);
	CHECK_EQ(SIGTERM, fx.tg.group_exit_code);
	/* The first one wins. */
	CHECK_EQ(0, send_code(NULL, &fx.tg, SIGKILL, SI_USER, 0));
	CHECK_EQ(SIGTERM, fx.tg.group_exit_code);
	CHECK(signal_fatal_pending(&fx.t[1]));
	finish(&fx);
}

TEST(signal_kill_cannot_be_blocked_or_caught)
{
	struct fixture fx;

	start(&fx);
	fx.t[0].blocked = fx.t[1].blocked = ~SIG_UNBLOCKABLE;
	CHECK_EQ(0, send_code(NULL, &fx.tg, SIGTERM, SI_USER, 0));
	CHECK(!fx.tg.group_exit);
	CHECK_EQ(0, send_code(NULL, &fx.tg, SIGKILL, SI_USER, 0));
	CHECK_EQ(SIGKILL, fx.tg.group_exit_code);
	finish(&fx);
}

TEST(signal_continue_and_stop_undo_each_other)
{
	struct fixture fx;

	start(&fx);
	handle(&fx, SIGTSTP, 0x1000);
	handle(&fx, SIGCONT, 0x1000);
	CHECK_EQ(0, send_code(NULL, &fx.tg, SIGTSTP, SI_USER, 0));
	CHECK_EQ(sig_bit(SIGTSTP), fx.tg.pending.set);
	CHECK_EQ(0, send_code(NULL, &fx.tg, SIGCONT, SI_USER, 0));
	CHECK_EQ(sig_bit(SIGCONT), fx.tg.pending.set);
	CHECK_EQ(0, send_code(&fx.t[1], NULL, SIGTTIN, SI_USER, 0));
	CHECK_EQ(0, fx.tg.pending.set);
	finish(&fx);
}

TEST(signal_stop_is_reported_once_and_continue_too)
{
	struct fixture fx;
	int status = 0;

	start(&fx);
	mutex_lock(&fx.tg.sighand->mu);
	fx.t[0].stop_dequeued = true;
	signal_stop_begin_locked(&fx.t[0], SIGTSTP);
	CHECK_EQ(2, fx.tg.stop_pending);
	signal_stop_joined_locked(&fx.tg);
	CHECK(!fx.tg.stop_complete);
	signal_stop_joined_locked(&fx.tg);
	CHECK(fx.tg.stop_complete);
	mutex_unlock(&fx.tg.sighand->mu);
	CHECK(tgroup_take_report(&fx.tg, WUNTRACED | WNOWAIT, &status));
	CHECK(tgroup_take_report(&fx.tg, WUNTRACED, &status));
	CHECK_EQ(SIGTSTP << 8 | 0x7f, status);
	CHECK(!tgroup_take_report(&fx.tg, WUNTRACED, &status));
	CHECK_EQ(0, send_code(NULL, &fx.tg, SIGCONT, SI_USER, 0));
	CHECK(!tgroup_take_report(&fx.tg, WUNTRACED, &status));
	CHECK(tgroup_take_report(&fx.tg, WCONTINUED, &status));
	CHECK_EQ(0xffff, status);
	CHECK(!tgroup_take_report(&fx.tg, WCONTINUED, &status));
	finish(&fx);
}

TEST(signal_timer_entry_is_queued_once_and_kept)
{
	struct fixture fx;
	struct sigqueue *q;

	start(&fx);
	handle(&fx, SIGALRM, 0x1000);
	q = sigqueue_create(0, 4);
	REQUIRE(q);
	q->info.si_signo = SIGALRM;
	q->timer = (struct posix_timer *)q; /* only looked at, not into */
	mutex_lock(&fx.tg.sighand->mu);
	CHECK(signal_send_timer_locked(&fx.tg, NULL, q));
	CHECK(signal_send_timer_locked(&fx.tg, NULL, q));
	CHECK_EQ(sig_bit(SIGALRM), fx.tg.pending.set);
	signal_unqueue_timer_locked(&fx.tg, NULL, q);
	CHECK_EQ(0, fx.tg.pending.set);
	fx.tg.sighand->action[SIGALRM - 1].handler = SIG_HANDLER_IGN;
	CHECK(!signal_send_timer_locked(&fx.tg, NULL, q));
	mutex_unlock(&fx.tg.sighand->mu);
	sigqueue_free(q);
	finish(&fx);
}

TEST(sigaltstack_rules)
{
	struct fixture fx;
	stack_t ss = {.ss_sp = (void *)0x10000, .ss_size = 8192}, old;

	start(&fx);
	CHECK_EQ(0, sigaltstack_set(&fx.t[0], &ss, 0x500000));
	sigaltstack_get(&fx.t[0], 0x11000, &old);
	CHECK_EQ(SS_ONSTACK, old.ss_flags);
	CHECK_EQ(-EPERM, sigaltstack_set(&fx.t[0], &ss, 0x11000));
	ss.ss_size = 100;
	CHECK_EQ(-ENOMEM, sigaltstack_set(&fx.t[0], &ss, 0x500000));
	ss.ss_flags = 4;
	CHECK_EQ(-EINVAL, sigaltstack_set(&fx.t[0], &ss, 0x500000));
	ss.ss_flags = SS_DISABLE;
	CHECK_EQ(0, sigaltstack_set(&fx.t[0], &ss, 0x500000));
	sigaltstack_get(&fx.t[0], 0x11000, &old);
	CHECK_EQ(SS_DISABLE, old.ss_flags);
	finish(&fx);
}
