/*
 * Processes that stop, go on, are signalled, execute and end while threads of theirs are in calls
 * of every kind: answered at once, asleep for a moment, copying much, changing memory,
 * waiting for a vfork child
 */
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <termios.h>

#include "t.h"

#define LONG   (1u << 20)
#define BEGUN  12 /* rounds until a thread says that it has begun */
#define ROUNDS 2

enum way { STOPPED_AND_KILLED, SIGNALLED, EXITS, EXECUTES, NR_WAYS };

static int file, ready[2];
static struct stat file_st;
static unsigned char *room;
static volatile sig_atomic_t ticks;

static void on_tick(int sig)
{
	struct stat st;

	(void)sig;
	ticks++;
	if (fstat(file, &st) || st.st_ino != file_st.st_ino)
		_exit(9);
}

static void round_done(unsigned *n)
{
	if (++*n == BEGUN)
		t_post(ready[1]);
}

/* What is known of a file that nobody changes. */
static void *told(void *arg)
{
	struct termios tio;
	struct stat st;
	unsigned n = 0;
	char c;

	(void)arg;
	for (;; round_done(&n)) {
		int fd = T_OK(open("/proc/self/exe", O_RDONLY));

		T_OK(fstat(fd, &st));
		T_EQ(st.st_size, file_st.st_size);
		T_ERR(ioctl(fd, TCGETS, &tio), ENOTTY);
		T_EQ(lseek(fd, -1, SEEK_END), st.st_size - 1);
		T_EQ(read(fd, &c, 1), 1);
		T_EQ(read(fd, &c, 1), 0);
		T_EQ(lseek(fd, 0, SEEK_CUR), st.st_size);
		T_OK(close(fd));
	}
	return NULL;
}

static void *echo(void *pipes)
{
	int *p = pipes;
	char c;

	while (read(p[0], &c, 1) == 1)
		T_EQ(write(p[3], &c, 1), 1);
	return NULL;
}

/* Two threads that take turns: each sleeps a moment in every call. */
static void *turns(void *arg)
{
	unsigned n = 0;
	pthread_t t;
	int p[4];
	char c = 0;

	(void)arg;
	T_OK(pipe(p));
	T_OK(pipe(p + 2));
	T_EQ(pthread_create(&t, NULL, echo, p), 0);
	for (;; round_done(&n)) {
		char got = 0;

		c++;
		T_EQ(write(p[1], &c, 1), 1);
		T_EQ(read(p[2], &got, 1), 1);
		T_EQ(got, c);
	}
	return NULL;
}

/* The pages that somebody copies to come and go. */
static void *spoils(void *arg)
{
	unsigned char *half = room + LONG / 2;

	(void)arg;
	for (;;) {
		T_OK(munmap(half, LONG / 2));
		T_TRUE(mmap(half, LONG / 2, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == half);
	}
	return NULL;
}

static void *copies(void *arg)
{
	unsigned n = 0;
	pthread_t t;
	int fd = T_OK(memfd_create("long", 0));

	(void)arg;
	room = (unsigned char *)T_OK(
		mmap(NULL, LONG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	memset(room, 7, LONG);
	T_EQ(pwrite(fd, room, LONG, 0), LONG);
	for (;; round_done(&n)) {
		ssize_t got;

		memset(room, 0, LONG / 2);
		got = pread(fd, room, LONG, 0);
		/* Up to the first page that is not there. */
		T_TRUE(got >= LONG / 2 && got <= LONG);
		T_TRUE(room[0] == 7 && room[LONG / 2 - 1] == 7);
		if (n == BEGUN / 2)
			T_EQ(pthread_create(&t, NULL, spoils, NULL), 0);
	}
	return NULL;
}

static void *memory(void *arg)
{
	unsigned n = 0;

	(void)arg;
	for (;; round_done(&n)) {
		char *p = (char *)T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

		p[0] = p[4096] = 1;
		T_OK(mprotect(p, 4096, PROT_READ));
		T_EQ(p[0], 1);
		T_OK(munmap(p + 4096, 4096));
		T_OK(munmap(p, 4096));
	}
	return NULL;
}

/* Two threads give up and take the same room, so that one comes behind the other. */
static void *room_mate(void *arg)
{
	unsigned n = 0;

	for (;; arg ? round_done(&n) : (void)0) {
		char *p = (char *)T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

		p[0] = p[4096] = 1;
		T_OK(munmap(p, 8192));
	}
	return NULL;
}

static void *rooms(void *arg)
{
	pthread_t t;

	(void)arg;
	for (int i = 0; i < 2; i++)
		T_EQ(pthread_create(&t, NULL, room_mate, NULL), 0);
	return room_mate(&t);
}

static void *forks(void *arg)
{
	unsigned n = 0;

	(void)arg;
	for (;; round_done(&n)) {
		int status;
		pid_t pid = vfork();

		if (pid == 0) {
			struct stat st;

			_exit(fstat(file, &st) || st.st_size != file_st.st_size);
		}
		T_OK(pid);
		T_EQ(T_OK(waitpid(pid, &status, 0)), pid);
		T_EQ(status, 0);
	}
	return NULL;
}

static void *(*const kinds[])(void *) = {told, turns, copies, memory, rooms, forks};

#define NR_KINDS (sizeof(kinds) / sizeof(*kinds))

/* @kind and, besides, one that has its facts told; or alone in its memory. */
static void child(unsigned kind, enum way way)
{
	pthread_t t;

	T_OK(prctl(PR_SET_PDEATHSIG, SIGKILL));
	if (way == STOPPED_AND_KILLED || way == SIGNALLED) {
		kinds[kind](NULL);
	} else {
		T_EQ(pthread_create(&t, NULL, kinds[kind], NULL), 0);
		t_take(ready[0]);
		if (way == EXECUTES)
			execl("/proc/self/exe", "again", "again", NULL);
		_exit(7);
	}
}

static void stop_and_kill(pid_t pid)
{
	int status;

	for (int i = 0; i < 25; i++) {
		T_OK(kill(pid, SIGSTOP));
		T_EQ(T_OK(waitpid(pid, &status, WUNTRACED)), pid);
		T_TRUE(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
		T_OK(kill(pid, SIGCONT));
		T_EQ(T_OK(waitpid(pid, &status, WCONTINUED)), pid);
		T_TRUE(WIFCONTINUED(status));
	}
	T_OK(kill(pid, SIGKILL));
	T_SIGNALED(pid, SIGKILL);
}

static void signal_often(pid_t pid)
{
	for (int i = 0; i < 60; i++) {
		T_OK(kill(pid, SIGUSR1));
		if (i % 8 == 0)
			usleep(300);
	}
	T_OK(kill(pid, SIGTERM));
	T_SIGNALED(pid, SIGTERM);
}

static void meet(unsigned kind, enum way way)
{
	pid_t pid;

	T_OK(pipe(ready));
	pid = T_OK(fork());
	if (pid == 0)
		child(kind, way);
	if (way == STOPPED_AND_KILLED || way == SIGNALLED)
		t_take(ready[0]);
	if (way == STOPPED_AND_KILLED)
		stop_and_kill(pid);
	else if (way == SIGNALLED)
		signal_often(pid);
	else
		T_EXITED(pid, way == EXITS ? 7 : 8);
	T_OK(close(ready[0]));
	T_OK(close(ready[1]));
}

int main(int argc, char **argv)
{
	struct sigaction sa = {.sa_handler = on_tick, .sa_flags = SA_RESTART};

	(void)argv;
	if (argc > 1)
		return 8;
	file = T_OK(open("/proc/self/exe", O_RDONLY));
	T_OK(fstat(file, &file_st));
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	for (unsigned i = 0; i < ROUNDS * NR_KINDS * NR_WAYS; i++)
		meet(i % NR_KINDS, (enum way)(i / NR_KINDS % NR_WAYS));
	return 0;
}
