/*
 * Whole programs.  Each becomes two rows: NAME, run again and again inside one
 * sandbox, which is what the target speaks of; and NAME+start, once, with the
 * sandbox made for it and gone again.  Servers and their clients run in one sandbox
 * and print what one request takes.
 */
#include <string.h>

#include "lib/alloc.h"
#include "runtime/bench/internal.h"

#define INSIDE  "programs, inside one sandbox"
#define OUTSIDE "programs, start of the sandbox included"

struct program {
	const char *name, *what, *command;
	bool shell; /* the command is a script */
	const char *needs, *setup;
	unsigned nominal_ms; /* of one run */
	bool slow;
};

static const struct program programs[] = {
	{
		.name = "python",
		.what = "Python starts and ends",
		.command = "/usr/bin/python3 -c pass",
		.needs = "/usr/bin/python3",
		.nominal_ms = 15,
	},
};

struct bench_row *rows_programs(size_t *ret_nr)
{
	size_t n = ARRAY_SIZE(programs);
	struct bench_row *rows = words_memory(kcalloc(n * 2, sizeof(*rows)));

	for (size_t i = 0; i < n; i++) {
		const struct program *p = &programs[i];
		struct bench_row *in = &rows[i], *out = &rows[n + i];

		*in = (struct bench_row){
			.name = p->name,
			.group = INSIDE,
			.what = p->what,
			.kind = ROW_INSIDE,
			.command = p->command,
			.shell = p->shell,
			.needs = p->needs,
			.setup = p->setup,
			.target_kind = TARGET_RATIO,
			.target = 1.2,
			.nominal_ms = p->nominal_ms * 4 + 200,
			.slow = p->slow,
		};
		*out = *in;
		out->name = words_memory(kasprintf("%s+start", p->name));
		out->group = OUTSIDE;
		out->kind = ROW_OUTSIDE;
		out->target_kind = TARGET_NONE;
		out->nominal_ms = p->nominal_ms;
		out->slow = true;
	}
	*ret_nr = n * 2;
	return rows;
}
