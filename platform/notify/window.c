/*
 * What a fast call's pointers point to, in the channel (window.h).
 *
 * The stub has copied what the call reads; what the call writes is put off and
 * copied by the stub when the call is answered.  Should the fiber sleep before
 * that, others may come to see the memory, so it is written in the old way
 * then (vcpu_window_spill()).
 *
 * The guest may forge addresses, lengths and bytes of the pieces it sends: it
 * thereby lies about its own memory, which it may write anyhow.
 *
 * Locks: see window.h.
 */
#include "platform/notify/window.h"

#include "lib/log.h"
#include "platform/notify/notify.h"

_Static_assert(CHAN_WIN_OUT == CHAN_WIN_IN + CHAN_WIN_SIZE, "windows overlap");
_Static_assert(CHAN_BYTES == CHAN_WIN_OUT + CHAN_WIN_SIZE, "a file's bytes overlap a window");
_Static_assert(CHAN_WIN_SIZE <= PIECE_MASK_OUT, "the stub cuts long pieces");

/* A lone piece in the arguments that the call does not have. */
static void parse_inline(struct vcpu *v, u32 ins)
{
	u32 len = ins & 0xff, slot = ins >> 8 & 0xff, arg = ins >> 16 & 0xff;

	if (arg >= 6 || slot >= 6 || len > (6 - slot) * sizeof(u64) ||
	    v->stop.args[arg] >= STUB_USER_END)
		return;
	v->win.nr_in = 1;
	v->win.in[0] = (struct win_piece){
		.addr = v->stop.args[arg],
		.len = len,
		.off = CHAN_ARGS + slot * (u32)sizeof(u64),
	};
}

/* What the guest tells of its pieces, taken once and checked. */
static void parse(struct vcpu *v)
{
	struct window *w = &v->win;
	u32 ins = chan_read32(&v->ch, CHAN_INS), n = min(ins, (u32)CHAN_MAX_PIECES);
	u32 off = CHAN_WIN_IN;

	w->parsed = true;
	if (ins & INLINE) {
		parse_inline(v, ins);
		return;
	}
	while (n-- && off + PIECE_DATA <= CHAN_WIN_OUT) {
		u64 len = chan_read64(&v->ch, off + PIECE_LEN);
		uaddr_t addr = chan_read64(&v->ch, off + PIECE_ADDR);

		off += PIECE_DATA;
		if (len > CHAN_WIN_OUT - off || addr >= STUB_USER_END)
			break;
		w->in[w->nr_in++] = (struct win_piece){addr, (u32)len, off};
		off += ALIGN_UP((u32)len, 8);
	}
}

static bool overlaps(const struct win_piece *p, uaddr_t addr, size_t size)
{
	return p->addr < addr + size && addr < p->addr + p->len;
}

/* Copies of what stands in [addr, addr + size) no longer tell the truth. */
static void forget_in(struct vcpu *v, uaddr_t addr, size_t size)
{
	struct window *w = &v->win;

	if (!w->parsed)
		parse(v);
	for (unsigned i = 0; i < w->nr_in; i++) {
		if (overlaps(&w->in[i], addr, size))
			w->in[i].len = 0;
	}
}

static void write_out(struct vcpu *v)
{
	struct window *w = &v->win;

	for (unsigned i = 0; i < w->nr_out; i++) {
		const struct win_piece *p = &w->out[i];
		const u8 *bytes = w->small ? w->first : v->ch.mem + p->off;

		if (aspace_write(v->as, p->addr, bytes, p->len) != (ssize_t)p->len)
			w->failed = true;
	}
	w->nr_out = 0;
	w->small = false;
	w->end = CHAN_WIN_OUT;
}

size_t notify_window_in(struct vcpu *v, void *dst, uaddr_t src, size_t size)
{
	struct window *w = &v->win;

	if (!w->open)
		return 0;
	if (!w->parsed)
		parse(v);
	for (unsigned i = 0; i < w->nr_in; i++) {
		const struct win_piece *p = &w->in[i];

		if (src - p->addr < p->len) {
			size_t skip = src - p->addr, n = min(size, p->len - skip);

			memcpy(dst, v->ch.mem + p->off + skip, n);
			return n;
		}
	}
	return 0;
}

/* Room for @size more bytes behind the last piece, if they belong there, or else in a new one. */
static struct win_piece *find_room(struct window *w, uaddr_t dst, size_t size)
{
	struct win_piece *p = w->out + w->nr_out;
	u32 off = w->end + PIECE_DATA;

	if (w->nr_out && p[-1].addr + p[-1].len == dst)
		return size <= CHAN_BYTES - p[-1].off - p[-1].len ? p - 1 : NULL;
	if (w->nr_out == CHAN_MAX_PIECES || off > CHAN_BYTES || size > CHAN_BYTES - off)
		return NULL;
	*p = (struct win_piece){.addr = dst, .off = off};
	w->nr_out++;
	return p;
}

static void append(struct vcpu *v, struct win_piece *p, const void *src, size_t size)
{
	memcpy(v->ch.mem + p->off + p->len, src, size);
	p->len += (u32)size;
	chan_write64(&v->ch, p->off - PIECE_DATA + PIECE_ADDR, p->addr);
	chan_write64(&v->ch, p->off - PIECE_DATA + PIECE_LEN, p->len);
	v->win.end = ALIGN_UP(p->off + p->len, 8);
}

/* The first piece is kept out of the window as long as it may fit the answer's line. */
static bool append_small(struct window *w, struct win_piece *p, const void *src, size_t size)
{
	if (w->nr_out != 1 || (p->len && !w->small) || p->len + size > sizeof(w->first))
		return false;
	memcpy(w->first + p->len, src, size);
	p->len += (u32)size;
	w->small = true;
	w->end = ALIGN_UP(p->off + p->len, 8);
	return true;
}

/* It does not: it goes where the others do. */
static void move_small(struct vcpu *v)
{
	struct win_piece *p = &v->win.out[0];
	u32 len = p->len, end = v->win.end;

	v->win.small = false;
	p->len = 0;
	append(v, p, v->win.first, len);
	v->win.end = end;
}

static void spill(void *vcpu)
{
	write_out(vcpu);
}

bool notify_window_out(struct vcpu *v, uaddr_t dst, const void *src, size_t size)
{
	struct window *w = &v->win;
	struct win_piece *p = w->open && size ? find_room(w, dst, size) : NULL;
	struct parker *self = park_self();

	if (!p)
		return false;
	if (!self->on_sleep) {
		/* It has slept in this call before. */
		self->on_sleep = spill;
		self->on_sleep_arg = v;
	}
	if (!append_small(w, p, src, size)) {
		if (w->small)
			move_small(v);
		append(v, p, src, size);
	}
	forget_in(v, dst, size);
	return true;
}

void notify_window_touch(struct vcpu *v, uaddr_t addr, size_t size)
{
	struct window *w = &v->win;

	if (!w->open)
		return;
	for (unsigned i = 0; i < w->nr_out; i++) {
		if (overlaps(&w->out[i], addr, size)) {
			write_out(v);
			break;
		}
	}
	forget_in(v, addr, size);
}

void notify_window_spill(struct vcpu *v)
{
	write_out(v);
}

void local_hide_locked(struct vcpu *v)
{
	__atomic_store_n(&v->local_hidden, true, __ATOMIC_RELAXED);
	chan_write32(&v->ch, CHAN_LOCAL, false);
}

static void local_show(struct vcpu *v)
{
	spin_lock(&v->lock);
	v->local_hidden = false;
	chan_write32(&v->ch, CHAN_LOCAL, v->local_told);
	spin_unlock(&v->lock);
}

void window_open(struct vcpu *v)
{
	struct window *w = &v->win;

	w->open = true;
	w->parsed = false;
	w->nr_in = 0;
	w->nr_out = 0;
	w->small = false;
	w->at_end = false;
	w->end = CHAN_WIN_OUT;
	if (unlikely(__atomic_load_n(&v->local_hidden, __ATOMIC_RELAXED)))
		local_show(v);
}

void window_close(struct vcpu *v)
{
	write_out(v);
	v->win.open = false;
}

long window_flush(struct vcpu *v, long ret)
{
	struct window *w = &v->win;
	u32 flags = w->at_end ? OUTS_AT_END : 0;

	if (w->small) {
		chan_write64(&v->ch, CHAN_ARGS, w->out[0].addr);
		memcpy(v->ch.mem + INLINE_DATA, w->first, sizeof(w->first));
		chan_write32(&v->ch, CHAN_OUTS, flags | INLINE | w->out[0].len);
	} else {
		chan_write32(&v->ch, CHAN_OUTS, flags | w->nr_out);
	}
	w->nr_out = 0;
	w->small = false;
	w->open = false;
	return unlikely(w->failed) ? -EFAULT : ret;
}

void notify_vcpu_set_local(struct vcpu *v, const struct vcpu_local *l)
{
	static const struct vcpu_local none;
	const u32 vals[] = {
		[LOCAL_PID] = l ? l->pid : 0, [LOCAL_TID] = l ? l->tid : 0,
		[LOCAL_UID] = l ? l->uid : 0, [LOCAL_EUID] = l ? l->euid : 0,
		[LOCAL_GID] = l ? l->gid : 0, [LOCAL_EGID] = l ? l->egid : 0,
	};

	for (unsigned i = 0; i < ARRAY_SIZE(vals); i++)
		chan_write32(&v->ch, CHAN_IDS + i * sizeof(u32), vals[i]);
	v->local_told = l != NULL;
	if (!l)
		l = &none;
	chan_write64(&v->ch, CHAN_PLAIN, l->plain);
	chan_write64(&v->ch, CHAN_SETTABLE, l->settable);
	chan_write64(&v->ch, CHAN_RESTORED, l->restored);
	chan_write64(&v->ch, CHAN_RESTORER, l->restorer);
	local_show(v);
}

u64 notify_vcpu_restored(struct vcpu *v)
{
	return chan_read64(&v->ch, CHAN_RESTORED);
}
