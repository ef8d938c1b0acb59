/*
 * signalfd(2): pending signals are read as records, poll says when, EAGAIN
 * when none
 */
#include <sys/signalfd.h>

#include "t.h"

int main(void)
{
	struct signalfd_siginfo info[3];
	struct pollfd pfd;
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN);
	T_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	fd = T_OK(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	pfd = (struct pollfd){.fd = fd, .events = POLLIN};
	T_EQ(poll(&pfd, 1, 0), 0);
	T_ERR(read(fd, info, sizeof(info)), EAGAIN);
	T_OK(kill(getpid(), SIGUSR1));
	T_OK(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 77}));
	T_EQ(poll(&pfd, 1, 0), 1);
	T_EQ(read(fd, info, sizeof(info)), 2 * (long)sizeof(info[0]));
	T_EQ(info[0].ssi_signo, SIGUSR1);
	T_EQ(info[0].ssi_code, SI_USER);
	T_EQ(info[0].ssi_pid, getpid());
	T_EQ(info[1].ssi_signo, SIGRTMIN);
	T_EQ(info[1].ssi_int, 77);
	T_ERR(read(fd, info, sizeof(info)), EAGAIN);
	T_ERR(read(fd, info, sizeof(info[0]) - 1), EINVAL);
	return 0;
}
