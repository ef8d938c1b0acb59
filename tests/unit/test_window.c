/* platform/notify/window.c: what the stub sends, forged or not, and what is put off */
#include "platform/notify/window.h"

#include <unistd.h>

#include "platform/notify/notify.h"
#include "tests/unit/harness.h"

static u8 mem[CHAN_SIZE] __attribute__((aligned(PAGE_SIZE)));
static struct aspace self;
static struct vcpu vcpu;

static struct vcpu *fresh(void)
{
	memset(mem, 0xcc, sizeof(mem));
	memset(&vcpu, 0, sizeof(vcpu));
	self.pid = getpid();
	self.mem = HOSTFD_NONE;
	spin_init(&vcpu.lock);
	vcpu.as = &self;
	vcpu.ch.mem = mem;
	chan_write32(&vcpu.ch, CHAN_INS, 0);
	window_open(&vcpu);
	return &vcpu;
}

/* The stub sends a piece that it says is @len bytes; where the next one comes. */
static u32 send_piece(struct vcpu *v, u32 off, u64 addr, u64 len, const char *bytes)
{
	chan_write64(&v->ch, off + PIECE_ADDR, addr);
	chan_write64(&v->ch, off + PIECE_LEN, len);
	memcpy(mem + off + PIECE_DATA, bytes, strlen(bytes));
	chan_write32(&v->ch, CHAN_INS, chan_read32(&v->ch, CHAN_INS) + 1);
	return off + PIECE_DATA + (u32)ALIGN_UP(len, 8);
}

TEST(window_in_serves_what_was_sent)
{
	struct vcpu *v = fresh();
	char buf[16] = "";
	u32 off = send_piece(v, CHAN_WIN_IN, 0x10003, 5, "abcde");

	send_piece(v, off, 0x20000, 3, "xyz");
	CHECK_EQ(5, notify_window_in(v, buf, 0x10003, 5));
	CHECK_MEM("abcde", buf, 5);
	CHECK_EQ(2, notify_window_in(v, buf, 0x10006, 8));
	CHECK_MEM("de", buf, 2);
	CHECK_EQ(3, notify_window_in(v, buf, 0x20000, 16));
	CHECK_EQ(0, notify_window_in(v, buf, 0x10002, 2));
	CHECK_EQ(0, notify_window_in(v, buf, 0x10008, 1));
	CHECK_EQ(0, notify_window_in(v, buf, 0x20003, 1));
	window_close(v);
	CHECK_EQ(0, notify_window_in(v, buf, 0x10003, 5));
}

TEST(window_in_takes_the_lengths_once)
{
	struct vcpu *v = fresh();
	char buf[64];

	send_piece(v, CHAN_WIN_IN, 0x10000, 4, "abcd");
	CHECK_EQ(4, notify_window_in(v, buf, 0x10000, 64));
	chan_write64(&v->ch, CHAN_WIN_IN + PIECE_LEN, 60);
	chan_write32(&v->ch, CHAN_INS, INT32_MAX);
	CHECK_EQ(4, notify_window_in(v, buf, 0x10000, 64));
}

TEST(window_in_of_forged_pieces)
{
	static const u64 lens[] = {CHAN_WIN_SIZE,    CHAN_WIN_SIZE - PIECE_DATA + 1,
				   UINT64_MAX,       1ul << 63,
				   UINT32_MAX + 1ul, UINT32_MAX};
	char buf[16];

	for (unsigned i = 0; i < ARRAY_SIZE(lens); i++) {
		struct vcpu *v = fresh();

		send_piece(v, CHAN_WIN_IN, 0x10000, lens[i], "");
		CHECK_EQ(0, notify_window_in(v, buf, 0x10000, 1));
		CHECK_EQ(0, v->win.nr_in);
	}
	for (u32 n = 0; n < 3; n++) {
		struct vcpu *v = fresh();
		u32 off =
			send_piece(v, CHAN_WIN_IN, 0x10000, CHAN_WIN_SIZE - PIECE_DATA - 8 * n, "");

		CHECK_EQ(CHAN_WIN_OUT - 8 * n, off);
		chan_write32(&v->ch, CHAN_INS, INT32_MAX);
		CHECK_EQ(16, notify_window_in(v, buf, 0x10000, 16));
		CHECK_EQ(1, v->win.nr_in);
	}
	{
		struct vcpu *v = fresh();

		send_piece(v, CHAN_WIN_IN, STUB_USER_END, 8, "");
		CHECK_EQ(0, notify_window_in(v, buf, STUB_USER_END, 8));
		memset(mem, 0, sizeof(mem));
		window_open(v);
		chan_write32(&v->ch, CHAN_INS, INT32_MAX);
		CHECK_EQ(0, notify_window_in(v, buf, 0, 8));
		CHECK_EQ(CHAN_MAX_PIECES, v->win.nr_in);
	}
}

TEST(window_in_of_the_first_line)
{
	struct vcpu *v = fresh();
	char buf[64];

	v->stop.args[1] = 0x10000;
	memcpy(mem + CHAN_ARGS + 24, "abcd", 4);
	chan_write32(&v->ch, CHAN_INS, INLINE | 1 << 16 | 3 << 8 | 4);
	CHECK_EQ(4, notify_window_in(v, buf, 0x10000, 64));
	CHECK_MEM("abcd", buf, 4);
	for (u32 i = 0; i < 4; i++) {
		static const u32 forged[] = {INLINE | 6 << 16 | 3 << 8 | 4,
					     INLINE | 1 << 16 | 6 << 8 | 0,
					     INLINE | 1 << 16 | 3 << 8 | 25, UINT32_MAX};

		v = fresh();
		v->stop.args[1] = 0x10000;
		chan_write32(&v->ch, CHAN_INS, forged[i]);
		CHECK_EQ(0, notify_window_in(v, buf, 0x10000, 64));
		CHECK_EQ(0, v->win.nr_in);
	}
}

TEST(window_out_of_the_first_line)
{
	char from[64], to[64];
	struct vcpu *v;

	memset(from, 'x', sizeof(from));
	for (size_t n = 1; n <= 50; n++) {
		v = fresh();
		CHECK(notify_window_out(v, 0x1000, from, n - n / 2));
		if (n / 2)
			CHECK(notify_window_out(v, 0x1000 + n - n / 2, from, n / 2));
		CHECK_EQ(0, window_flush(v, 0));
		if (n <= INLINE_MAX_OUT) {
			CHECK_EQ(INLINE | n, chan_read32(&v->ch, CHAN_OUTS));
			CHECK_EQ(0x1000, chan_read64(&v->ch, CHAN_ARGS));
			CHECK_MEM(from, mem + INLINE_DATA, n);
			CHECK_EQ(0xcc, mem[CHAN_WIN_OUT]);
		} else {
			CHECK_EQ(1, chan_read32(&v->ch, CHAN_OUTS));
			CHECK_EQ(n, chan_read64(&v->ch, CHAN_WIN_OUT + PIECE_LEN));
			CHECK_MEM(from, mem + CHAN_WIN_OUT + PIECE_DATA, n);
		}
	}
	v = fresh();
	memset(to, '.', sizeof(to));
	CHECK(notify_window_out(v, (uintptr_t)to, "abc", 3));
	CHECK(notify_window_out(v, (uintptr_t)to + 10, "def", 3));
	notify_window_spill(v);
	CHECK_MEM("abc.......def.", to, 14);
	CHECK(notify_window_out(v, (uintptr_t)to + 3, "x", 1));
	notify_window_touch(v, (uintptr_t)to, 10);
	CHECK_MEM("abcx......def.", to, 14);
}

TEST(window_out_is_left_to_the_stub)
{
	struct vcpu *v = fresh();
	u64 off = CHAN_WIN_OUT;

	CHECK(notify_window_out(v, 0x1000, "abc", 3));
	CHECK(notify_window_out(v, 0x1003, "defghi", 6));
	CHECK(notify_window_out(v, 0x2000, "z", 1));
	CHECK_EQ(7, window_flush(v, 7));
	CHECK_EQ(2, chan_read32(&v->ch, CHAN_OUTS));
	CHECK_EQ(0x1000, chan_read64(&v->ch, off + PIECE_ADDR));
	CHECK_EQ(9, chan_read64(&v->ch, off + PIECE_LEN));
	CHECK_MEM("abcdefghi", mem + off + PIECE_DATA, 9);
	off += PIECE_DATA + 16;
	CHECK_EQ(0x2000, chan_read64(&v->ch, off + PIECE_ADDR));
	CHECK_EQ(1, chan_read64(&v->ch, off + PIECE_LEN));
	CHECK(!notify_window_out(v, 0x1000, "abc", 3));
	window_open(v);
	CHECK_EQ(-5, window_flush(v, -5));
	CHECK_EQ(0, chan_read32(&v->ch, CHAN_OUTS));
}

TEST(window_out_has_its_limits)
{
	static u8 big[CHAN_WIN_SIZE];
	struct vcpu *v = fresh();
	const size_t most = CHAN_WIN_SIZE - PIECE_DATA;

	CHECK(!notify_window_out(v, 0x1000, big, 0));
	CHECK(!notify_window_out(v, 0x1000, big, most + 1));
	CHECK(notify_window_out(v, 0x1000, big, most - 8));
	CHECK(!notify_window_out(v, 0x1000 + most - 8, big, 9));
	CHECK(notify_window_out(v, 0x1000 + most - 8, big, 8));
	CHECK(!notify_window_out(v, 0x100000, big, 1));
	for (size_t i = CHAN_BYTES; i < CHAN_SIZE; i++)
		CHECK_EQ(0xcc, mem[i]);

	v = fresh();
	for (unsigned i = 0; i < CHAN_MAX_PIECES; i++)
		CHECK(notify_window_out(v, 0x1000 + i * 16, "x", 1));
	CHECK(!notify_window_out(v, 0x9000, "x", 1));
	CHECK(notify_window_out(v, 0x1000 + (CHAN_MAX_PIECES - 1) * 16 + 1, "y", 1));
}

TEST(window_out_is_written_when_somebody_looks)
{
	char to[8] = "........", buf[8];
	uaddr_t at = (uintptr_t)to;
	struct vcpu *v = fresh();

	send_piece(v, CHAN_WIN_IN, at, 8, "........");
	CHECK(notify_window_out(v, at + 2, "ab", 2));
	CHECK_EQ(0, notify_window_in(v, buf, at, 8));
	notify_window_touch(v, at + 4, 1);
	CHECK_MEM("........", to, 8);
	notify_window_touch(v, at + 3, 4);
	CHECK_MEM("..ab....", to, 8);
	CHECK(notify_window_out(v, at + 3, "cd", 2));
	CHECK(notify_window_out(v, at, "x", 1));
	notify_window_spill(v);
	CHECK_MEM("x.acd...", to, 8);
	CHECK(notify_window_out(v, at, "y", 1));
	window_close(v);
	CHECK_MEM("y.acd...", to, 8);
	CHECK_EQ(1, window_flush(v, 1));
	CHECK_EQ(0, chan_read32(&v->ch, CHAN_OUTS));
}

TEST(window_out_that_cannot_be_written_fails_the_call)
{
	struct vcpu *v = fresh();

	CHECK(notify_window_out(v, 0x10, "ab", 2));
	notify_window_spill(v);
	CHECK_EQ(-EFAULT, window_flush(v, 0));
	v->win.failed = false;
	window_open(v);
	CHECK_EQ(0, window_flush(v, 0));
}

TEST(what_is_local_stands_where_the_stub_looks)
{
	struct vcpu *v = fresh();
	const struct vcpu_local l = {1, 2, 3, 4, 5, 6, 0x70, 0x30, 0x10, 0x1234};

	notify_vcpu_set_local(v, &l);
	CHECK_EQ(1, chan_read32(&v->ch, CHAN_LOCAL));
	CHECK_EQ(2, chan_read32(&v->ch, CHAN_IDS + 4 * LOCAL_TID));
	CHECK_EQ(6, chan_read32(&v->ch, CHAN_IDS + 4 * LOCAL_EGID));
	CHECK_EQ(0x70, chan_read64(&v->ch, CHAN_PLAIN));
	CHECK_EQ(0x30, chan_read64(&v->ch, CHAN_SETTABLE));
	CHECK_EQ(0x1234, chan_read64(&v->ch, CHAN_RESTORER));
	CHECK_EQ(0x10, notify_vcpu_restored(v));
	local_hide_locked(v);
	CHECK_EQ(0, chan_read32(&v->ch, CHAN_LOCAL));
	window_open(v);
	CHECK_EQ(1, chan_read32(&v->ch, CHAN_LOCAL));
	notify_vcpu_set_local(v, NULL);
	CHECK_EQ(0, chan_read32(&v->ch, CHAN_LOCAL));
	CHECK_EQ(0, chan_read64(&v->ch, CHAN_PLAIN));
	CHECK_EQ(0, chan_read64(&v->ch, CHAN_SETTABLE));
	local_hide_locked(v);
	window_open(v);
	CHECK_EQ(0, chan_read32(&v->ch, CHAN_LOCAL));
}
