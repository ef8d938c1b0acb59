/*
 * What the stub in the guest and the sentry have to agree on: where things
 * stand in a guest address space, and what a channel looks like.
 *
 * Only #defines: assembly includes it too.
 *
 *	0 ... USER_END               the guest's
 *	USER_END = STUB_BASE         one page: the stub's code, read and execute
 *	CHAN_BASE + slot * CHAN_SIZE the channel of the vcpu in that slot
 *	CHAN_END ... top             host vDSO and its data
 *
 * A channel is shared with the sentry, and with nobody else:
 *
 *	0                control page: the CHAN_* offsets below
 *	CHAN_WINDOWS     room for the data windows of the fast path
 *	CHAN_ALTSTACK    the host's alternate signal stack, up to the end
 *
 * Everything in a channel is writable by the guest: the sentry copies a word
 * once and believes nothing of it.
 */
#pragma once

#define STUB_USER_END 0x7fff00000000
#define STUB_BASE     0x7fff00000000
#define STUB_SIZE     0x1000

#define CHAN_BASE     0x7fff10000000
#define CHAN_SIZE     0x10000
#define CHAN_END      0x7ffff0000000
#define CHAN_SLOTS    57344 /* (CHAN_END - CHAN_BASE) / CHAN_SIZE */

/* The control page. */
#define CHAN_NR_ORDERS  0x00 /* u32: orders to run when the stub is next entered */
#define CHAN_FS_BASE    0x08 /* u64: as the guest had it when the stub was entered */
#define CHAN_GS_BASE    0x10
#define CHAN_ORDERS     0x40  /* struct stub_order[CHAN_MAX_ORDERS] */
#define CHAN_SCRATCH    0xc40 /* what pointer arguments of orders point to */
#define CHAN_WINDOWS    0x1000
#define CHAN_ALTSTACK   0xb000
#define ALTSTACK_SIZE   0x5000 /* CHAN_SIZE - CHAN_ALTSTACK */

#define CHAN_MAX_ORDERS 48

/* struct stub_order: a host call, or one of the ORDER_* below. */
#define ORDER_NR   0
#define ORDER_ARGS 8
#define ORDER_RET  56
#define ORDER_SIZE 64

/* args: address, old, new; ret: what stood there (32 bits) */
#define ORDER_CMPXCHG32 0x10000

/* What the answer to a park tells the stub to do. */
#define STUB_CMD_RUN    1 /* run the orders in the channel, then park again */
#define STUB_CMD_RESUME 2 /* with RUN: then do not park, back to the guest; alone: at once */
#define STUB_CMD_EXIT   4 /* unmap the channel and end the thread */

/*
 * The table of addresses at the start of the stub's page (struct stub_table).
 * An event is known by the address after its syscall instruction.
 */
#define STUB_TABLE_SIZE 64
