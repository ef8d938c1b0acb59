/*
 * a thread asleep in epoll_wait wakes for a descriptor that is added while it
 * sleeps
 */
#include <sys/epoll.h>

#include "t.h"

static int ep;
static volatile pid_t tid;

static void *waiter(void *arg)
{
	struct epoll_event out;

	tid = t_gettid();
	T_EQ(epoll_wait(ep, &out, 1, -1), 1);
	T_EQ(out.data.fd, *(int *)arg);
	return NULL;
}

int main(void)
{
	struct epoll_event ev = {.events = EPOLLIN};
	pthread_t t;
	int p[2];

	T_OK(pipe(p));
	t_post(p[1]);
	ep = T_OK(epoll_create1(0));
	T_EQ(pthread_create(&t, NULL, waiter, &p[0]), 0);
	while (tid == 0)
		sched_yield();
	t_await_thread_sleep(tid);
	ev.data.fd = p[0];
	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
	T_EQ(pthread_join(t, NULL), 0);
	return 0;
}
