/* fs/eventfd.c */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "fs/eventfd.h"
#include "fs/file.h"
#include "lib/alloc.h"
#include "tests/unit/harness.h"

static ssize_t take(struct file *f, u64 *ret)
{
	struct iov_iter it;

	iov_iter_kernel(&it, ret, sizeof(*ret));
	return vfs_read(f, &it);
}

static ssize_t give(struct file *f, u64 v)
{
	struct iov_iter it;

	iov_iter_kernel(&it, &v, sizeof(v));
	return vfs_write(f, &it);
}

TEST(eventfd_counts_and_is_emptied_by_a_read)
{
	cleanup_file struct file *f = NULL;
	u64 v = 0;

	CHECK_EQ(0, eventfd_create(2, EFD_NONBLOCK, &f));
	CHECK_EQ(8, give(f, 5));
	CHECK_EQ(8, take(f, &v));
	CHECK_EQ(7, v);
	CHECK_EQ(-EAGAIN, take(f, &v));
}

TEST(eventfd_semaphore_gives_one_at_a_time)
{
	cleanup_file struct file *f = NULL;
	u64 v = 0;

	CHECK_EQ(0, eventfd_create(2, EFD_NONBLOCK | EFD_SEMAPHORE, &f));
	CHECK_EQ(8, take(f, &v));
	CHECK_EQ(1, v);
	CHECK_EQ(8, take(f, &v));
	CHECK_EQ(-EAGAIN, take(f, &v));
}

TEST(eventfd_is_full_one_below_the_top)
{
	cleanup_file struct file *f = NULL;

	CHECK_EQ(0, eventfd_create(0, EFD_NONBLOCK, &f));
	CHECK_EQ(EPOLLOUT, vfs_poll(f));
	CHECK_EQ(-EINVAL, give(f, UINT64_MAX));
	CHECK_EQ(8, give(f, UINT64_MAX - 1));
	CHECK_EQ(EPOLLIN, vfs_poll(f));
	CHECK_EQ(-EAGAIN, give(f, 1));
	CHECK_EQ(8, give(f, 0));
}

TEST(eventfd_wants_eight_bytes)
{
	cleanup_file struct file *f = NULL;
	struct iov_iter it;
	u32 small = 0;

	CHECK_EQ(0, eventfd_create(1, EFD_NONBLOCK, &f));
	iov_iter_kernel(&it, &small, sizeof(small));
	CHECK_EQ(-EINVAL, vfs_read(f, &it));
	CHECK_EQ(-EINVAL, vfs_write(f, &it));
}

TEST(eventfd_without_memory_is_enomem)
{
	struct file *f = NULL;

	fault_alloc_at = 1;
	CHECK_EQ(-ENOMEM, eventfd_create(0, 0, &f));
	CHECK(!f);
}
