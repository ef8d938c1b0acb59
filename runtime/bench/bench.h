/*
 * bailey bench: what is measured (rows), under what (columns), and what came out
 * (cells).
 *
 *	struct bench -- columns[]  native, bailey's platforms, peers      (columns.c)
 *	             -- rows[]     operations and programs                (rows.c, programs.c)
 *	             -- cells      one for each pair, filled by rounds    (measure.c)
 *
 * and from there to the terminal and to files (table.c, report.c, plot.c).
 */
#pragma once
#include <stdio.h>

#include "lib/base.h"
#include "runtime/bench/stats.h"

#define BENCH_COLUMNS_MAX 16
#define BENCH_ROUNDS_MAX  101
#define BENCH_WHY_MAX     200

/* How a row gets its figure. */
enum row_kind {
	ROW_GUEST,   /* a program of bench/guest/ measures within itself */
	ROW_INSIDE,  /* a command is run again and again in one sandbox, by the runner */
	ROW_OUTSIDE, /* a command and the sandbox made for it, from outside */
	ROW_SCRIPT,  /* a shell script prints the figure */
	ROW_MEMORY,  /* what the helpers of an idle sandbox weigh */
	ROW_IDLE,    /* processor time that an idle sandbox takes in a second */
	ROW_SEVERAL, /* several sandboxes at the same time (several.c) */
};

/* What counts of several sandboxes. */
enum several {
	SEVERAL_TIME,    /* from the start of the first to the end of the last */
	SEVERAL_FIRST,   /* what the first prints; the others are there to disturb it */
	SEVERAL_SLOWEST, /* the largest figure that one prints */
	SEVERAL_SPREAD,  /* the largest over the smallest */
};

enum target_kind {
	TARGET_NONE,
	TARGET_RATIO,  /* at most so much of native */
	TARGET_FIGURE, /* at most so much, whatever native takes */
};

/* One thing to measure.  Text may hold {work}, {tmp} and {port} (words.h). */
struct bench_row {
	const char *name, *group, *what;
	enum row_kind kind;
	enum unit unit;
	const char *program;  /* ROW_GUEST: of bench/guest/ */
	const char *command;  /* the operation; or the words of a command; or a script */
	const char *native;   /* ROW_GUEST: another program to compare with, or NULL */
	enum several several; /* ROW_SEVERAL: which figure it is */
	unsigned copies;      /* ROW_SEVERAL: sandboxes for each line of the command */
	unsigned watch_ms;    /* ROW_IDLE: how long it is watched; 0: a second */
	bool shell;           /* ROW_INSIDE, ROW_OUTSIDE: the command is a script */
	const char *needs;    /* programs and absolute paths it cannot do without, or NULL */
	const char *setup;    /* script that makes what it needs in {work}, or NULL */
	enum target_kind target_kind;
	double target;
	const char *only;    /* the one column, next to native, it makes sense for; or NULL */
	unsigned nominal_ms; /* about how long one round takes natively */
	bool slow;           /* not part of --quick */
	bool named;          /* measured only when --only names it without a wildcard */
};

enum column_kind {
	COLUMN_NATIVE,
	COLUMN_BAILEY,
	COLUMN_WRAPPER, /* takes the command behind its own flags: bwrap, proot */
	COLUMN_OCI,     /* takes a bundle: runsc, crun, runc */
	COLUMN_DOCKER,
};

/* One way to run a program. */
struct bench_column {
	const char *name, *what;
	enum column_kind kind;
	const char *program; /* looked up in PATH; NULL: ourselves or nobody */
	const char *flags;   /* words in front of the command */
	const char *device;  /* that it cannot do without, or NULL */
	unsigned probe_ms;   /* how long it has for a first `true`; 0: the usual */
	bool own_kernel;     /* a peer that answers system calls itself, as we do */
	double slower;       /* about, than native, for the estimate; 0: as fast */
	bool wanted;         /* was asked for */
	bool usable;         /* and ran `true` */
	char path[512];      /* of the program */
	char version[96];
	char why[BENCH_WHY_MAX]; /* not usable because */
	u64 start_ns;            /* that `true` took, for the estimate */
};

enum cell_state {
	CELL_NONE, /* not measured (yet) */
	CELL_OK,
	CELL_SKIPPED,
	CELL_FAILED,
};

struct bench_cell {
	enum cell_state state;
	double *sample; /* one a round, NAN where there is none */
	struct summary figure, ratio;
	char why[BENCH_WHY_MAX];
};

struct bench_machine {
	char cpu[128], kernel[160], system[128];
	unsigned cores;
	u64 memory;    /* bytes */
	double others; /* the part of its processors that others had while we measured; NAN: unknown
			*/
};

struct bench_options {
	const char *only[64]; /* globs */
	size_t nr_only;
	const char *against, *platforms; /* comma lists; NULL: whatever there is */
	const char *json, *csv, *plot;   /* files; NULL: none */
	bool link_static;
	bool quick, targets, list, help;
	unsigned rounds; /* 0: by default */
};

struct bench {
	struct bench_options opt;
	struct bench_machine machine;
	struct bench_column column[BENCH_COLUMNS_MAX];
	size_t nr_columns;
	const struct bench_row *row;    /* those selected */
	char (*row_why)[BENCH_WHY_MAX]; /* why a row is skipped altogether; "" when it is not */
	size_t nr_rows;
	struct bench_cell *cell; /* nr_rows * nr_columns */
	unsigned rounds;
	char date[32];
	bool interrupted;
};

static inline struct bench_cell *bench_cell(const struct bench *b, size_t row, size_t column)
{
	return &b->cell[row * b->nr_columns + column];
}

/* Does a row hold its target. */
enum verdict {
	VERDICT_NONE, /* nothing to hold, or nothing measured */
	VERDICT_MET,
	VERDICT_UNSURE, /* not, but the quartiles reach it */
	VERDICT_MISSED,
};

/* bench_verdict - of @row; *@ret_column is the column that is judged */
enum verdict bench_verdict(const struct bench *b, size_t row, size_t *ret_column);

/*
 * bench_slower_than_peer - is @row slower than under a peer that has a kernel of its own
 *
 * Only when the quartiles of the ratio, round by round, say so.
 * Return: the index of the peer, *@ret_ratio how many times as slow; or 0.
 */
size_t bench_slower_than_peer(const struct bench *b, size_t row, double *ret_ratio);

/* bench_verdict_name - a word for it, "" for none */
const char *bench_verdict_name(enum verdict v);

/* bench_has_ratio - does comparing with native make sense for this row */
bool bench_has_ratio(const struct bench_row *row);

/* The writers.  None of them closes @f. */
void bench_print_table(const struct bench *b, FILE *f);
int bench_write_json(const struct bench *b, FILE *f);
void bench_write_csv(const struct bench *b, FILE *f);
void bench_write_svg(const struct bench *b, FILE *f);
