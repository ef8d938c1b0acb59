/*
 * Words for attack tests: guest programs that try to get out
 *
 * An attack runs inside bailey only, in the world that tests/lib/run-attack
 * makes (its head describes it). It returns 0 when it got nowhere and its allow
 * twin, the legitimate neighbour of the attack, still works.
 *
 * Where the attack may rightly end the attacker, it runs in a child and
 * a_survives() says that the rest of the sandbox still works.
 */
#pragma once

#include <dirent.h>
#include <setjmp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <ucontext.h>

#include "platform/stub/layout.h"
#include "t.h"

#define A_PAGE 4096UL

/* Channels that a small sandbox may be using, by slot. */
#define A_SLOTS 64

static inline uintptr_t a_channel(unsigned slot)
{
	return CHAN_BASE + slot * (uintptr_t)CHAN_SIZE;
}

/* What the runner tells: the host's directory with the secret, the lurker's process, socket, port.
 */
static inline const char *a_outside(void)
{
	return getenv("ATTACK_OUTSIDE");
}

/* An attack on the machine itself is not what anybody wants: never without the runner. */
__attribute__((constructor)) static void a_only_inside(void)
{
	if (!a_outside())
		T_SKIP("attack tests run in tests/lib/run-attack only");
}

static inline int a_number(const char *name)
{
	const char *v = getenv(name);

	if (!v)
		t_die("%s is not set: run me with run-attack", name);
	return atoi(v);
}

/* Fails when this descriptor or path shows the host's secret. */
static inline void a_not_secret_fd(int fd, const char *how)
{
	char buf[64] = {0};

	if (pread(fd, buf, sizeof(buf) - 1, 0) > 0 && strstr(buf, "SECRET"))
		t_die("the secret is readable: %s", how);
}

static inline void a_not_secret(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK);

	if (fd == -1)
		return;
	a_not_secret_fd(fd, path);
	close(fd);
}

/* The sandbox still does ordinary things: processes, pipes, files, memory, signals. */
static inline void a_survives(void)
{
	char buf[8];
	int p[2], fd;
	pid_t pid;

	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		t_post(p[1]);
		_exit(3);
	}
	t_take(p[0]);
	T_EXITED(pid, 3);
	T_OK(close(p[0]));
	T_OK(close(p[1]));
	fd = T_OK(memfd_create("survives", 0));
	T_EQ(write(fd, "well", 4), 4);
	T_EQ(pread(fd, buf, 8, 0), 4);
	T_MEM(buf, "well", 4);
	T_OK(close(fd));
	T_OK(close(T_OK(open("/proc/self/status", O_RDONLY))));
	T_OK(munmap(T_OK(mmap(NULL, A_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)),
		    A_PAGE));
}

/*
 * Runs an attack in a child, which may end in any way or be killed after a
 * while. A child that ends with status 1 has got through. a_try() also checks
 * that the rest of the sandbox goes on.
 */
static inline void a_try_for(long ms, void (*attack)(void *), void *arg)
{
	struct timespec limit = {ms / 1000, ms % 1000 * 1000000};
	int status;
	sigset_t set;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	T_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
		attack(arg);
		_exit(0);
	}
	while (waitpid(pid, &status, WNOHANG) == 0)
		if (sigtimedwait(&set, NULL, &limit) == -1 && errno == EAGAIN)
			kill(pid, SIGKILL);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
		t_die("the attack got through");
}

static inline void a_try(void (*attack)(void *), void *arg)
{
	a_try_for(1000, attack, arg);
	a_survives();
}

static sigjmp_buf a_out;

static inline void a_on_fault(int sig)
{
	siglongjmp(a_out, sig);
}

/* Whether this byte can be read, by touching it. */
static inline bool a_readable(uintptr_t addr)
{
	struct sigaction sa = {.sa_handler = a_on_fault, .sa_flags = SA_NODEFER}, segv, bus;
	volatile bool ok = false;

	T_OK(sigaction(SIGSEGV, &sa, &segv));
	T_OK(sigaction(SIGBUS, &sa, &bus));
	if (sigsetjmp(a_out, 1) == 0) {
		(void)*(volatile char *)addr;
		ok = true;
	}
	T_OK(sigaction(SIGSEGV, &segv, NULL));
	T_OK(sigaction(SIGBUS, &bus, NULL));
	return ok;
}

/* Whether this byte can be written, by writing what stands there. */
static inline bool a_writable(uintptr_t addr)
{
	struct sigaction sa = {.sa_handler = a_on_fault, .sa_flags = SA_NODEFER}, segv, bus;
	volatile bool ok = false;

	T_OK(sigaction(SIGSEGV, &sa, &segv));
	T_OK(sigaction(SIGBUS, &sa, &bus));
	if (sigsetjmp(a_out, 1) == 0) {
		volatile char *p = (volatile char *)addr;

		*p = *p;
		ok = true;
	}
	T_OK(sigaction(SIGSEGV, &segv, NULL));
	T_OK(sigaction(SIGBUS, &bus, NULL));
	return ok;
}
