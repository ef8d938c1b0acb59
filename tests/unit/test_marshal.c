/* The stub's windows (marshal.S): its own code, on a channel that is plain memory. */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>

#include "platform/stub/layout.h"
#include "tests/unit/harness.h"

void rig_marshal(void *channel);
void rig_outs(void *channel);
extern const char stub_marshal[], stub_marshal_end[], stub_outs[], stub_outs_end[];
extern const char rig_resume[];

static u8 chan[CHAN_SIZE] __attribute__((aligned(PAGE_SIZE)));

struct piece {
	u64 addr, len;
	const u8 *data;
};

static u32 *chan32(size_t off)
{
	return (u32 *)(void *)(chan + off);
}

static u64 *chan64(size_t off)
{
	return (u64 *)(void *)(chan + off);
}

/* Make call @nr and return its pieces. */
static unsigned marshal(long nr, const u64 args[6], struct piece *ret)
{
	size_t off = CHAN_WIN_IN;
	unsigned n;

	memset(chan, 0xee, sizeof(chan));
	*chan32(CHAN_LOCAL) = 0;
	*chan64(CHAN_NR) = (u64)nr;
	memcpy(chan + CHAN_ARGS, args, 6 * sizeof(u64));
	memcpy(chan + CHAN_REGS, args, 6 * sizeof(u64));
	rig_marshal(chan);
	n = *chan32(CHAN_INS);
	CHECK(!memcmp(chan + CHAN_REGS, args, 6 * sizeof(u64)));
	if (n & INLINE) {
		u32 slot = n >> 8 & 0xff;

		ret[0].addr = args[n >> 16 & 0xff];
		ret[0].len = n & 0xff;
		ret[0].data = chan + CHAN_ARGS + slot * sizeof(u64);
		CHECK(ret[0].len && ret[0].len <= (6 - slot) * sizeof(u64));
		CHECK(!memcmp(chan + CHAN_ARGS, args, slot * sizeof(u64)));
		return 1;
	}
	for (unsigned i = 0; i < n && i < CHAN_MAX_PIECES; i++) {
		ret[i].addr = *chan64(off + PIECE_ADDR);
		ret[i].len = *chan64(off + PIECE_LEN);
		ret[i].data = chan + off + PIECE_DATA;
		off += PIECE_DATA + ((ret[i].len + 7) & ~7ul);
		CHECK(off <= CHAN_WIN_IN + CHAN_WIN_SIZE);
	}
	for (size_t k = CHAN_WIN_OUT; k < CHAN_SIZE; k++) {
		if (chan[k] != 0xee) {
			CHECK_EQ(0xee, chan[k]);
			break;
		}
	}
	return n;
}

#define MARSHAL(ret, nr, ...) marshal(nr, (const u64[6]){__VA_ARGS__}, ret)
#define P(p)                  ((u64)(uintptr_t)(p))

static void check_piece(const struct piece *p, const void *addr, size_t len)
{
	CHECK_EQ(P(addr), p->addr);
	CHECK_EQ(len, p->len);
	if (p->len == len)
		CHECK(!memcmp(p->data, addr, len));
}

/* Two pages, the second of which nobody may touch; the end of the first. */
static u8 *page_end(void)
{
	static u8 *mem;

	if (!mem) {
		mem = mmap(NULL, 4 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
		CHECK(mem != MAP_FAILED);
		CHECK_EQ(0, mprotect(mem + 3 * PAGE_SIZE, PAGE_SIZE, PROT_NONE));
	}
	return mem + 3 * PAGE_SIZE;
}

TEST(marshal_strings_of_every_length_and_alignment)
{
	u8 *end = page_end();
	struct piece p[CHAN_MAX_PIECES];

	for (size_t len = 0; len < 70; len++) {
		for (size_t gap = 0; gap < 16; gap++) {
			u8 *s = end - gap - len - 1;

			memset(end - PAGE_SIZE, 0xff, PAGE_SIZE);
			for (size_t i = 0; i < len; i++)
				s[i] = (u8)(0x80 + i);
			s[len] = 0;
			CHECK_EQ(1, MARSHAL(p, SYS_unlink, P(s)));
			check_piece(p, s, len + 1);
		}
	}
	/* NULs and bytes that carry, in front of the string */
	memset(end - 64, 0, 64);
	memcpy(end - 13, "\001\200ab", 5);
	CHECK_EQ(1, MARSHAL(p, SYS_unlink, P(end - 13)));
	check_piece(p, end - 13, 5);
}

TEST(marshal_strings_that_are_too_long_are_cut)
{
	u8 *end = page_end();
	struct piece p[CHAN_MAX_PIECES];

	memset(end - 2 * PAGE_SIZE, 'a', 2 * PAGE_SIZE);
	end[-1] = 0;
	for (size_t gap = 0; gap < 8; gap++) {
		CHECK_EQ(1, MARSHAL(p, SYS_unlink, P(end - 2 * PAGE_SIZE + gap)));
		check_piece(p, end - 2 * PAGE_SIZE + gap, PIECE_MAX_STR - gap);
		CHECK_EQ(1, MARSHAL(p, SYS_unlink, P(end - PAGE_SIZE + gap)));
		check_piece(p, end - PAGE_SIZE + gap, PAGE_SIZE - gap);
	}
	CHECK_EQ(2, MARSHAL(p, SYS_link, P(end - PAGE_SIZE), P(end - 3)));
	check_piece(p, end - PAGE_SIZE, PAGE_SIZE);
	check_piece(p + 1, end - 3, 3);
}

TEST(marshal_buffers_of_every_size)
{
	u8 *end = page_end();
	struct piece p[CHAN_MAX_PIECES];

	for (size_t i = 0; i < 2 * PAGE_SIZE; i++)
		end[-1 - (ssize_t)i] = (u8)(i * 7 + i / 256);
	for (size_t len = 1; len < 100; len++) {
		CHECK_EQ(1, MARSHAL(p, SYS_write, 1, P(end - len), len));
		check_piece(p, end - len, len);
		CHECK_EQ(1, MARSHAL(p, SYS_write, 1, P(end - len - 3), len));
		check_piece(p, end - len - 3, len);
	}
	CHECK_EQ(1, MARSHAL(p, SYS_write, 1, P(end - PIECE_MAX_IN), PIECE_MAX_IN));
	check_piece(p, end - PIECE_MAX_IN, PIECE_MAX_IN);
	CHECK_EQ(0, MARSHAL(p, SYS_write, 1, P(end - PIECE_MAX_IN - 1), PIECE_MAX_IN + 1));
	CHECK_EQ(0, MARSHAL(p, SYS_write, 1, P(end), 0));
	CHECK_EQ(0, MARSHAL(p, SYS_write, 1, P(end), UINT64_MAX));
	CHECK_EQ(0, MARSHAL(p, SYS_write, 1, 0, 8));
}

TEST(marshal_counts_do_not_overflow)
{
	u8 *end = page_end();
	struct piece p[CHAN_MAX_PIECES];

	CHECK_EQ(1, MARSHAL(p, SYS_poll, P(end - 24), 3));
	check_piece(p, end - 24, 24);
	CHECK_EQ(0, MARSHAL(p, SYS_poll, P(end - 24), 1ul << 61));
	CHECK_EQ(0, MARSHAL(p, SYS_poll, P(end - 24), (1ul << 61) + 1));
	CHECK_EQ(0, MARSHAL(p, SYS_poll, P(end - 24), PIECE_MAX_IN / 8 + 1));
}

TEST(marshal_bits_are_whole_words)
{
	u8 *end = page_end();
	struct piece p[CHAN_MAX_PIECES];
	u64 tv[2] = {1, 2}, set[3] = {3, 4, 5};

	CHECK_EQ(3, MARSHAL(p, SYS_select, 64, P(end - 8), 0, P(set), P(tv)));
	check_piece(p, end - 8, 8);
	check_piece(p + 1, set, 8);
	check_piece(p + 2, tv, 16);
	CHECK_EQ(2, MARSHAL(p, SYS_select, 129, P(set), 0, 0, P(tv)));
	check_piece(p, set, 24);
	CHECK_EQ(1, MARSHAL(p, SYS_select, (u32)-1, P(set), 0, 0, P(tv)));
	CHECK_EQ(1, MARSHAL(p, SYS_select, 0, P(set), 0, 0, P(tv)));
	CHECK_EQ(1, MARSHAL(p, SYS_select, 0x80000000u, P(set), 0, 0, P(tv)));
	check_piece(p, tv, 16);
}

TEST(marshal_carries_what_the_table_says)
{
	u64 a[4] = {1, 2, 3, 4}, b[4] = {5, 6, 7, 8};
	struct piece p[CHAN_MAX_PIECES];

	CHECK_EQ(1, MARSHAL(p, SYS_rt_sigaction, 1, P(a), P(b), 8));
	check_piece(p, a, 32);
	CHECK_EQ(1, MARSHAL(p, SYS_rt_sigprocmask, 1, P(b), P(a), 8));
	check_piece(p, b, 8);
	CHECK_EQ(1, MARSHAL(p, SYS_openat, (u64)AT_FDCWD, P("x/y"), 0, 0));
	check_piece(p, "x/y", 4);
	CHECK_EQ(2, MARSHAL(p, SYS_utimensat, 3, P("f"), P(a), 0));
	check_piece(p + 1, a, 32);
	CHECK_EQ(0, MARSHAL(p, SYS_read, 0, P(a), 8));
	CHECK_EQ(0, MARSHAL(p, SYS_getppid, P(a)));
	CHECK_EQ(0, MARSHAL(p, SYS_getpid, P(a)));
	CHECK_EQ(0, MARSHAL(p, 100000, P(a)));
	CHECK_EQ(0, MARSHAL(p, -1, P(a)));
}

TEST(marshal_gathers_vectors)
{
	u8 bytes[32];
	struct iovec v[20];
	struct piece p[CHAN_MAX_PIECES];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)i;
	for (unsigned i = 0; i < ARRAY_SIZE(v); i++)
		v[i] = (struct iovec){bytes + i, i % 9};
	v[3].iov_base = NULL;
	v[4].iov_len = PIECE_MAX_IN + 1;
	CHECK_EQ(1 + 4, MARSHAL(p, SYS_writev, 1, P(v), 7));
	check_piece(p, v, 7 * sizeof(v[0]));
	check_piece(p + 1, bytes + 1, 1);
	check_piece(p + 2, bytes + 2, 2);
	check_piece(p + 3, bytes + 5, 5);
	check_piece(p + 4, bytes + 6, 6);
	/* 0, 3, 4 and 9 are not there */
	CHECK_EQ(1 + CHAN_MAX_VEC - 4, MARSHAL(p, SYS_writev, 1, P(v), 20));
	check_piece(p, v, CHAN_MAX_VEC * sizeof(v[0]));
	CHECK_EQ(0, MARSHAL(p, SYS_writev, 1, P(v), 0));
	CHECK_EQ(1, MARSHAL(p, SYS_readv, 1, P(v), 20));
	check_piece(p, v, sizeof(v));
}

TEST(marshal_full_windows_leave_out_the_rest)
{
	u8 *end = page_end();
	struct iovec v[6];
	struct piece p[CHAN_MAX_PIECES];

	for (unsigned i = 0; i < 6; i++)
		v[i] = (struct iovec){end - PIECE_MAX_IN, PIECE_MAX_IN};
	v[5].iov_len = 100;
	CHECK_EQ(6, MARSHAL(p, SYS_writev, 1, P(v), 6));
	check_piece(p + 4, end - PIECE_MAX_IN, PIECE_MAX_IN);
	check_piece(p + 5, end - PIECE_MAX_IN, 100);
}

TEST(marshal_small_pieces_go_where_arguments_are_not)
{
	u8 *end = page_end();
	struct piece p[CHAN_MAX_PIECES];

	for (size_t len = 1; len < 40; len++) {
		memset(end - len, (int)len, len);
		CHECK_EQ(1, MARSHAL(p, SYS_write, 1, P(end - len), len));
		check_piece(p, end - len, len);
		CHECK_EQ(len <= 24, (*chan32(CHAN_INS) & INLINE) != 0);
	}
	CHECK_EQ(0, MARSHAL(p, SYS_write, 1, P(end - 4), 0));
	CHECK_EQ(0, MARSHAL(p, SYS_write, 1, 0, 4));
}

TEST(marshal_gathers_messages)
{
	u8 bytes[64], control[24] = "control";
	struct iovec v[2] = {{bytes, 10}, {bytes + 20, 8}};
	struct msghdr m = {
		.msg_name = bytes + 40,
		.msg_namelen = 16,
		.msg_iov = v,
		.msg_iovlen = 2,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct piece p[CHAN_MAX_PIECES];

	memset(bytes, 7, sizeof(bytes));
	CHECK_EQ(6, MARSHAL(p, SYS_sendmsg, 1, P(&m), 0));
	check_piece(p, &m, sizeof(m));
	check_piece(p + 1, bytes + 40, 16);
	check_piece(p + 2, control, sizeof(control));
	check_piece(p + 3, v, sizeof(v));
	check_piece(p + 4, bytes, 10);
	check_piece(p + 5, bytes + 20, 8);
	CHECK_EQ(2, MARSHAL(p, SYS_recvmsg, 1, P(&m), 0));
	check_piece(p, &m, sizeof(m));
	check_piece(p + 1, v, sizeof(v));
	m.msg_iov = NULL;
	m.msg_name = NULL;
	CHECK_EQ(2, MARSHAL(p, SYS_sendmsg, 1, P(&m), 0));
	check_piece(p + 1, control, sizeof(control));
	CHECK_EQ(1, MARSHAL(p, SYS_recvmsg, 1, P(&m), 0));
}

/* What the sentry does: the call goes on behind the marshalling. */
static void on_fault(int signo, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;
	const char *ip = (const char *)uc->uc_mcontext.gregs[REG_RIP];
	bool ours = (ip >= stub_marshal && ip < stub_marshal_end) ||
		    (ip >= stub_outs && ip < stub_outs_end);

	(void)signo;
	(void)info;
	if (!ours)
		_exit(9);
	uc->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)rig_resume;
}

static void catch_faults(void)
{
	struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};

	CHECK_EQ(0, sigaction(SIGSEGV, &sa, NULL));
	CHECK_EQ(0, sigaction(SIGBUS, &sa, NULL));
}

TEST(marshal_faults_leave_the_pieces_that_are_whole)
{
	u8 *end = page_end();
	struct piece p[CHAN_MAX_PIECES];
	struct iovec v[3] = {{end - 8, 8}, {end - 4, 8}, {end - 8, 8}};
	struct msghdr m = {.msg_name = end, .msg_namelen = 4};

	catch_faults();
	memset(end - 8, 1, 8);
	CHECK_EQ(0, MARSHAL(p, SYS_unlink, P(end)));
	CHECK_EQ(0, MARSHAL(p, SYS_unlink, P(end - 5)));
	CHECK_EQ(0, MARSHAL(p, SYS_unlink, UINT64_MAX));
	CHECK_EQ(0, MARSHAL(p, SYS_unlink, 1ul << 63));
	CHECK_EQ(1, MARSHAL(p, SYS_link, P("a"), P(end - 5)));
	check_piece(p, "a", 2);
	CHECK_EQ(0, MARSHAL(p, SYS_write, 1, P(end - 5), 6));
	CHECK_EQ(0, MARSHAL(p, SYS_write, 1, P(end - 5), 60));
	CHECK_EQ(2, MARSHAL(p, SYS_writev, 1, P(v), 3));
	CHECK_EQ(0, MARSHAL(p, SYS_writev, 1, P(end - 8), 1));
	CHECK_EQ(0, MARSHAL(p, SYS_sendmsg, 1, P(end - 8)));
	CHECK_EQ(0, MARSHAL(p, SYS_recvmsg, 1, P(end - 8)));
	CHECK_EQ(1, MARSHAL(p, SYS_sendmsg, 1, P(&m)));
}

/* Put a piece into the out window at @off; the offset behind it. */
static size_t put_out(size_t off, const void *dst, const void *src, size_t len)
{
	*chan64(off + PIECE_ADDR) = P(dst);
	*chan64(off + PIECE_LEN) = len;
	memcpy(chan + off + PIECE_DATA, src, len);
	return off + PIECE_DATA + ((len + 7) & ~7ul);
}

TEST(outs_of_every_size_and_alignment)
{
	static u8 from[PIECE_MAX_IN], to[PIECE_MAX_IN + 64];

	for (size_t i = 0; i < sizeof(from); i++)
		from[i] = (u8)(i * 5 + i / 256);
	for (size_t len = 1; len < sizeof(from); len = len < 100 ? len + 1 : len * 3) {
		for (size_t at = 0; at < 9; at++) {
			memset(chan, 0, sizeof(chan));
			memset(to, 0, sizeof(to));
			put_out(CHAN_WIN_OUT, to + 16 + at, from, len);
			*chan32(CHAN_OUTS) = 1;
			rig_outs(chan);
			CHECK(!memcmp(to + 16 + at, from, len));
			CHECK_EQ(0, to[15 + at]);
			CHECK_EQ(0, to[16 + at + len]);
		}
	}
}

TEST(outs_of_the_first_line)
{
	char to[64];

	for (u32 len = 1; len <= INLINE_MAX_OUT; len++) {
		memset(chan, 0xee, sizeof(chan));
		memset(to, '.', sizeof(to));
		*chan64(CHAN_ARGS) = P(to + 8);
		memset(chan + INLINE_DATA, 'a', len);
		*chan32(CHAN_OUTS) = INLINE | len;
		rig_outs(chan);
		for (u32 i = 0; i < sizeof(to); i++)
			CHECK_EQ(i >= 8 && i < 8 + len ? 'a' : '.', to[i]);
	}
}

TEST(outs_are_made_in_order)
{
	char to[16] = "................";
	size_t off = CHAN_WIN_OUT;

	memset(chan, 0, sizeof(chan));
	off = put_out(off, to + 2, "abcdefghi", 9);
	off = put_out(off, to + 4, "XY", 2);
	put_out(off, to, "0", 1);
	*chan32(CHAN_OUTS) = 3;
	rig_outs(chan);
	CHECK_MEM("0.abXYefghi.....", to, 16);
}

TEST(outs_of_nonsense_end)
{
	catch_faults();
	memset(chan, 0xff, sizeof(chan));
	rig_outs(chan);
	memset(chan, 0, sizeof(chan));
	*chan32(CHAN_OUTS) = UINT32_MAX;
	rig_outs(chan);
	*chan32(CHAN_OUTS) = INT32_MAX;
	rig_outs(chan);
}
