/*
 * The windows of a fast call under libFuzzer: a guest that forges all it sends, and a
 * handler that reads, writes and looks in any order.
 *
 * The input is the first line of the channel, then what the handler does, then what stands
 * in the window.  Nothing outside the channel is touched; what is written arrives as it was
 * written, in that order; and what was written over is not served from the window.
 */
#include <stdlib.h>
#include <string.h>

#include "platform/notify/notify.h"
#include "platform/notify/window.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASE 0x10000ul
#define ROOM 0x10000ul /* of guest memory that is written to */
#define OPS  24

/* What the handler does: which of four, where, how much. */
struct op {
	u8 kind, value;
	u16 at, len;
};

struct input {
	u64 args[6];
	u32 ins, nr_ops;
	struct op ops[OPS];
};

static u8 want[ROOM], got[ROOM];
static bool written[ROOM]; /* since the call was made */

/* Stands in for the platform's. */
ssize_t aspace_write(struct aspace *as, uaddr_t dst, const void *src, size_t size)
{
	(void)as;
	assert(dst >= BASE && dst - BASE <= ROOM && size <= ROOM - (dst - BASE));
	memcpy(got + (dst - BASE), src, size);
	return (ssize_t)size;
}

static void put(uaddr_t dst, const u8 *src, size_t size)
{
	memcpy(want + (dst - BASE), src, size);
	memset(written + (dst - BASE), true, size);
}

static void do_write(struct vcpu *v, uaddr_t at, size_t size, u8 value)
{
	static u8 bytes[ROOM];

	memset(bytes, value, size);
	if (!notify_window_out(v, at, bytes, size)) {
		/* As mm/uaccess.c has it: whatever is put off for that place goes first. */
		notify_window_touch(v, at, size);
		if (aspace_write(v->as, at, bytes, size) != (ssize_t)size)
			abort();
	}
	put(at, bytes, size);
}

static void do_read(struct vcpu *v, uaddr_t at, size_t size)
{
	u8 *buf = malloc(size + 1); /* of this size, so that one byte more is seen */
	size_t n = buf ? notify_window_in(v, buf, at, size) : 0;

	assert(n <= size);
	for (size_t i = 0; i < n; i++)
		assert(at + i < BASE || at + i - BASE >= ROOM || !written[at + i - BASE]);
	free(buf);
}

static void run(struct vcpu *v, const struct op *op)
{
	uaddr_t at = BASE + op->at;
	size_t size = min((size_t)op->len, ROOM - op->at);

	switch (op->kind % 4) {
	case 0:
		do_read(v, at, size);
		break;
	case 1:
		do_write(v, at, size, op->value);
		break;
	case 2:
		notify_window_touch(v, at, size);
		break;
	case 3:
		notify_window_spill(v);
		break;
	}
}

/* What the stub does with the answer. */
static void copy_out(struct vcpu *v)
{
	u32 outs = chan_read32(&v->ch, CHAN_OUTS), off = CHAN_WIN_OUT;

	if (outs & INLINE) {
		u64 at = chan_read64(&v->ch, CHAN_ARGS);

		if (outs & 0x3f)
			memcpy(got + (at - BASE), v->ch.mem + INLINE_DATA, outs & 0x3f);
		return;
	}
	assert((outs & ~(u32)OUTS_AT_END) <= CHAN_MAX_PIECES);
	for (outs &= ~(u32)OUTS_AT_END; outs; outs--) {
		u64 at = chan_read64(&v->ch, off + PIECE_ADDR);
		u64 len = chan_read64(&v->ch, off + PIECE_LEN);

		off += PIECE_DATA;
		assert(len <= PIECE_MASK_OUT && off + len <= CHAN_ALTSTACK);
		memcpy(got + (at - BASE), v->ch.mem + off, len);
		off += (u32)ALIGN_UP(len, 8);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aspace as = {.mem = HOSTFD_NONE};
	struct vcpu v = {.as = &as};
	struct input in;

	if (size < sizeof(in))
		return 0;
	memcpy(&in, data, sizeof(in));
	data += sizeof(in);
	size = min(size - sizeof(in), (size_t)CHAN_WIN_SIZE);
	v.ch.mem = calloc(1, CHAN_SIZE);
	if (!v.ch.mem)
		return 0;
	spin_init(&v.lock);
	memcpy(v.ch.mem + CHAN_WIN_IN, data, size);
	memcpy(v.ch.mem + CHAN_ARGS, in.args, sizeof(in.args));
	memcpy(v.stop.args, in.args, sizeof(in.args));
	chan_write32(&v.ch, CHAN_INS, in.ins);
	memset(want, 0, sizeof(want));
	memset(got, 0, sizeof(got));
	memset(written, 0, sizeof(written));
	window_open(&v);
	for (u32 i = 0; i < in.nr_ops % (OPS + 1); i++)
		run(&v, &in.ops[i]);
	(void)window_flush(&v, 0);
	copy_out(&v);
	if (memcmp(want, got, ROOM))
		abort();
	free(v.ch.mem);
	return 0;
}
