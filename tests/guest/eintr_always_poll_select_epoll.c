/* poll, select, epoll_wait and nanosleep end with EINTR even with SA_RESTART */
#include <sys/epoll.h>
#include <sys/select.h>

#include "t.h"

static pid_t send_when_asleep(void)
{
	pid_t me = getpid(), pid = T_OK(fork());

	if (pid == 0) {
		t_await_sleep(me);
		T_OK(kill(me, SIGUSR1));
		_exit(0);
	}
	return pid;
}

int main(void)
{
	struct timespec left = {0, 0}, ten = {10, 0};
	struct epoll_event ev;
	struct pollfd pfd;
	pid_t helper;
	fd_set set;
	int p[2], ep;

	T_OK(pipe(p));
	t_on_signal(SIGUSR1, t_ignore_signal, SA_RESTART);
	pfd = (struct pollfd){.fd = p[0], .events = POLLIN};
	helper = send_when_asleep();
	T_ERR(poll(&pfd, 1, -1), EINTR);
	t_reap(helper);
	FD_ZERO(&set);
	FD_SET(p[0], &set);
	helper = send_when_asleep();
	T_ERR(select(p[0] + 1, &set, NULL, NULL, NULL), EINTR);
	t_reap(helper);
	ep = T_OK(epoll_create1(0));
	helper = send_when_asleep();
	T_ERR(epoll_wait(ep, &ev, 1, -1), EINTR);
	t_reap(helper);
	helper = send_when_asleep();
	T_ERR(nanosleep(&ten, &left), EINTR);
	T_LE(left.tv_sec, 10);
	T_GT(left.tv_sec, 0);
	t_reap(helper);
	return 0;
}
