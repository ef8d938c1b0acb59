/*
 * step BAILEY GUEST PLATFORM [CALL] - a signal at every single instruction of a fast call
 *
 * Runs the guest in a sandbox and traces its first thread from outside.  For each
 * kind of call and each byte of its site, its trampoline and the stub, a hardware
 * breakpoint stops the thread there the first time it comes by; then the guest's second thread
 * signals it, and it goes on.  The guest checks that the call was made
 * once, with its result, and that nothing else has changed; the driver, that the
 * signal was handled by the time the call was over.
 *
 * A place where the call has been posted is tried twice: the signal comes before
 * the sentry has looked at it, and after.  A call that blocks is put to rest on its
 * bell as well, and met there by the guest's signal, or by one of the host's that nobody wants.  Of
 * some calls, a second signal meets the thread on the way that the first one sent it.
 *
 * The last line is the totals, as of other runners.  With STEP_PLACES set, standard
 * error gets the offset in the stub of each instruction that was met.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/step/driver.h"

#define TRAMPOLINE 48
#define PLACES_MAX 8192

static uint32_t total;

/* Where a call has been met in the stub: one byte each. */
static bool known[STUB_SIZE];

static void learn(const uint64_t *places, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (places[i] - STUB_BASE < STUB_SIZE)
			known[places[i] - STUB_BASE] = true;
}

static bool is_posted_at(uint64_t at)
{
	return (at >= stub.posted && at < stub.fast_end) || (at >= stub.outs && at < stub.outs_end);
}

/*
 * Every place where the guest can be in call @c; how many.  One that blocks is
 * slow where it is not met: there, the instructions that others came by.
 */
static unsigned places_of(const struct step_call *c, uint64_t *ret, uint64_t stub_end)
{
	bool blocks = c->flags & STEP_BLOCKS, is_long = c->flags & STEP_LONG;
	unsigned char jump[5];
	int32_t rel;
	unsigned n = 0;

	if (!read_guest(jump, sizeof(jump), c->patch) || jump[0] != 0xe9)
		die("the site of %s is not patched", c->name);
	memcpy(&rel, jump + 1, sizeof(rel));
	for (uint64_t i = 0; i < c->len; i++)
		ret[n++] = c->code + i;
	for (uint64_t i = 0; i < TRAMPOLINE; i++)
		ret[n++] = c->patch + sizeof(jump) + (uint64_t)(int64_t)rel + i;
	for (uint64_t at = STUB_BASE + STUB_TABLE_SIZE; at < stub_end; at++)
		if ((!blocks || known[at - STUB_BASE]) && (!is_long || is_posted_at(at)))
			ret[n++] = at;
	return n;
}

/* Four places at a time; where one was met, the others are tried again. */
static unsigned try_all(const struct step_call *c, uint64_t *places, unsigned n, bool look)
{
	unsigned met = 0, next = 0;

	while (next < n) {
		struct run r = {.call = c, .look = look};
		uint64_t place;
		unsigned k;

		r.nr = n - next < BREAKPOINTS ? n - next : BREAKPOINTS;
		memcpy(r.first, places + next, r.nr * sizeof(*places));
		place = run_once(&r);
		/* Whether the sentry looks is up to it. */
		for (k = 1; !place && k < (c->flags & STEP_LONG ? 4u : 1u); k++)
			place = run_once(&r);
		if (!place) {
			next += r.nr;
			continue;
		}
		/* To the front, in order, for whoever wants to know which. */
		for (k = next; places[k] != place; k++)
			;
		places[k] = places[next];
		places[next] = places[met];
		places[met++] = place;
		next++;
	}
	return met;
}

/* Those of @places where an answer can be there, to the front. */
static unsigned keep_posted(uint64_t *places, unsigned n)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < n; i++)
		if (is_posted_at(places[i]))
			places[kept++] = places[i];
	return kept;
}

/* A second signal on the way from the first; there it comes by where no call else does. */
static void try_pairs(const struct step_call *c, uint64_t *places, unsigned n)
{
	unsigned nr_first = n;

	for (uint64_t at = stub.kicked; at < stub.full; at++)
		places[n++] = at;
	for (unsigned i = 0; i < nr_first; i += 3) {
		for (unsigned k = i % 2; k < n; k += 2) {
			struct run r = {
				.call = c, .first = {places[i]}, .nr = 1, .second = places[k]};

			run_once(&r);
		}
	}
}

/* Four times, since the sentry does not always care to look. */
static bool try_rest(const struct run *r)
{
	bool met = false;

	rested = false;
	for (int i = 0; i < 4 && !rested; i++)
		met = run_once(r);
	return met;
}

/* Where a call rests, which it does only when it is told to; how many of the places were met. */
static unsigned try_rests(const struct step_call *c)
{
	unsigned met = 0;

	for (uint64_t at = stub.rest; at < stub.rest_end; at++) {
		struct run r = {
			.call = c, .first = {stub.posted}, .nr = 1, .second = at, .rest = true};

		if (!try_rest(&r))
			continue;
		met++;
		r.unwanted = true;
		try_rest(&r);
	}
	return met;
}

static void try_call(const struct step_call *c, uint64_t stub_end)
{
	static uint64_t places[PLACES_MAX];
	double began = now();
	unsigned n = places_of(c, places, stub_end), met;

	met = try_all(c, places, n, false);
	learn(places, met);
	n = keep_posted(places, met);
	n = try_all(c, places, n, true);
	if (c->flags & STEP_PAIRS)
		try_pairs(c, places, n);
	printf("ok %s: %u places, %u of them twice", c->name, met, n);
	if (c->flags & STEP_BLOCKS)
		printf(", %u at rest", try_rests(c));
	printf(" (%.1f s)\n", now() - began);
	fflush(stdout);
}

/* All calls, or the one @only, that want what is @beside the first thread. */
static void try_beside(char **argv, const char *beside, uint64_t flag, const char *only)
{
	uint64_t end = traced_start(argv, beside);

	rounds_begin();
	for (unsigned i = 0; i < sh.nr; i++)
		if ((sh.call[i].flags & STEP_ALONE) == flag &&
		    (!only || !strcmp(only, sh.call[i].name)))
			try_call(&sh.call[i], end);
	traced_end();
	total += rounds;
}

int main(int argc, char **argv)
{
	const char *only = argc > 4 ? argv[4] : NULL;

	if (argc < 4)
		die("usage: step BAILEY GUEST PLATFORM [CALL]");
	try_beside(argv, "thread", 0, only);
	try_beside(argv, "process", STEP_ALONE, only);
	for (unsigned i = 0; getenv("STEP_PLACES") && i < STUB_SIZE; i++)
		if (known[i])
			fprintf(stderr, "%x\n", i);
	printf("# %u calls\n%u passed, 0 failed, 0 skipped\n", total, hits);
	return 0;
}
