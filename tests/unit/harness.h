/*
 * The small harness of the unit tests: TAP out, tests that register themselves,
 * each in a process of its own, so that a panic fails one test and no more.
 *
 * A test passes when every check held, as many allocations are out as before,
 * and no lock is held.  Expected values come first: CHECK_EQ(want, got).
 */
#pragma once
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/base.h"

struct unit_test {
	const char *name;
	void (*fn)(void);
	struct unit_test *next;
};

/* unit_register - called before main() by what TEST() makes */
void unit_register(struct unit_test *t);

/* unit_fail - the running test has failed: say where and why, and go on */
void unit_fail(const char *file, int line, const char *fmt, ...) printf_like(3, 4);

/* unit_skip - the running test cannot run here */
void unit_skip(const char *why);

/* unit_check_str - strings, shown when they differ; NULL is a value like others */
void unit_check_str(const char *file, int line, const char *what, const char *want,
		    const char *got);

/* TEST(subject_behaviour) { ... } */
#define TEST(test)                                                              \
	static void test_##test(void);                                          \
	__attribute__((constructor)) static void register_##test(void)          \
	{                                                                       \
		static struct unit_test t = {.name = #test, .fn = test_##test}; \
		unit_register(&t);                                              \
	}                                                                       \
	static void test_##test(void)

#define CHECK(cond)                                                 \
	do {                                                        \
		if (!(cond))                                        \
			unit_fail(__FILE__, __LINE__, "%s", #cond); \
	} while (0)

#define CHECK_EQ(want, got)                                                                       \
	do {                                                                                      \
		int64_t want_ = (int64_t)(want), got_ = (int64_t)(got);                           \
		if (want_ != got_)                                                                \
			unit_fail(__FILE__, __LINE__, "%s: want %" PRId64 ", got %" PRId64, #got, \
				  want_, got_);                                                   \
	} while (0)

#define CHECK_STR(want, got) unit_check_str(__FILE__, __LINE__, #got, want, got)

#define CHECK_MEM(want, got, size)                                               \
	do {                                                                     \
		if (memcmp(want, got, size))                                     \
			unit_fail(__FILE__, __LINE__, "%s: bytes differ", #got); \
	} while (0)

/* As CHECK, but the test ends here when it does not hold. */
#define REQUIRE(cond)                                               \
	do {                                                        \
		if (!(cond)) {                                      \
			unit_fail(__FILE__, __LINE__, "%s", #cond); \
			return;                                     \
		}                                                   \
	} while (0)

/* unit_aborts - does @fn(@arg) end its process by abort(), as panic() does */
bool unit_aborts(void (*fn)(void *arg), void *arg);
