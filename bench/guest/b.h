/*
 * What the programs that are measured share.
 *
 *	PROGRAM OP      measure OP, print nanoseconds per operation on one line
 *	PROGRAM         list the operations
 *
 * An operation says how long @n of it took.  How many make a batch of BATCH_NS is
 * found out first, which also warms up whatever wants warming; the median of three
 * batches is printed.  Start-up is in none of it.  Exit status 77: cannot be had here.
 */
#pragma once
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BATCH_NS 25000000ull
#define BATCHES  3

typedef uint64_t (*op_fn)(uint64_t n);

struct op {
	const char *name;
	op_fn run;
};

static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

__attribute__((noreturn)) static inline void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

/* must - what may not fail, or the figure would be a lie */
#define must(cond)                  \
	do {                        \
		if (!(cond))        \
			die(#cond); \
	} while (0)

/* OP(name) { one round; } - an operation that is nothing but a loop */
#define OP(name)                              \
	static inline void one_##name(void);  \
	static uint64_t op_##name(uint64_t n) \
	{                                     \
		uint64_t start = now_ns();    \
		while (n--)                   \
			one_##name();         \
		return now_ns() - start;      \
	}                                     \
	static inline void one_##name(void)

static inline int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* How many make a batch. */
static inline uint64_t calibrate(op_fn run)
{
	uint64_t n = 1, ns = run(1);

	while (ns < BATCH_NS / 4) {
		uint64_t grown = ns ? n * (BATCH_NS / 2) / ns : n * 8;

		/* Not in one leap: the first rounds may be slower by far. */
		n = grown > n * 8 ? n * 8 : grown > n * 2 ? grown : n * 2;
		ns = run(n);
	}
	n = (uint64_t)((double)n * (double)BATCH_NS / (double)ns);
	return n ? n : 1;
}

static inline int bench_main(int argc, char **argv, const struct op *ops, size_t nr)
{
	uint64_t ns[BATCHES], n;

	for (size_t i = 0; i < nr; i++) {
		if (argc < 2) {
			puts(ops[i].name);
			continue;
		}
		if (strcmp(argv[1], ops[i].name))
			continue;
		n = calibrate(ops[i].run);
		for (int b = 0; b < BATCHES; b++)
			ns[b] = ops[i].run(n);
		qsort(ns, BATCHES, sizeof(ns[0]), compare_u64);
		printf("%.2f\n", (double)ns[BATCHES / 2] / (double)n);
		return 0;
	}
	if (argc < 2)
		return 0;
	fprintf(stderr, "no operation '%s'\n", argv[1]);
	return 2;
}

#define BENCH_MAIN(ops)                                                             \
	int main(int argc, char **argv)                                             \
	{                                                                           \
		return bench_main(argc, argv, ops, sizeof(ops) / sizeof((ops)[0])); \
	}
