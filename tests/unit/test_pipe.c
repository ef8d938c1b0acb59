/* fs/pipe.c: the ring, its ends, its sizes */
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "fs/eventfd.h"
#include "fs/file.h"
#include "fs/pipe.h"
#include "fs/pipe_splice.h"
#include "kernel/cred.h"
#include "lib/alloc.h"
#include "tests/unit/harness.h"

static struct cred *cred;

/* Before the census of the first test: the pipe file system stays. */
__attribute__((constructor)) static void setup(void)
{
	if (pipe_init() || cred_create(0, 0, NULL, 0, 0, &cred))
		abort();
}

struct ends {
	struct file *rd, *wr;
};

static struct ends make(int flags)
{
	struct file *f[2] = {NULL, NULL};

	CHECK_EQ(0, pipe_create(cred, flags, f));
	return (struct ends){f[0], f[1]};
}

static void drop(struct ends *e)
{
	if (e->rd)
		file_put(e->rd);
	if (e->wr)
		file_put(e->wr);
}

static ssize_t put(struct file *f, const void *p, size_t n)
{
	struct iov_iter it;

	iov_iter_kernel(&it, (void *)(uintptr_t)p, n);
	return vfs_write(f, &it);
}

static ssize_t take(struct file *f, void *p, size_t n)
{
	struct iov_iter it;

	iov_iter_kernel(&it, p, n);
	return vfs_read(f, &it);
}

TEST(pipe_gives_bytes_in_order)
{
	struct ends e = make(O_NONBLOCK);
	char buf[16] = "";

	CHECK_EQ(3, put(e.wr, "abc", 3));
	CHECK_EQ(2, put(e.wr, "de", 2));
	CHECK_EQ(2, take(e.rd, buf, 2));
	CHECK_EQ(3, take(e.rd, buf + 2, 10));
	CHECK_STR("abcde", buf);
	CHECK_EQ(-EAGAIN, take(e.rd, buf, 1));
	drop(&e);
}

TEST(pipe_small_writes_share_a_page)
{
	struct ends e = make(O_NONBLOCK);
	int n = 0;

	while (put(e.wr, "x", 1) == 1)
		n++;
	CHECK_EQ(65536, n);
	drop(&e);
}

TEST(pipe_write_of_pipe_buf_is_not_split)
{
	static char page[4096], more[70000];
	struct ends e = make(O_NONBLOCK);

	CHECK_EQ(1, put(e.wr, "x", 1));
	for (int i = 0; i < 15; i++)
		CHECK_EQ(4096, put(e.wr, page, 4096));
	/* 4095 bytes of room in the last page would do for 4095, not for 4096. */
	CHECK_EQ(-EAGAIN, put(e.wr, page, 4096));
	CHECK_EQ(0, vfs_poll(e.wr) & EPOLLOUT);
	CHECK_EQ(1, take(e.rd, page, 1));
	CHECK(vfs_poll(e.wr) & EPOLLOUT);
	/* A longer one takes what fits. */
	CHECK_EQ(4096, put(e.wr, more, sizeof(more)));
	drop(&e);
}

TEST(pipe_packets_stay_apart)
{
	struct ends e = make(O_NONBLOCK | O_DIRECT);
	char buf[8];

	CHECK_EQ(3, put(e.wr, "abc", 3));
	CHECK_EQ(2, put(e.wr, "de", 2));
	CHECK_EQ(2, take(e.rd, buf, 2));
	CHECK_EQ(2, take(e.rd, buf, 8));
	CHECK_MEM("de", buf, 2);
	drop(&e);
}

TEST(pipe_without_writers_ends)
{
	struct ends e = make(0);
	char c;

	CHECK_EQ(1, put(e.wr, "x", 1));
	file_put(e.wr);
	e.wr = NULL;
	CHECK_EQ(EPOLLIN | EPOLLRDNORM | EPOLLHUP, vfs_poll(e.rd));
	CHECK_EQ(1, take(e.rd, &c, 1));
	CHECK_EQ(0, take(e.rd, &c, 1));
	CHECK_EQ(EPOLLHUP, vfs_poll(e.rd));
	drop(&e);
}

TEST(pipe_without_readers_is_epipe)
{
	struct ends e = make(0);

	file_put(e.rd);
	e.rd = NULL;
	CHECK_EQ(-EPIPE, put(e.wr, "x", 1));
	CHECK(vfs_poll(e.wr) & EPOLLERR);
	drop(&e);
}

TEST(pipe_wrong_ends_are_ebadf)
{
	struct ends e = make(0);
	char c = 0;

	CHECK_EQ(-EBADF, put(e.rd, &c, 1));
	CHECK_EQ(-EBADF, take(e.wr, &c, 1));
	drop(&e);
}

TEST(pipe_size_changes_and_keeps_bytes)
{
	static char page[4096];
	struct ends e = make(O_NONBLOCK);
	char c = 0;

	CHECK_EQ(65536, pipe_get_size(e.rd));
	CHECK_EQ(8192, pipe_set_size(e.rd, cred, 5000));
	CHECK_EQ(4096, put(e.wr, page, 4096));
	CHECK_EQ(1, put(e.wr, "y", 1));
	CHECK_EQ(-EBUSY, pipe_set_size(e.rd, cred, 4096));
	CHECK_EQ(1 << 20, pipe_set_size(e.rd, cred, 1 << 20));
	CHECK_EQ(-EPERM, pipe_set_size(e.rd, cred, (1 << 20) + 1));
	CHECK_EQ(-EINVAL, pipe_set_size(e.rd, cred, (1ull << 31) + 1));
	CHECK_EQ(4096, take(e.rd, page, 4096));
	CHECK_EQ(1, take(e.rd, &c, 1));
	CHECK_EQ('y', c);
	drop(&e);
}

static void *slow_reader(void *arg)
{
	struct file *rd = arg;
	size_t total = 0;
	char buf[1000];
	ssize_t n;

	while ((n = take(rd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			CHECK_EQ((char)((total + (size_t)i) * 7), buf[i]);
		total += (size_t)n;
	}
	return (void *)total;
}

TEST(pipe_blocks_a_writer_until_there_is_room)
{
	enum { SIZE = 1 << 20 };
	struct ends e = make(0);
	char *data = malloc(SIZE);
	void *total = NULL;
	pthread_t th;

	REQUIRE(data);
	for (size_t i = 0; i < SIZE; i++)
		data[i] = (char)(i * 7);
	pthread_create(&th, NULL, slow_reader, e.rd);
	CHECK_EQ(SIZE, put(e.wr, data, SIZE));
	file_put(e.wr);
	e.wr = NULL;
	pthread_join(th, &total);
	CHECK_EQ(SIZE, (size_t)total);
	free(data);
	drop(&e);
}

TEST(pipe_leaks_nothing_on_any_failed_allocation)
{
	for (int n = 1;; n++) {
		struct file *f[2];
		long live = file_live();
		int err;

		fault_alloc_at = n;
		err = pipe_create(cred, 0, f);
		fault_alloc_at = 0;
		if (!err) {
			file_put(f[0]);
			file_put(f[1]);
			break;
		}
		CHECK_EQ(-ENOMEM, err);
		CHECK_EQ(live, file_live());
	}
}

TEST(pipe_splice_moves_and_tee_copies)
{
	struct ends a = make(O_NONBLOCK), b = make(O_NONBLOCK);
	char buf[8] = "";

	CHECK_EQ(5, put(a.wr, "hello", 5));
	CHECK_EQ(3, splice_pipes(a.rd, b.wr, 3, true, true));
	CHECK_EQ(3, take(b.rd, buf, 8));
	CHECK_STR("hel", buf);
	CHECK_EQ(5, splice_pipes(a.rd, b.wr, 100, false, true));
	CHECK_EQ(-EAGAIN, take(a.rd, buf, 8));
	CHECK_EQ(5, take(b.rd, buf, 8));
	CHECK_STR("hello", buf);
	CHECK_EQ(-EINVAL, splice_pipes(a.rd, a.wr, 1, false, true));
	CHECK_EQ(-EAGAIN, splice_pipes(a.rd, b.wr, 1, false, true));
	file_put(a.wr);
	a.wr = NULL;
	CHECK_EQ(0, splice_pipes(a.rd, b.wr, 1, false, true));
	drop(&a);
	drop(&b);
}

TEST(pipe_splice_from_and_to_another_file)
{
	struct ends a = make(O_NONBLOCK);
	struct write_opts opts = {.fsize_limit = UINT64_MAX};
	struct file *ev = NULL;
	u64 v = 3;

	CHECK_EQ(0, eventfd_create(0, EFD_NONBLOCK, &ev));
	CHECK_EQ(8, put(a.wr, &v, 8));
	CHECK_EQ(8, splice_from_pipe(a.rd, ev, NULL, 8, &opts, true));
	CHECK_EQ(-EAGAIN, splice_from_pipe(a.rd, ev, NULL, 8, &opts, true));
	CHECK_EQ(8, splice_to_pipe(ev, NULL, a.wr, 4096, true));
	CHECK_EQ(-EAGAIN, splice_to_pipe(ev, NULL, a.wr, 4096, true));
	v = 0;
	CHECK_EQ(8, take(a.rd, &v, 8));
	CHECK_EQ(3, v);
	file_put(ev);
	drop(&a);
}

/* Byte @i of an endless stream that has no short period. */
static u8 stream_byte(size_t i)
{
	return (u8)((i * 2654435761u) >> 13);
}

TEST(pipe_runs_of_every_length_keep_their_order)
{
	enum { BIG = 100000 };
	struct ends e = make(O_NONBLOCK), other = make(O_NONBLOCK);
	u8 *buf = kzalloc(BIG);
	size_t in = 0, out = 0;
	u32 seed = 1;

	for (int round = 0; buf && round < 4000; round++) {
		size_t n = 1;
		ssize_t got;

		seed = seed * 1103515245 + 12345;
		n += (seed >> 8) % (seed & 64 ? BIG : seed & 128 ? 5000 : 50);
		if (seed & 1 << 30) {
			for (size_t i = 0; i < n; i++)
				buf[i] = stream_byte(in + i);
			got = put(e.wr, buf, n);
			in += (size_t)max(got, (ssize_t)0);
			continue;
		}
		/* Some of it through another pipe. */
		if (seed & 1 << 29)
			got = splice_pipes(e.rd, other.wr, n, false, true);
		else
			got = 0;
		if (got > 0)
			CHECK_EQ(got, take(other.rd, buf, n));
		else
			got = take(e.rd, buf, n);
		for (ssize_t i = 0; i < got; i++)
			CHECK_EQ(stream_byte(out + (size_t)i), buf[i]);
		out += (size_t)max(got, (ssize_t)0);
	}
	CHECK(out > 10 * BIG);
	kfree(buf);
	drop(&e);
	drop(&other);
}
