/*
 * What the stub may say of files without us (layout.h): told while the vcpu is
 * stopped, taken back at any time.
 *
 * Facts name the epoch they were true in, a word that guests only read (bell.c).
 */
#include "platform/notify/notify.h"

_Static_assert(FACT_NR >= FACT_STAT + STAT_SIZE, "the number overlaps the state");
_Static_assert(CHAN_PLACES >= FACT_NR + sizeof(u32), "a place overlaps the descriptor's");
_Static_assert(CHAN_PLACES + NR_PLACES * PLACE_SIZE <= CHAN_WIN_IN, "facts overlap a window");
_Static_assert(PLACE_NAME == PLACE_STAT + STAT_SIZE, "a place is in one piece");
_Static_assert(PLACE_NAME + PLACE_NAME_MAX <= PLACE_SIZE, "a name fits its place");
_Static_assert(PLACE_NAME_MIN == VCPU_PLACE_MIN && PLACE_NAME_MAX == VCPU_PLACE_MAX,
	       "other names are told than fit");
_Static_assert(CHAN_BYTES_MAX == VCPU_BYTES_MAX, "more bytes are told than fit");

/* Of bytes that are copied twice; with the window for long copies both are done at once. */
#define LONG 0x4000

/* The read that comes next finds the end: said in the line that is answered in. */
void notify_vcpu_set_pos(struct vcpu *v, u64 pos, u64 end)
{
	chan_write64(&v->ch, FACT_POS, pos);
	if (v->win.open && vcpu_pos(v) == POS_CALL)
		v->win.at_end = pos >= end;
	else
		chan_write32(&v->ch, CHAN_OUTS, pos >= end ? OUTS_AT_END : 0);
}

void notify_vcpu_set_file(struct vcpu *v, const struct vcpu_file *f)
{
	chan_write32(&v->ch, CHAN_BYTES_OF, f && f->len ? (u32)f->fd + 1 : 0);
	if (!f) {
		chan_write32(&v->ch, FACT_FD, 0);
		return;
	}
	chan_write32(&v->ch, CHAN_BYTES_LEN, f->len);
	memcpy(v->ch.mem + FACT_STAT, f->stat, STAT_SIZE);
	notify_vcpu_set_pos(v, f->pos, f->end);
	chan_write64(&v->ch, FACT_EPOCH, f->epoch);
	chan_write32(&v->ch, FACT_NR, (u32)f->nr);
	chan_write32(&v->ch, FACT_SHUT, 0);
	chan_write32(&v->ch, FACT_FD, (u32)f->fd + 1);
}

bool notify_vcpu_has_shut(const struct vcpu *v)
{
	return chan_read32(&v->ch, FACT_SHUT);
}

int notify_vcpu_shut_file(struct vcpu *v)
{
	u32 shut = chan_read32(&v->ch, FACT_SHUT);

	if (likely(!shut))
		return -1;
	chan_write32(&v->ch, FACT_SHUT, 0);
	return (int)(shut - 1);
}

void *notify_vcpu_file_bytes(struct vcpu *v, size_t size)
{
	if (!v->win.open || vcpu_pos(v) != POS_CALL || size > CHAN_BYTES_MAX)
		return NULL;
	return size > LONG && bulk_serves(v, size) ? NULL : v->ch.mem + CHAN_BYTES;
}

void notify_vcpu_forget_bytes(struct vcpu *v)
{
	chan_write32(&v->ch, CHAN_BYTES_OF, 0);
}

/* The stub may be just about to exchange it as well: one of the two comes first. */
u64 notify_vcpu_file_pos(struct vcpu *v, bool take)
{
	u64 *pos = (u64 *)(void *)(v->ch.mem + FACT_POS);

	return take ? __atomic_exchange_n(pos, (u64)POS_TAKEN, __ATOMIC_SEQ_CST)
		    : __atomic_load_n(pos, __ATOMIC_RELAXED);
}

void notify_vcpu_set_place(struct vcpu *v, const char *name, size_t len, const void *stat,
			   u64 epoch)
{
	size_t at;
	u32 last;

	if (len < PLACE_NAME_MIN || len > PLACE_NAME_MAX)
		return;
	memcpy(&last, name + len - sizeof(last), sizeof(last));
	at = CHAN_PLACES + (last * PLACE_HASH >> 29) * PLACE_SIZE;
	memcpy(v->ch.mem + at + PLACE_NAME, name, len);
	memcpy(v->ch.mem + at + PLACE_STAT, stat, STAT_SIZE);
	chan_write32(&v->ch, at + PLACE_LEN, (u32)len);
	chan_write64(&v->ch, at + PLACE_EPOCH, epoch);
}

void notify_vcpu_forget_places(struct vcpu *v)
{
	for (unsigned i = 0; i < NR_PLACES; i++)
		chan_write64(&v->ch, CHAN_PLACES + i * PLACE_SIZE + PLACE_EPOCH, 0);
}
