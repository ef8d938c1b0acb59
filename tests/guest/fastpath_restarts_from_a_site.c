/* a read that a handler interrupts is restarted, or not, as its flags say, time and again */
#include "t.h"

#define ROUNDS 12

static int data[2], go[2];

static void on_signal(int sig)
{
	(void)sig;
	T_EQ(write(data[1], "x", 1), 1);
}

/* Signals the parent each time it has said so and sleeps. */
static void helper(pid_t parent)
{
	char c;

	while (read(go[0], &c, 1) == 1) {
		t_await_state(parent, "S");
		T_OK(kill(parent, SIGUSR1));
	}
	_exit(0);
}

static long read_once(bool through_syscall)
{
	char c;

	T_EQ(write(go[1], "g", 1), 1);
	return through_syscall ? syscall(SYS_read, data[0], &c, 1L) : read(data[0], &c, 1);
}

static void round_of(bool restart, bool through_syscall)
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = restart ? SA_RESTART : 0};
	char c;

	T_OK(sigaction(SIGUSR1, &sa, NULL));
	if (restart) {
		T_EQ(read_once(through_syscall), 1);
		return;
	}
	T_EQ(read_once(through_syscall), -1);
	T_EQ(errno, EINTR);
	T_EQ(read(data[0], &c, 1), 1);
}

int main(void)
{
	pid_t pid;

	T_OK(pipe(data));
	T_OK(pipe(go));
	pid = T_OK(fork());
	if (pid == 0) {
		close(go[1]);
		helper(getppid());
	}
	close(go[0]);
	for (int i = 0; i < ROUNDS; i++)
		round_of(i & 1, i & 2);
	close(go[1]);
	t_reap(pid);
	return 0;
}
