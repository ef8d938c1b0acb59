/*
 * Rows of several sandboxes at the same time.
 *
 * Each line of the row's command is what one sandbox runs, `copies` times over.  A
 * shell starts them all and waits for all; what each prints goes to a file of its
 * own.  The guests that measure for a time agree on when to begin ({at}), so that
 * how long a sandbox takes to start does not count.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "lib/alloc.h"
#include "runtime/bench/internal.h"

#define READY_MS 200 /* for the start of the last, beyond what starting alone takes */
#define LATE     75  /* the status of a guest that started too late (bench/guest/load.c) */

/* How many sandboxes the row makes. */
unsigned several_count(const struct bench_row *row)
{
	unsigned lines = 1;

	for (const char *at = row->command; *at; at++)
		lines += *at == '\n';
	return lines * max(row->copies, 1u);
}

static void write_quoted(FILE *f, const char *word)
{
	fputc('\'', f);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", f);
		else
			fputc(*word, f);
	fputs("' ", f);
}

/* The line of the script that starts one sandbox. */
static int write_start(FILE *f, const struct bench_column *c, const struct bench_place *p,
		       const char *command, unsigned n)
{
	struct words cmd = {0}, line = {0};
	int err;

	words_split(&cmd, command);
	err = column_command(c, p, &cmd, &line);
	for (size_t i = 0; i < line.nr; i++)
		write_quoted(f, line.w[i]);
	fprintf(f, ">%s/out-%u & p%u=$!\n", p->work, n, n);
	words_free(&cmd);
	words_free(&line);
	return err;
}

static u64 begin_ms(const struct bench_row *row, const struct bench_column *c, unsigned patience)
{
	/* As many as there are start at once, and there may be only one processor for it. */
	u64 start = c->start_ns / NSEC_PER_MSEC * (several_count(row) + 1);
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (u64)ts.tv_sec * 1000 + (u64)ts.tv_nsec / NSEC_PER_MSEC +
	       (READY_MS + start) * patience;
}

static int write_script(FILE *f, const struct bench_row *row, const struct bench_column *c,
			const struct bench_place *p, unsigned patience)
{
	struct words_places places = p->words;
	char *text, *line, *rest;
	unsigned n = 0;
	int err = 0;

	places.at_ms = begin_ms(row, c, patience);
	text = words_expand(row->command, &places);
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		for (unsigned i = 0; i < max(row->copies, 1u) && !err; i++)
			err = write_start(f, c, p, line, n++);
	fprintf(f, "s=0\n");
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "wait $p%u || s=$?\n", i);
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "cat %s/out-%u\n", p->work, i);
	fprintf(f, "exit $s\n");
	kfree(text);
	return err;
}

int several_command(const struct bench_row *row, const struct bench_column *c,
		    const struct bench_place *p, unsigned patience, struct words *ret)
{
	char path[128];
	FILE *f;
	int err;

	snprintf(path, sizeof(path), "%s/several", p->work);
	f = fopen(path, "we");
	if (!f)
		return -errno;
	err = write_script(f, row, c, p, patience);
	if (ferror(f))
		err = -EIO;
	if (fclose(f) && !err)
		err = -EIO;
	words_split(ret, "/bin/sh");
	words_add(ret, "%s", path);
	return err;
}

bool several_was_late(const struct bench_row *row, const struct run *r)
{
	return row->kind == ROW_SEVERAL && WIFEXITED(r->status) && WEXITSTATUS(r->status) == LATE;
}

int several_figure(const struct bench_row *row, const struct run *r, double *ret)
{
	double first = 0, most = 0, least = 0, v;
	const char *at = r->out;
	char *end;
	unsigned n = 0;

	if (row->several == SEVERAL_TIME) {
		*ret = (double)r->ns;
		return 0;
	}
	for (; (v = strtod(at, &end)) > 0 && end != at; at = end, n++) {
		first = n ? first : v;
		most = n ? max(most, v) : v;
		least = n ? min(least, v) : v;
	}
	if (n != several_count(row))
		return -EBADMSG;
	*ret = row->several == SEVERAL_FIRST     ? first
	       : row->several == SEVERAL_SLOWEST ? most
						 : most / least;
	return 0;
}
