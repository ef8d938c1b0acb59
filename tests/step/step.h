/*
 * What the driver (step.c) and its guest (guest/) share: a struct in the
 * guest's memory that the driver reads and writes from outside, and a nonce of
 * STEP_NONCE bytes that only the process to be traced has.
 */
#pragma once
#include <stdint.h>

#define STEP_NONCE 32
#define STEP_NAME  24
#define STEP_FILE  40
#define STEP_MAX   64

/*
 * What a byte on the guest's standard input asks of its second thread; or of a second
 * process, beside calls that the stub answers only to one who has its handlers alone.
 */
#define STEP_FIRST  1 /* tgkill() the first thread */
#define STEP_SECOND 2 /* with another signal */
#define STEP_CALLS  4 /* before that, many calls in quick succession: the sentry begins to look */
#define STEP_LOOK   8 /* have a third thread call until the round is over: the sentry looks */

/* struct step_call.flags */
#define STEP_BLOCKS 1  /* waits for what the handler writes */
#define STEP_EINTR  2  /* its first signal restarts nothing */
#define STEP_PAIRS  4  /* is tried with two signals too */
#define STEP_LONG   8  /* a long copy: what is new is met only while the sentry looks */
#define STEP_ALONE  16 /* with a second process, not a thread */

struct step_call {
	char name[STEP_NAME];
	uint64_t code, len; /* the site */
	uint64_t patch;     /* where its jump will stand */
	uint64_t flags;
};

/*
 * A round.  The guest waits without a call, so that nothing but the call at hand
 * is stopped:
 *
 *	driver  which, go           start           ack
 *	guest              prepared           over        done
 */
struct step_shared {
	volatile uint32_t ready; /* guest: all below is filled, and each site was used often */
	volatile uint32_t which; /* driver: the call to make */
	volatile uint32_t go, start, ack;       /* driver: the round's number */
	volatile uint32_t prepared, over, done; /* guest: the same */
	volatile uint32_t kicks;   /* guest: bytes of standard input that were served */
	volatile uint32_t handled; /* guest: signals */
	volatile uint32_t failed;  /* guest: the line that found it wrong, 0: none */
	char file[STEP_FILE];      /* guest: whose line */
	volatile uint64_t got, want;
	uint32_t nr;
	struct step_call call[STEP_MAX];
};
