/*
 * A channel: memory that one vcpu and the sentry share (layout in
 * platform/stub/layout.h).
 *
 * The guest can write all of it at any time, so it is read with chan_read*()
 * only: once, into a value.
 */
#pragma once
#include "host/host.h"
#include "lib/base.h"
#include "platform/stub/layout.h"

struct stub_order {
	u64 nr;
	u64 args[6];
	u64 ret;
};

struct channel {
	u8 *mem;        /* the sentry's view, CHAN_SIZE bytes */
	hostfd_t memfd; /* HOSTFD_NONE once the guest has it, unless it may be used again */
	unsigned slot;
	bool given; /* the guest has it */
};

void channels_init(void);

/* channels_fini - destroy those that wait to be used again */
void channels_fini(void);

int channel_create(struct channel *ch, unsigned slot) must_check;
void channel_destroy(struct channel *ch);

/* channel_given - the guest has mapped it; the memory lives on through the mappings */
void channel_given(struct channel *ch);

/*
 * channel_recycle - as channel_destroy(), but it may be another guest's next
 *
 * No process may be left that could have it mapped.
 */
void channel_recycle(struct channel *ch);

/* channel_move - @to, which is none, becomes @from, which is none then */
void channel_move(struct channel *to, struct channel *from);

/* channel_addr - where the guest sees offset @off */
static inline uaddr_t channel_addr(const struct channel *ch, size_t off)
{
	return CHAN_BASE + (uaddr_t)ch->slot * CHAN_SIZE + off;
}

static inline u64 chan_read64(const struct channel *ch, size_t off)
{
	return __atomic_load_n((const u64 *)(const void *)(ch->mem + off), __ATOMIC_RELAXED);
}

static inline u32 chan_read32(const struct channel *ch, size_t off)
{
	return __atomic_load_n((const u32 *)(const void *)(ch->mem + off), __ATOMIC_RELAXED);
}

static inline void chan_write64(struct channel *ch, size_t off, u64 val)
{
	__atomic_store_n((u64 *)(void *)(ch->mem + off), val, __ATOMIC_RELAXED);
}

static inline void chan_write32(struct channel *ch, size_t off, u32 val)
{
	__atomic_store_n((u32 *)(void *)(ch->mem + off), val, __ATOMIC_RELAXED);
}

/*
 * chan_scratch - put what a pointer argument of an order points to at *@off of
 * the scratch space, and move that on
 *
 * Return: its address in the guest.
 */
u64 chan_scratch(struct channel *ch, size_t *off, const void *p, size_t size);

/* chan_order - write order @i; the guest runs it when it is next told to */
void chan_order(struct channel *ch, unsigned i, u64 nr, const u64 args[6]);

#define CHAN_ORDER(ch, i, nr, ...) chan_order(ch, i, nr, (const u64[6]){__VA_ARGS__})

static inline u64 chan_order_ret(const struct channel *ch, unsigned i)
{
	return chan_read64(ch, CHAN_ORDERS + i * ORDER_SIZE + ORDER_RET);
}
