/* fs/epoll.c, fs/epoll_wait.c: triggers, nesting, and files that go */
#include <pthread.h>
#include <sys/eventfd.h>

#include "fs/epoll.h"
#include "fs/eventfd.h"
#include "fs/file.h"
#include "lib/alloc.h"
#include "lib/park.h"
#include "tests/unit/harness.h"

__attribute__((constructor)) static void setup(void)
{
	epoll_init();
}

static struct file *new_epoll(void)
{
	struct file *f = NULL;

	CHECK_EQ(0, epoll_create_file(&f));
	return f;
}

static struct file *new_event(u32 n)
{
	struct file *f = NULL;

	CHECK_EQ(0, eventfd_create(n, EFD_NONBLOCK, &f));
	return f;
}

static void give(struct file *f)
{
	struct iov_iter it;
	u64 one = 1;

	iov_iter_kernel(&it, &one, sizeof(one));
	CHECK_EQ(8, vfs_write(f, &it));
}

static void take(struct file *f)
{
	struct iov_iter it;
	u64 v;

	iov_iter_kernel(&it, &v, sizeof(v));
	CHECK_EQ(8, vfs_read(f, &it));
}

/* What epoll_wait(2) would fill. */
struct got {
	struct epoll_event ev[200];
	size_t nr;
	int fail;
};

static int emit(void *arg, const struct epoll_event *evs, size_t nr)
{
	struct got *g = arg;

	if (g->fail)
		return g->fail;
	memcpy(g->ev + g->nr, evs, nr * sizeof(*evs));
	g->nr += nr;
	return 0;
}

static int look(struct file *ep, struct got *g, int max)
{
	*g = (struct got){.nr = 0};
	return epoll_wait_events(ep, max, 0, emit, g);
}

static int add(struct file *ep, struct file *f, int fd, u32 events)
{
	struct epoll_event ev = {.events = events, .data.fd = fd};

	return epoll_add(ep, f, fd, &ev);
}

TEST(epoll_level_triggered_tells_again)
{
	struct file *ep = new_epoll(), *a = new_event(1), *b = new_event(0);
	struct got g;

	CHECK_EQ(0, add(ep, a, 3, EPOLLIN));
	CHECK_EQ(0, add(ep, b, 4, EPOLLIN));
	CHECK_EQ(1, look(ep, &g, 10));
	CHECK_EQ(3, g.ev[0].data.fd);
	CHECK_EQ(EPOLLIN, g.ev[0].events);
	CHECK_EQ(1, look(ep, &g, 10));
	take(a);
	CHECK_EQ(0, look(ep, &g, 10));
	give(b);
	CHECK_EQ(1, look(ep, &g, 10));
	CHECK_EQ(4, g.ev[0].data.fd);
	file_put(a);
	file_put(b);
	file_put(ep);
}

TEST(epoll_edge_triggered_tells_once_an_event)
{
	struct file *ep = new_epoll(), *a = new_event(1);
	struct got g;

	CHECK_EQ(0, add(ep, a, 3, EPOLLIN | (u32)EPOLLET));
	CHECK_EQ(1, look(ep, &g, 10));
	CHECK_EQ(0, look(ep, &g, 10));
	give(a);
	CHECK_EQ(1, look(ep, &g, 10));
	CHECK_EQ(0, look(ep, &g, 10));
	file_put(a);
	file_put(ep);
}

TEST(epoll_one_shot_is_armed_again_by_mod)
{
	struct file *ep = new_epoll(), *a = new_event(1);
	struct epoll_event ev = {.events = EPOLLIN | (u32)EPOLLONESHOT};
	struct got g;

	CHECK_EQ(0, epoll_add(ep, a, 3, &ev));
	CHECK_EQ(1, look(ep, &g, 10));
	give(a);
	CHECK_EQ(0, look(ep, &g, 10));
	CHECK_EQ(0, epoll_mod(ep, a, 3, &ev));
	CHECK_EQ(1, look(ep, &g, 10));
	file_put(a);
	file_put(ep);
}

TEST(epoll_takes_turns_when_there_is_little_room)
{
	struct file *ep = new_epoll(), *f[3];
	struct got g;
	int seen = 0;

	for (int i = 0; i < 3; i++) {
		f[i] = new_event(1);
		CHECK_EQ(0, add(ep, f[i], i, EPOLLIN));
	}
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(1, look(ep, &g, 1));
		seen |= 1 << g.ev[0].data.fd;
	}
	CHECK_EQ(7, seen);
	for (int i = 0; i < 3; i++)
		file_put(f[i]);
	file_put(ep);
}

TEST(epoll_a_fault_keeps_the_events)
{
	struct file *ep = new_epoll(), *a = new_event(1);
	struct got g = {.fail = -EFAULT};

	CHECK_EQ(0, add(ep, a, 3, EPOLLIN | (u32)EPOLLET));
	CHECK_EQ(-EFAULT, epoll_wait_events(ep, 10, 0, emit, &g));
	CHECK_EQ(1, look(ep, &g, 10));
	file_put(a);
	file_put(ep);
}

TEST(epoll_ctl_errors)
{
	struct file *ep = new_epoll(), *a = new_event(0);
	struct epoll_event ev = {.events = EPOLLIN | (u32)EPOLLEXCLUSIVE};

	CHECK_EQ(0, add(ep, a, 3, EPOLLIN));
	CHECK_EQ(-EEXIST, add(ep, a, 3, EPOLLIN));
	CHECK_EQ(0, add(ep, a, 4, EPOLLIN));
	CHECK_EQ(-ENOENT, epoll_del(ep, a, 5));
	CHECK_EQ(-ENOENT, epoll_mod(ep, a, 5, &ev));
	CHECK_EQ(-EINVAL, epoll_mod(ep, a, 3, &ev));
	CHECK_EQ(-EINVAL, add(ep, a, 6, EPOLLIN | (u32)EPOLLEXCLUSIVE | (u32)EPOLLONESHOT));
	CHECK_EQ(0, epoll_del(ep, a, 3));
	file_put(a);
	file_put(ep);
}

TEST(epoll_a_file_that_goes_leaves)
{
	struct file *ep = new_epoll(), *a = new_event(1), *b = new_event(1);
	struct got g;

	CHECK_EQ(0, add(ep, a, 3, EPOLLIN));
	CHECK_EQ(0, add(ep, a, 4, EPOLLIN));
	CHECK_EQ(0, add(ep, b, 5, EPOLLIN));
	file_put(a);
	CHECK_EQ(1, look(ep, &g, 10));
	CHECK_EQ(5, g.ev[0].data.fd);
	file_put(ep);
	give(b);
	file_put(b);
}

TEST(epoll_nests_but_not_in_circles)
{
	struct file *ep[6], *a = new_event(0);
	struct got g;

	for (int i = 0; i < 6; i++)
		ep[i] = new_epoll();
	CHECK_EQ(0, add(ep[0], a, 9, EPOLLIN));
	for (int i = 1; i < 5; i++)
		CHECK_EQ(0, add(ep[i], ep[i - 1], i, EPOLLIN));
	CHECK_EQ(-ELOOP, add(ep[5], ep[4], 5, EPOLLIN));
	CHECK_EQ(-ELOOP, add(ep[0], ep[2], 5, EPOLLIN));
	CHECK_EQ(0, look(ep[4], &g, 10));
	give(a);
	CHECK_EQ(1, look(ep[4], &g, 10));
	CHECK_EQ(4, g.ev[0].data.fd);
	take(a);
	CHECK_EQ(0, look(ep[4], &g, 10));
	for (int i = 0; i < 6; i++)
		file_put(ep[i]);
	file_put(a);
}

TEST(epoll_many_items_and_batches)
{
	enum { N = 150 };
	struct file *ep = new_epoll(), *f[N];
	struct got g;

	for (int i = 0; i < N; i++) {
		f[i] = new_event(1);
		CHECK_EQ(0, add(ep, f[i], i, EPOLLIN));
	}
	CHECK_EQ(N, look(ep, &g, 200));
	for (int i = 0; i < N; i += 2)
		CHECK_EQ(0, epoll_del(ep, f[i], i));
	CHECK_EQ(N / 2, look(ep, &g, 200));
	for (int i = 0; i < N; i++)
		file_put(f[i]);
	file_put(ep);
}

static void *waiter(void *arg)
{
	struct got g = {.nr = 0};

	return (void *)(intptr_t)epoll_wait_events(arg, 10, now_ns() + 20 * NSEC_PER_SEC, emit, &g);
}

TEST(epoll_wakes_who_sleeps)
{
	struct file *ep = new_epoll(), *a = new_event(0);
	pthread_t th[2];
	void *ret[2];

	/* Level-triggered: both hear of it in the end. */
	CHECK_EQ(0, add(ep, a, 3, EPOLLIN));
	for (int i = 0; i < 2; i++)
		pthread_create(&th[i], NULL, waiter, ep);
	give(a);
	for (int i = 0; i < 2; i++) {
		pthread_join(th[i], &ret[i]);
		CHECK_EQ(1, (intptr_t)ret[i]);
	}
	file_put(a);
	file_put(ep);
}

TEST(epoll_times_out)
{
	struct file *ep = new_epoll();
	struct got g = {.nr = 0};
	u64 start = now_ns();

	CHECK_EQ(0, epoll_wait_events(ep, 1, start + 5 * NSEC_PER_MSEC, emit, &g));
	CHECK(now_ns() - start >= 5 * NSEC_PER_MSEC);
	file_put(ep);
}

TEST(epoll_leaks_nothing_on_any_failed_allocation)
{
	struct file *a = new_event(0);

	for (int n = 1;; n++) {
		struct file *ep = NULL;
		int err;

		fault_alloc_at = n;
		err = epoll_create_file(&ep);
		if (!err)
			err = add(ep, a, 3, EPOLLIN);
		fault_alloc_at = 0;
		if (ep)
			file_put(ep);
		if (!err)
			break;
		CHECK_EQ(-ENOMEM, err);
	}
	file_put(a);
}
