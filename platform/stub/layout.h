/*
 * What the stub in the guest and the sentry have to agree on: where things
 * stand in a guest address space, and what a channel looks like.
 *
 * Only #defines: assembly includes it too.
 *
 *	0 ... USER_END               the guest's
 *	USER_END = STUB_BASE         the stub's code and table, read and execute
 *	BELLS_BASE                   what stubs sleep on, and the epoch; read only (notify/bell.c)
 *	KEEP_BASE ...                file mappings that nobody has touched (notify/keep.c)
 *	BULK_BASE ...                where long copies pass through (notify/bulk.c)
 *	CHAN_BASE + slot * CHAN_SIZE the channel of the vcpu in that slot
 *	CHAN_END ... top             host vDSO and its data
 *
 * The host's stack starts in the last 16 GiB, wherever it is at random, so that
 * none of the above is ever in its way.
 *
 * A channel is shared with the sentry, and with nobody else:
 *
 *	0                control page: the CHAN_* offsets below
 *	CHAN_FACTS       what the stub may say of files
 *	CHAN_WIN_IN      pieces: what pointer arguments of a fast call point to, by the stub
 *	CHAN_WIN_OUT     pieces: what the sentry answers, copied out by the stub
 *	CHAN_BYTES       the first bytes of the file that was opened last
 *	CHAN_ALTSTACK    the host's alternate signal stack, up to the end
 *
 * Everything in a channel is writable by the guest: the sentry copies a word
 * once and believes nothing of it.
 */
#pragma once

#define STUB_USER_END 0x7ff000000000
#define STUB_BASE     0x7ff000000000
#define STUB_SIZE     0x2000

/*
 * A page that every address space has.  Its first word is the epoch, which counts what
 * may have made facts untrue, and is never 0; from the second line on there are words
 * that stubs sleep on, one a vcpu.
 */
#define BELLS_BASE 0x7ff000800000
#define BELLS_SIZE 0x1000
#define EPOCH      BELLS_BASE

/* File mappings that are kept for later programs: slots of KEEP_SIZE. */
#define KEEP_BASE 0x7ff001000000
#define KEEP_SIZE 0xc00000

/* The window for long copies, one a process. */
#define BULK_BASE  0x7ff00e000000
#define BULK_SIZE  0x200000

#define CHAN_BASE  0x7ff010000000
#define CHAN_SIZE  0x20000
#define CHAN_END   0x7ff0f0000000
#define CHAN_SLOTS 28672 /* (CHAN_END - CHAN_BASE) / CHAN_SIZE */

/* Where the vDSO is moved to if the host put it among the guest's memory. */
#define VDSO_HOME 0x7ff100000000

/*
 * First line: all that goes from core to core in a call without windows.
 * A post fills args and nr, then stores a TURN_* with release; an answer stores
 * the result, then the turn.
 */
#define CHAN_TURN   0x00 /* u32: TURN_*: whose the channel is */
#define CHAN_INS    0x04 /* u32: of a call: pieces in CHAN_WIN_IN, each counted once it is whole */
#define CHAN_OUTS   0x04 /* u32: of its answer: pieces in CHAN_WIN_OUT, to be copied out */
#define CHAN_NR     0x08 /* u64: number of the call; of a park, what the last order returned */
#define CHAN_RESULT 0x08 /* u64: the answer */
#define CHAN_RING   0x08 /* u32: with TURN_REST, offset of a bell to be rung first, or 0 */
#define CHAN_ARGS   0x10 /* u64[6]; of a park, [0]: orders done, [1]: the signal frame */

/* The stub's own: where a fast call returns to, and what it uses registers for. */
#define CHAN_RET   0x40 /* u64: guest address; two bytes before it stands a syscall */
#define CHAN_FLAGS 0x48 /* u64: ax after lahf and seto */
#define CHAN_SAVE  0x50 /* u64[6]: rbx, rbp, r12 to r15 */

/* The sentry's, seldom written. */
#define CHAN_WATCHED 0x80 /* u32: a worker looks at CHAN_TURN, so posting is enough */
#define CHAN_SPIN    0x84 /* u32: how often the guest looks for its answer before it sleeps */
#define CHAN_LOCAL   0x88 /* u32: the stub may answer from CHAN_IDS */
#define CHAN_FRAME   0x8c /* u32: offset in the channel of the signal frame */
#define CHAN_FPU     0x90 /* u32: offset in the channel of its vector state */
#define CHAN_BELL    0x94 /* u32: offset of its own bell */
#define CHAN_XMASK   0x98 /* u64: components of the vector state to be saved */
#define CHAN_IDS     0xa0 /* u32[8]: LOCAL_* */

#define CHAN_REGS    0x100 /* u64[6]: the stub's own copy of CHAN_ARGS */

/* What the stub knows of the actions of signals (struct vcpu_local); the stub sets bits too. */
#define CHAN_PLAIN    0x140 /* u64 */
#define CHAN_SETTABLE 0x148 /* u64 */
#define CHAN_RESTORED 0x150 /* u64: set by the stub too */
#define CHAN_RESTORER 0x158 /* u64 */

/*
 * What a program asks and says at its start (platform/begin.h).  Which of the two
 * pointers the stub has taken note of: BEGUN_*.
 */
#define CHAN_BEGUN   0x160 /* u32: set by the stub too */
#define CHAN_LIMITS  0x164 /* u32: CHAN_RLIMITS is told */
#define CHAN_TIDPTR  0x168 /* u64: the stub's: set_tid_address(2) */
#define CHAN_ROBUST  0x170 /* u64: the stub's: set_robust_list(2) */
#define CHAN_BRK     0x1b8 /* u64: what brk(0) returns; 0: it is not told */
#define BEGUN_TID    1
#define BEGUN_ROBUST 2
#define NR_RLIMITS   16

/* What stub_marshal keeps while it gathers the pieces of a vector. */
#define CHAN_VEC_END 0xc0 /* u64: where the vector ends */
#define CHAN_VEC_MSG 0xc8 /* u64: the copy of a message header whose vector comes next, or 0 */
#define CHAN_VEC     0xd0 /* struct iovec[2] */

/*
 * TURN_BULK: the stub copies so many bytes, as far as they are there, and says how far it
 * has come, and with BULK_ENDED that it goes no farther.
 */
#define CHAN_BULK_TAIL 0xf0 /* u32: the stub's */

/* In a line that is seldom written: the descriptor and 1 whose first bytes stand in CHAN_BYTES. */
#define CHAN_BYTES_OF  0xf4 /* u32; 0: none */
#define CHAN_BYTES_LEN 0xf8 /* u32: how many there are */

#define CHAN_BULK_FROM 0x1c0 /* u64: where from, an address of the guest's */
#define CHAN_BULK_TO   0x1c8 /* u64: where to, likewise */
#define CHAN_BULK_LEN  0x1d0 /* u32: how many in all */
#define CHAN_BULK_HEAD 0x1d4 /* u32: how many are there; BULK_ENDED: there will be no more */
#define BULK_CHUNK     0x4000
#define BULK_ENDED     0x80000000

/*
 * A window is a run of pieces of guest memory, one behind the other: where it
 * stands, how long it is, its bytes, filled up to a multiple of 8.  A fault in
 * stub_marshal leaves the pieces that are whole: the call is posted with those.
 */
#define PIECE_ADDR 0 /* u64: guest address */
#define PIECE_LEN  8 /* u64: bytes */
#define PIECE_DATA 16

/*
 * A lone small piece goes in the first line: of a call into the arguments it
 * does not have, of an answer in place of all arguments.  CHAN_INS or CHAN_OUTS
 * is then INLINE, its length in the lowest byte; of a call, above that which
 * argument it begins in, and above that which one is its address.
 */
#define INLINE         0x80000000
#define INLINE_DATA    0x18 /* of an answer: its bytes; CHAN_ARGS is its address */
#define INLINE_MAX_OUT 40

/* CHAN_INS of a post behind TURN_LAST: the orders did not go well. */
#define INS_REFUSED 0x7fffffff

/* With the number of pieces in CHAN_OUTS: that descriptor was read to its end. */
#define OUTS_AT_END     0x40000000

#define CHAN_MAX_PIECES 32     /* that anybody looks at, in each window */
#define CHAN_MAX_VEC    16     /* pieces of a vector that are gathered */
#define PIECE_MAX_IN    0x1000 /* bytes of a piece: longer ones travel by themselves */
#define PIECE_MAX_STR   0x1000 /* of a string */
#define PIECE_MASK_OUT  0x7fff /* what the stub takes of the length of one it copies out */

/* Indices of CHAN_IDS. */
#define LOCAL_PID  0
#define LOCAL_TID  1
#define LOCAL_UID  2
#define LOCAL_EUID 3
#define LOCAL_GID  4
#define LOCAL_EGID 5

/*
 * Turns.  The guest posts TURN_CALL or TURN_PARK and spins; before it sleeps in
 * the park call it exchanges that for the same with TURN_ASLEEP, and whoever
 * answers and finds that has to answer the park call as well.  Told TURN_REST, it
 * exchanges that for TURN_CALL with TURN_RESTS and sleeps on its bell, which
 * whoever answers then advances and has rung.
 */
#define TURN_GUEST  0x00
#define TURN_CALL   0x01 /* a system call of the guest */
#define TURN_PARK   0x02 /* in the stub, the whole context in the signal frame */
#define TURN_ASLEEP 0x10
#define TURN_RESTS  0x80

#define TURN_DONE   0x20 /* to a call: the result is there */
#define TURN_FULL   0x21 /* to a call: build a signal frame, run the orders, park */
#define TURN_ORDER  0x22 /* to a call: run the orders, post the call again */
#define TURN_SLEEP  0x23 /* to any post: sleep, and be notified about */
#define TURN_BULK   0x24 /* to a call: copy what CHAN_BULK_* say; then it is posted as before */
#define TURN_REST   0x25 /* to a call: it will take time; sleep on the bell */
#define TURN_LAST   0x26 /* to a call: run the orders; the result is there, if they go well */
#define TURN_CMD    0x40 /* to a park: STUB_CMD_* in the bits below */

/* The rest of the control page. */
#define CHAN_NR_ORDERS 0x180 /* u32: orders to run when the stub is next entered */
#define CHAN_FS_BASE   0x188 /* u64: as the guest had it when the stub was entered */
#define CHAN_GS_BASE   0x190
#define CHAN_DONE      0x198 /* u64: orders that went well */
#define CHAN_LAST      0x1a0 /* u64: what the last order returned */
#define CHAN_SP        0x1a8 /* u64: of a park: where its signal frame stands */
#define CHAN_KICKED    0x1b0 /* u32: the stub parks when the answer is copied out; both set it */
#define CHAN_ORDERS    0x200 /* struct stub_order[CHAN_MAX_ORDERS] */
#define CHAN_SCRATCH   0xe00 /* what pointer arguments of orders point to */
#define CHAN_RLIMITS   0xf00 /* struct rlimit64[NR_RLIMITS] */
#define CHAN_FACTS     0x1000
#define CHAN_WIN_IN    0x1800
#define CHAN_WIN_OUT   0x6400
#define CHAN_WIN_SIZE  0x4c00
#define CHAN_BYTES     0xb000
#define CHAN_BYTES_MAX 0x10000
#define CHAN_ALTSTACK  0x1b000
#define ALTSTACK_SIZE  0x5000 /* CHAN_SIZE - CHAN_ALTSTACK */

/*
 * Facts hold while the word at EPOCH is the one they were told with.  First
 * those of the descriptor that was opened last, a regular file's or a directory's.
 */
#define FACT_FD    (CHAN_FACTS + 0x00) /* u32: the descriptor and 1; 0: none */
#define FACT_SHUT  (CHAN_FACTS + 0x04) /* u32: the one the stub has closed, and 1; with FACT_FD */
#define FACT_EPOCH (CHAN_FACTS + 0x08) /* u64 */
#define FACT_POS   (CHAN_FACTS + 0x10) /* u64: its position */
#define FACT_STAT  (CHAN_FACTS + 0x18) /* struct stat */
#define FACT_NR    (CHAN_FACTS + 0xa8) /* u32: the call that has nothing more at its end */

/*
 * If CHAN_BYTES_OF names it as well, the stub reads there what CHAN_BYTES_LEN has, and
 * exchanges the position, unless that was taken away meanwhile.
 */
#define POS_TAKEN -1 /* in FACT_POS */

/*
 * Then places that were asked for by name: NR_PLACES, each in the slot that the
 * last four bytes of its name and PLACE_HASH say.
 */
#define CHAN_PLACES     (CHAN_FACTS + 0xc0)
#define PLACE_SIZE      0xe0
#define PLACE_EPOCH     0x00 /* u64; 0: nothing is told */
#define PLACE_LEN       0x08 /* u32: of the name */
#define PLACE_STAT      0x10 /* struct stat */
#define PLACE_NAME      0xa0 /* not terminated */

#define NR_PLACES       8
#define PLACE_HASH      0x9e3779b1 /* the upper 3 bits of the product */
#define PLACE_NAME_MIN  8
#define PLACE_NAME_MAX  64

#define STAT_SIZE       144

#define CHAN_MAX_ORDERS 48

/* struct stub_order: a host call, or one of the ORDER_* below. */
#define ORDER_NR   0
#define ORDER_ARGS 8
#define ORDER_RET  56
#define ORDER_SIZE 64

/* args: address, old, new; ret: what stood there (32 bits) */
#define ORDER_CMPXCHG32 0x10000
/* the same of 64 bits, the address a multiple of 8; what stood there goes to args[1], ret is 0 */
#define ORDER_CMPXCHG64 0x10001

/* What the answer to a park tells the stub to do. */
#define STUB_CMD_RUN    1  /* run the orders in the channel, then park again */
#define STUB_CMD_RESUME 2  /* with RUN: then do not park, back to the guest; alone: at once */
#define STUB_CMD_EXIT   4  /* unmap the channel and end the thread */
#define STUB_CMD_CALL   8  /* the stub's own: the orders are a call's, which is posted again */
#define STUB_CMD_LAST   16 /* the stub's own, with CALL: posted only if they did not go well */

/*
 * A signal that interrupts the stub itself is told of by a notified call, with
 * its address, number and frame as arguments.  The answer:
 */
#define NESTED_RESUME 0 /* go on */
#define NESTED_PARK   1 /* park with this frame */

/* Offsets in the host's signal frame (struct sigframe). */
#define FRAME_R8    48
#define FRAME_R9    56
#define FRAME_R10   64
#define FRAME_R11   72
#define FRAME_R12   80
#define FRAME_R13   88
#define FRAME_R14   96
#define FRAME_R15   104
#define FRAME_DI    112
#define FRAME_SI    120
#define FRAME_BP    128
#define FRAME_BX    136
#define FRAME_DX    144
#define FRAME_CX    160
#define FRAME_SP    168
#define FRAME_IP    176
#define FRAME_FLAGS 184
#define FRAME_SIGNO 312

/*
 * The table of addresses at the start of the stub's page (struct stub_table).
 * An event is known by the address after its syscall instruction.
 */
#define STUB_TABLE_SIZE 320
