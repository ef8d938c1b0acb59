/* rt_sigaction of default actions, many times by one site: each answer is what was set last */
#include "t.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define RESTORER_FLAG 0x04000000ul
#define ROUNDS        20

struct action {
	uintptr_t handler, flags, restorer;
	uint64_t mask;
};

extern const char the_restorer[];
__asm__(".text\n.globl the_restorer\nthe_restorer:\nmov $15, %eax\nsyscall\n");

/* One site, and every register but the result's as it was. */
static __attribute__((noinline)) long ask(long sig, const void *act, void *old, size_t size)
{
	register size_t r10 __asm__("r10") = size;
	register long r8 __asm__("r8") = 0x1234, r9 __asm__("r9") = 0x5678;
	long di = sig, si = (long)act, dx = (long)old, ret;
	unsigned char carry;

	__asm__ volatile("stc\n\tmov $13, %%eax\n\tsyscall\n\tsetc %1"
			 : "=a"(ret), "=q"(carry), "+D"(di), "+S"(si), "+d"(dx), "+r"(r10),
			   "+r"(r8), "+r"(r9)
			 :
			 : "rcx", "r11", "memory");
	T_EQ(carry, 1);
	T_EQ(di, sig);
	T_EQ(si, (long)act);
	T_EQ(dx, (long)old);
	T_EQ(r10, size);
	T_EQ(r8, 0x1234);
	T_EQ(r9, 0x5678);
	return ret;
}

static void expect(int sig, uintptr_t handler, uintptr_t flags, uintptr_t restorer)
{
	struct action old;

	memset(&old, 0xff, sizeof(old));
	T_EQ(ask(sig, NULL, &old, 8), 0);
	T_EQ(old.handler, handler);
	T_EQ(old.flags, flags);
	T_EQ(old.restorer, restorer);
	T_EQ(old.mask, 0);
}

static long set(int sig, uintptr_t handler, uintptr_t flags, uintptr_t restorer)
{
	const struct action act = {handler, flags, restorer, 0};

	return ask(sig, &act, NULL, 8);
}

static void all_are_default(uintptr_t flags, uintptr_t restorer)
{
	for (int sig = 1; sig <= 64; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			expect(sig, 0, flags, restorer);
	expect(SIGKILL, 0, 0, 0);
	expect(SIGSTOP, 0, 0, 0);
}

static volatile int alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

static void wrong_arguments(void)
{
	struct action a = {0};
	void *none = t_badptr();

	for (int i = 0; i < ROUNDS; i++) {
		T_EQ(ask(0, NULL, &a, 8), -EINVAL);
		T_EQ(ask(65, NULL, &a, 8), -EINVAL);
		T_EQ(ask(-1, NULL, &a, 8), -EINVAL);
		T_EQ(ask(SIGUSR1, NULL, &a, 4), -EINVAL);
		T_EQ(ask(SIGUSR1, NULL, none, 8), -EFAULT);
		T_EQ(ask(SIGUSR1, none, NULL, 8), -EFAULT);
		T_EQ(set(SIGKILL, 0, RESTORER_FLAG, (uintptr_t)the_restorer), -EINVAL);
		T_EQ(ask(SIGUSR1, NULL, NULL, 8), 0);
	}
}

static void one_after_the_other(void)
{
	uintptr_t r = (uintptr_t)the_restorer, handler = (uintptr_t)on_alarm;
	struct action old;

	for (int i = 0; i < ROUNDS; i++) {
		T_EQ(set(SIGUSR1, handler, RESTORER_FLAG | SA_RESTART, r), 0);
		expect(SIGUSR1, handler, RESTORER_FLAG | SA_RESTART, r);
		T_EQ(set(SIGUSR1, 1, RESTORER_FLAG, r), 0);
		expect(SIGUSR1, 1, RESTORER_FLAG, r);
		T_EQ(set(SIGUSR1, 0, 0, 0), 0);
		expect(SIGUSR1, 0, 0, 0);
		T_EQ(set(SIGUSR1, 0, RESTORER_FLAG, r), 0);
		expect(SIGUSR1, 0, RESTORER_FLAG, r);
		T_EQ(set(SIGUSR1, 0, RESTORER_FLAG, r + 1), 0);
		expect(SIGUSR1, 0, RESTORER_FLAG, r + 1);
		T_EQ(set(SIGUSR1, 0, RESTORER_FLAG | SA_NODEFER, r), 0);
		expect(SIGUSR1, 0, RESTORER_FLAG | SA_NODEFER, r);
		T_EQ(set(SIGUSR2, 0, 0, 0), 0);
		T_EQ(ask(SIGUSR2, &(struct action){0, RESTORER_FLAG, r, 0}, &old, 8), 0);
		T_EQ(old.flags, 0);
		expect(SIGUSR2, 0, RESTORER_FLAG, r);
	}
}

/* To set the default of what it ignores drops what is pending, also if it was the default. */
static void default_drops_pending(void)
{
	uintptr_t r = (uintptr_t)the_restorer;
	sigset_t chld, pending;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	T_OK(sigprocmask(SIG_BLOCK, &chld, NULL));
	for (int i = 0; i < ROUNDS; i++) {
		T_OK(raise(SIGCHLD));
		T_OK(sigpending(&pending));
		T_EQ(sigismember(&pending, SIGCHLD), 1);
		T_EQ(set(SIGCHLD, 0, RESTORER_FLAG, r), 0);
		T_OK(sigpending(&pending));
		T_EQ(sigismember(&pending, SIGCHLD), 0);
	}
	T_OK(sigprocmask(SIG_UNBLOCK, &chld, NULL));
}

static void children_have_the_same(void)
{
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		all_are_default(RESTORER_FLAG, (uintptr_t)the_restorer);
		_exit(0);
	}
	T_EXITED(pid, 0);
}

static void *look_on(void *arg)
{
	return arg;
}

/* What was set is not forgotten by calls that have nothing to do with it. */
static void others_do_not_matter(void)
{
	uintptr_t r = (uintptr_t)the_restorer;
	pthread_t th;

	T_EQ(set(SIGUSR1, 0, 0, 0), 0);
	T_EQ(set(SIGUSR1, 0, RESTORER_FLAG, r), 0);
	T_OK(setgid(getgid()));
	expect(SIGUSR1, 0, RESTORER_FLAG, r);
	T_EQ(set(SIGUSR2, 0, 0, 0), 0);
	T_EQ(set(SIGUSR2, 0, RESTORER_FLAG, r), 0);
	T_EQ(pthread_create(&th, NULL, look_on, NULL), 0);
	T_EQ(pthread_join(th, NULL), 0);
	expect(SIGUSR2, 0, RESTORER_FLAG, r);
}

static void *change(void *arg)
{
	(void)arg;
	T_EQ(set(SIGUSR1, 1, RESTORER_FLAG, (uintptr_t)the_restorer), 0);
	return NULL;
}

static void threads_share(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_t th;

		T_EQ(set(SIGUSR1, 0, RESTORER_FLAG, (uintptr_t)the_restorer), 0);
		expect(SIGUSR1, 0, RESTORER_FLAG, (uintptr_t)the_restorer);
		T_EQ(pthread_create(&th, NULL, change, NULL), 0);
		T_EQ(pthread_join(th, NULL), 0);
		expect(SIGUSR1, 1, RESTORER_FLAG, (uintptr_t)the_restorer);
	}
	T_EQ(set(SIGUSR1, 0, RESTORER_FLAG, (uintptr_t)the_restorer), 0);
}

/* Signals arrive at any instruction of it. */
static void under_fire(void)
{
	const struct itimerval soon = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};
	uintptr_t r = (uintptr_t)the_restorer;

	t_on_signal(SIGALRM, on_alarm, SA_RESTART);
	T_OK(setitimer(ITIMER_REAL, &soon, NULL));
	while (alarms < 100) {
		expect(SIGUSR2, 0, RESTORER_FLAG, r);
		T_EQ(set(SIGUSR2, 0, RESTORER_FLAG, r), 0);
	}
	T_OK(setitimer(ITIMER_REAL, &never, NULL));
}

int main(int argc, char **argv)
{
	uintptr_t r = (uintptr_t)the_restorer;

	(void)argc;
	for (int sig = 1; sig <= 64; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			T_EQ(set(sig, 0, 0, 0), 0);
	for (int i = 0; i < ROUNDS; i++)
		all_are_default(0, 0);
	if (argv[1])
		return 0;
	for (int i = 0; i < ROUNDS; i++)
		for (int sig = 1; sig <= 64; sig++)
			if (sig != SIGKILL && sig != SIGSTOP)
				T_EQ(set(sig, 0, RESTORER_FLAG, r), 0);
	all_are_default(RESTORER_FLAG, r);
	children_have_the_same();
	others_do_not_matter();
	wrong_arguments();
	default_drops_pending();
	one_after_the_other();
	threads_share();
	under_fire();
	T_OK(execv("/proc/self/exe", (char *[]){argv[0], (char *)"again", NULL}));
	return 1;
}
