/*
 * bailey bench: what system calls and programs cost natively, under bailey, and
 * under what else this machine has.
 */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "runtime/bench/internal.h"
#include "runtime/bench/run.h"
#include "runtime/runtime.h"

#define EXIT_USAGE     2
#define ROUNDS_DEFAULT 7
#define ROUNDS_QUICK   3

static const char usage[] =
	"usage: bailey bench [OPTION]...\n"
	"\n"
	"Measures system calls and whole programs natively, under each platform of bailey\n"
	"and under the peers that are installed, interleaved in one run, and prints the\n"
	"ratios to native.\n"
	"\n"
	"  --list                what is measured, and under what; measures nothing\n"
	"  --only GLOB           only rows that match; may be repeated\n"
	"  --against LIST        peers, separated by commas; none; all (the default)\n"
	"  --platform LIST       platforms of bailey, likewise\n"
	"  --link static|dynamic how the programs that are measured are linked (default dynamic)\n"
	"  --rounds N            rounds for each row (default 7, --quick 3)\n"
	"  --quick               three rounds, and without the rows that take long\n"
	"  --targets             show what bailey wants to reach, and whether it does\n"
	"  --json FILE, --csv FILE, --plot FILE.svg    also write this; - is standard output\n"
	"\n"
	"The exit status is 0 when all ran, 1 when something failed, 2 when the command line\n"
	"is wrong.\n";

enum {
	OPT_LIST = 256,
	OPT_ONLY,
	OPT_AGAINST,
	OPT_PLATFORM,
	OPT_LINK,
	OPT_ROUNDS,
	OPT_QUICK,
	OPT_TARGETS,
	OPT_JSON,
	OPT_CSV,
	OPT_PLOT,
};

static const struct option options[] = {
	{"list", no_argument, NULL, OPT_LIST},
	{"only", required_argument, NULL, OPT_ONLY},
	{"against", required_argument, NULL, OPT_AGAINST},
	{"platform", required_argument, NULL, OPT_PLATFORM},
	{"link", required_argument, NULL, OPT_LINK},
	{"rounds", required_argument, NULL, OPT_ROUNDS},
	{"quick", no_argument, NULL, OPT_QUICK},
	{"targets", no_argument, NULL, OPT_TARGETS},
	{"json", required_argument, NULL, OPT_JSON},
	{"csv", required_argument, NULL, OPT_CSV},
	{"plot", required_argument, NULL, OPT_PLOT},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static int parse_link(const char *s, struct bench_options *o)
{
	if (strcmp(s, "static") && strcmp(s, "dynamic"))
		return fail("--link '%s': static or dynamic is wanted", s);
	o->link_static = !strcmp(s, "static");
	return 0;
}

static int parse_rounds(const char *s, struct bench_options *o)
{
	char *end;
	unsigned long n = strtoul(s, &end, 10);

	if (*s < '0' || *s > '9' || *end || n < 1 || n > BENCH_ROUNDS_MAX)
		return fail("--rounds '%s': 1 to %d is wanted", s, BENCH_ROUNDS_MAX);
	o->rounds = (unsigned)n;
	return 0;
}

static int parse_only(const char *s, struct bench_options *o)
{
	if (o->nr_only == ARRAY_SIZE(o->only))
		return fail("more than %zu times --only", ARRAY_SIZE(o->only));
	o->only[o->nr_only++] = s;
	return 0;
}

static int parse_option(int opt, struct bench_options *o)
{
	switch (opt) {
	case OPT_LIST:
		o->list = true;
		break;
	case OPT_ONLY:
		return parse_only(optarg, o);
	case OPT_AGAINST:
		o->against = optarg;
		break;
	case OPT_PLATFORM:
		o->platforms = optarg;
		break;
	case OPT_LINK:
		return parse_link(optarg, o);
	case OPT_ROUNDS:
		return parse_rounds(optarg, o);
	case OPT_QUICK:
		o->quick = true;
		break;
	case OPT_TARGETS:
		o->targets = true;
		break;
	case OPT_JSON:
		o->json = optarg;
		break;
	case OPT_CSV:
		o->csv = optarg;
		break;
	case OPT_PLOT:
		o->plot = optarg;
		break;
	case 'h':
		o->help = true;
		break;
	}
	return 0;
}

static bool is_stdout(const char *file)
{
	return file && !strcmp(file, "-");
}

static int parse(int argc, char **argv, struct bench_options *o)
{
	int opt, at = 1, err;

	opterr = 0;
	optind = 1;
	while ((opt = getopt_long(argc, argv, "+:h", options, NULL)) != -1) {
		if (opt == '?')
			return fail("unknown option '%s'; `bailey bench --help` lists them",
				    argv[at]);
		if (opt == ':')
			return fail("option '%s' wants a value; `bailey bench --help` says which",
				    argv[at]);
		err = parse_option(opt, o);
		if (err)
			return err;
		at = optind;
	}
	if (is_stdout(o->json) + is_stdout(o->csv) + is_stdout(o->plot) > 1)
		return fail("only one of --json, --csv and --plot can have standard output");
	if (optind < argc)
		return fail("'%s' is not an option; `bailey bench --help` lists them",
			    argv[optind]);
	return 0;
}

/* The files that are asked for, opened before anything is measured. */
struct outputs {
	FILE *table, *json, *csv, *plot;
};

static int open_output(const char *name, struct outputs *out, FILE **ret)
{
	if (!name)
		return 0;
	if (is_stdout(name)) {
		if (out->table == stderr)
			return fail(
				"only one of --json, --csv and --plot can have standard output");
		/* The table gives way. */
		out->table = stderr;
		*ret = stdout;
		return 0;
	}
	*ret = fopen(name, "we");
	return *ret ? 0 : fail("cannot write '%s': %s", name, strerror(errno));
}

static int open_outputs(const struct bench_options *o, struct outputs *out)
{
	int err = open_output(o->json, out, &out->json);

	if (!err)
		err = open_output(o->csv, out, &out->csv);
	if (!err)
		err = open_output(o->plot, out, &out->plot);
	return err;
}

static int close_output(FILE *f, const char *name)
{
	if (!f)
		return 0;
	/* A full disk shows now at the latest. */
	if (fflush(f) || ferror(f))
		return fail("cannot write '%s': %s", name, strerror(errno));
	if (f != stdout)
		fclose(f);
	return 0;
}

static int write_outputs(const struct bench *b, struct outputs *out)
{
	int err = 0;

	bench_print_table(b, out->table);
	if (out->json)
		err = bench_write_json(b, out->json);
	if (out->csv)
		bench_write_csv(b, out->csv);
	if (out->plot)
		bench_write_svg(b, out->plot);
	err |= close_output(out->json, b->opt.json);
	err |= close_output(out->csv, b->opt.csv);
	err |= close_output(out->plot, b->opt.plot);
	return err;
}

static void print_list(const struct bench *b)
{
	const char *group = "";
	char why[BENCH_WHY_MAX], path[512];

	for (size_t i = 0; i < b->nr_rows; i++) {
		const struct bench_row *r = &b->row[i];

		if (strcmp(group, r->group)) {
			group = r->group;
			printf("%s\n", group);
		}
		printf("  %-22s %s", r->name, r->what);
		if (row_missing(r, why))
			printf(" (%s)", why);
		putchar('\n');
	}
	printf("\nmeasured under\n");
	for (size_t i = 0; i < b->nr_columns; i++) {
		const struct bench_column *c = &b->column[i];

		printf("  %-22s %s", c->name, c->what);
		if (c->program && !run_find(c->program, path, sizeof(path)))
			printf(" (not installed)");
		putchar('\n');
	}
}

static void announce(const struct bench *b)
{
	unsigned s = bench_estimate(b);
	size_t usable = 0;

	for (size_t c = 0; c < b->nr_columns; c++)
		usable += b->column[c].usable;
	fprintf(stderr,
		"bailey bench: %zu rows under %zu columns, up to %u rounds, about %u:%02u\n",
		b->nr_rows, usable, b->rounds, s / 60, s % 60);
}

/* Everything between the making of our directory and its removal; an exit status. */
static int run(struct bench *b, struct bench_place *p, struct outputs *out)
{
	int err = place_make(p);
	bool good;

	if (err)
		return EXIT_FAILURE;
	columns_probe(b, p);
	good = b->column[0].usable;
	if (good) {
		announce(b);
		machine_watch();
		good = bench_measure(b, p);
		machine_watched(&b->machine);
	}
	b->interrupted = run_interrupted();
	columns_finish(b);
	if (write_outputs(b, out))
		return EXIT_FAILURE;
	if (b->interrupted)
		return 128 + SIGINT;
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void bench_fini(struct bench *b)
{
	for (size_t i = 0; i < b->nr_rows * b->nr_columns; i++)
		kfree(b->cell[i].sample);
	kfree(b->cell);
	kfree(b->row_why);
	kfree((void *)b->row);
}

static int prepare(struct bench *b)
{
	time_t now = time(NULL);
	struct tm tm;
	int err;

	columns_list(b);
	err = columns_choose(b);
	if (!err)
		err = rows_select(b);
	b->rounds = b->opt.rounds ? b->opt.rounds : b->opt.quick ? ROUNDS_QUICK : ROUNDS_DEFAULT;
	strftime(b->date, sizeof(b->date), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	machine_describe(&b->machine);
	return err;
}

/* All that follows a sound command line; an exit status. */
static int bench_run(struct bench *b)
{
	struct bench_place place = {0};
	struct outputs out = {.table = stdout};
	int status;

	if (b->opt.list) {
		print_list(b);
		return EXIT_SUCCESS;
	}
	if (open_outputs(&b->opt, &out) || place_find(&place, b->opt.link_static) || chdir("/"))
		return EXIT_FAILURE;
	run_catch_signals();
	status = run(b, &place, &out);
	place_remove(&place);
	return status;
}

int cmd_bench(int argc, char **argv)
{
	struct bench b = {0};
	int status;

	if (parse(argc, argv, &b.opt))
		return EXIT_USAGE;
	if (b.opt.help) {
		fputs(usage, stdout);
		return EXIT_SUCCESS;
	}
	status = prepare(&b) ? EXIT_USAGE : bench_run(&b);
	bench_fini(&b);
	return status;
}
