/*
 * The guest of step.c: makes one call at a time, told when by its memory, and
 * checks that a signal on the way has changed nothing of it.
 *
 *	main.c   its threads, its signals, and the round
 *	probe.c  one call through its site, with everything compared
 *	plain.c  calls of every day
 *	told.c   of files that the stub was told of
 *	hard.c   that fail, sleep or are long
 *	alone.c  that the stub answers only to one who has its handlers alone
 */
#pragma once
#include "tests/step/step.h"

#include "t.h"

/* A call that is tried: how often it is so is up to the driver. */
struct kind {
	const char *name;
	void (*fn)(const struct step_call *c);
	long nr;
	bool mov; /* the jump stands in place of a mov before the syscall, else behind it */
	uint64_t flags;
};

struct kinds {
	const struct kind *kind;
	unsigned nr;
};

extern const struct kinds plain_calls, told_calls, hard_calls, alone_calls;

#define KINDS(array) ((struct kinds){array, sizeof(array) / sizeof((array)[0])})

/* main.c: what calls are made with */
#define WARM 8     /* rounds of each before the driver begins */
#define LONG 20000 /* bytes of a copy that takes another way */

extern struct step_shared *shared; /* with a second process */
#define sh (*shared)

extern pid_t pid, tid, parent;
extern pid_t sender;    /* of the signals that the driver asks for */
extern int pair[2];     /* a pipe, empty, that does not block */
extern int vain[2];     /* a pipe whose reader waits for a handler to write */
extern int sock[2];     /* of datagrams */
extern int null;        /* /dev/null */
extern char bytes[600]; /* what is written... */
extern char room[600];  /* ...and where it is read to */
extern char from[LONG], to[LONG];

/* fill - @n other bytes in each round, and dots in the room */
void fill(size_t n);

/* probe.c */

/* make - @nr with @args through the site of @c: registers, flags, red zone and vectors compared */
void make(const struct step_call *c, long nr, const uint64_t args[6]);
extern long result; /* of the last one */

/* on_signal - of all signals; compares what it finds in its context */
void on_signal(int sig, siginfo_t *info, void *ctx);
extern uint32_t kicked_self; /* SIGWINCH that were handled */

/* same - the first two that differ are what the driver tells */
void same(const char *at, unsigned line, uint64_t got, uint64_t want);

#define SAME(g, w) same(__FILE__, __LINE__, (uint64_t)(g), (uint64_t)(w))
#define U(p)       ((uint64_t)(uintptr_t)(p))
#define MAKE(c, nr, want, ...)                                 \
	do {                                                   \
		make(c, nr, (const uint64_t[6]){__VA_ARGS__}); \
		SAME(result, want);                            \
	} while (0)
