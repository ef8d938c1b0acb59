/*
 * The driver's parts:
 *
 *	traced.c  the sandbox, and the guest's first thread as it is traced from outside
 *	round.c   one call of the guest's, met by signals on its way
 *	step.c    which calls, and where
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "tests/step/step.h"

#undef PAGE_SIZE
#undef PAGE_MASK
#include "platform/notify/stub_table.h"
#include "platform/stub/layout.h"

#define BREAKPOINTS 4

#define die(...)                              \
	do {                                  \
		fprintf(stderr, __VA_ARGS__); \
		fputc('\n', stderr);          \
		exit(1);                      \
	} while (0)

/* traced.c */
extern pid_t guest;            /* its host process, and first thread */
extern int ask;                /* its standard input */
extern struct step_shared sh;  /* as it was when it was last read whole */
extern struct stub_table stub; /* what its stub says of itself */

/* traced_start - the guest runs and is traced, @beside a thread or a process; the stub's end */
uint64_t traced_start(char **argv, const char *beside);
void traced_end(void);

double now(void);
void nap(void);

/* read_guest - @size bytes of its memory; false: there are not so many */
bool read_guest(void *buf, size_t size, uint64_t at);

/* What it shares with us, a word at a time. */
uint32_t get32(size_t off);
void put32(size_t off, uint32_t val);
#define GET(field)      get32(offsetof(struct step_shared, field))
#define PUT(field, val) put32(offsetof(struct step_shared, field), val)

/* The words of its channel, if it has one. */
uint32_t get_channel(size_t off);
void put_channel(size_t off, uint32_t val);

/* arm - it stops at each of these; BREAKPOINTS at most */
void arm(const uint64_t *places, unsigned n);
void disarm(void);

/* stop, go_on - the thread, wherever it is */
void stop(void);
void go_on(void);

/* look - the place at which it has stopped, 0: it runs; @c, @met: what to say if it is dead */
uint64_t look(const struct step_call *c, uint64_t met);

/* give_up - @c has failed at @place: say so, and end */
_Noreturn void give_up(const char *why, const struct step_call *c, uint64_t place);

/* round.c */
struct run {
	const struct step_call *call;
	uint64_t first[BREAKPOINTS]; /* signals are sent where one of these is met... */
	unsigned nr;
	uint64_t second; /* ...and another at this, 0: none */
	bool look;       /* have the sentry look before the signal */
	bool rest;       /* have the call taken, and told to rest, where it is posted */
	bool unwanted;   /* before the signal, a kick that the sentry has not sent */
};

/* run_once - make the call once; the place the first signal was sent at, 0: nowhere */
uint64_t run_once(const struct run *r);

/* rounds_begin - of a new guest */
void rounds_begin(void);

extern unsigned hits;   /* of all rounds: calls that were met */
extern uint32_t rounds; /* of this guest */
extern bool rested;     /* the sentry looked, and the call was told to rest */
