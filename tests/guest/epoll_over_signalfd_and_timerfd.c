/* signals and timers through one epoll instance */
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "t.h"

static void add(int ep, int fd)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};

	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
}

int main(void)
{
	struct itimerspec its = {{0, 0}, {0, 5000000}};
	struct signalfd_siginfo info;
	struct epoll_event ev;
	int ep = T_OK(epoll_create1(0)), sig, timer;
	uint64_t ticks;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	T_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	sig = T_OK(signalfd(-1, &set, SFD_NONBLOCK));
	timer = T_OK(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
	add(ep, sig);
	add(ep, timer);
	T_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	T_OK(raise(SIGUSR1));
	T_EQ(epoll_wait(ep, &ev, 1, -1), 1);
	T_EQ(ev.data.fd, sig);
	T_EQ(read(sig, &info, sizeof(info)), sizeof(info));
	T_EQ(info.ssi_signo, SIGUSR1);
	T_EQ(info.ssi_pid, getpid());
	T_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	T_OK(timerfd_settime(timer, 0, &its, NULL));
	T_EQ(epoll_wait(ep, &ev, 1, -1), 1);
	T_EQ(ev.data.fd, timer);
	T_EQ(read(timer, &ticks, sizeof(ticks)), sizeof(ticks));
	T_EQ(ticks, 1);
	T_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	return 0;
}
