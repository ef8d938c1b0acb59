/* lib/iov_iter.c: pieces, faults in the middle, ends */
#include "lib/iov_iter.h"

#include "tests/unit/harness.h"

/* A guest whose memory is one array that ends at @size. */
struct ram {
	u8 bytes[64];
	size_t size;
};

static ssize_t ram_write(void *guest, uaddr_t dst, const void *src, size_t len)
{
	struct ram *r = guest;

	if (dst >= r->size)
		return -EFAULT;
	len = min(len, (size_t)(r->size - dst));
	memcpy(r->bytes + dst, src, len);
	return (ssize_t)len;
}

static ssize_t ram_read(void *guest, void *dst, uaddr_t src, size_t len)
{
	struct ram *r = guest;

	if (src >= r->size)
		return -EFAULT;
	len = min(len, (size_t)(r->size - src));
	memcpy(dst, r->bytes + src, len);
	return (ssize_t)len;
}

static const struct iov_guest_ops ram_ops = {.write = ram_write, .read = ram_read};

TEST(iov_iter_walks_pieces_and_skips_empty_ones)
{
	char a[3], b[4];
	struct iov_seg segs[] = {
		{(uintptr_t)a, sizeof(a)}, {0, 0}, {(uintptr_t)b, sizeof(b)}, {0, 0}};
	struct iov_iter it;
	u64 base;

	iov_iter_segs(&it, NULL, segs, ARRAY_SIZE(segs));
	CHECK_EQ(7, iov_iter_count(&it));
	CHECK_EQ(2, copy_to_iter_some(&it, "01", 2));
	CHECK_EQ(1, iov_iter_contig(&it, &base));
	CHECK_EQ((uintptr_t)a + 2, base);
	CHECK_EQ(5, copy_to_iter_some(&it, "2345678", 7));
	CHECK_MEM("012", a, 3);
	CHECK_MEM("3456", b, 4);
	CHECK_EQ(0, iov_iter_count(&it));
	CHECK_EQ(0, iov_iter_contig(&it, &base));
	CHECK_EQ(0, copy_to_iter_some(&it, "x", 1));
}

TEST(iov_iter_exact_copies_want_enough_room)
{
	char a[4] = "abcd", out[8] = "";
	struct iov_iter it;

	iov_iter_kernel(&it, a, sizeof(a));
	CHECK_EQ(-EINVAL, copy_from_iter(out, &it, 5));
	CHECK_EQ(4, iov_iter_count(&it));
	CHECK_EQ(0, copy_from_iter(out, &it, 3));
	CHECK_STR("abc", out);
	CHECK_EQ(1, iov_iter_count(&it));
}

TEST(iov_iter_truncated_ends_early)
{
	char a[8] = "";
	struct iov_iter it;

	iov_iter_kernel(&it, a, sizeof(a));
	iov_iter_truncate(&it, 3);
	iov_iter_truncate(&it, 100);
	CHECK_EQ(3, copy_to_iter_some(&it, "12345", 5));
	CHECK_EQ(0, iov_iter_count(&it));
	CHECK_STR("123", a);
}

TEST(iov_iter_fault_in_the_middle_tells_what_went_through)
{
	struct ram r = {.size = 10};
	struct iov_seg segs[] = {{2, 4}, {8, 6}, {0, 2}};
	struct iov_iter it;

	iov_guest_ops = &ram_ops;
	iov_iter_segs(&it, &r, segs, ARRAY_SIZE(segs));
	CHECK_EQ(6, copy_to_iter_some(&it, "abcdefghijkl", 12));
	CHECK_MEM("abcd", r.bytes + 2, 4);
	CHECK_MEM("ef", r.bytes + 8, 2);
	CHECK_EQ(6, iov_iter_count(&it));
	CHECK_EQ(-EFAULT, copy_to_iter_some(&it, "g", 1));
	CHECK_EQ(6, iov_iter_count(&it));
}

TEST(iov_iter_exact_copy_from_bad_memory_is_efault)
{
	struct ram r = {.size = 10, .bytes = "0123456789"};
	struct iov_iter it;
	char out[8];

	iov_guest_ops = &ram_ops;
	iov_iter_guest(&it, &r, 6, 8);
	CHECK_EQ(-EFAULT, copy_from_iter(out, &it, 8));
	iov_iter_guest(&it, &r, 6, 4);
	CHECK_EQ(0, copy_from_iter(out, &it, 4));
	CHECK_MEM("6789", out, 4);
}

TEST(iov_iter_zero_fills_and_stops_at_the_end)
{
	static char big[3 * 4096 + 5];
	struct iov_iter it;

	memset(big, 'x', sizeof(big));
	iov_iter_kernel(&it, big, sizeof(big));
	CHECK_EQ(4097, iov_iter_zero(&it, 4097));
	CHECK_EQ(0, big[4096]);
	CHECK_EQ('x', big[4097]);
	CHECK_EQ((int)sizeof(big) - 4097, iov_iter_zero(&it, sizeof(big)));
	CHECK_EQ(0, big[sizeof(big) - 1]);
}
