/*
 * What the parts of `bailey bench` that do the measuring share (bench.h has the
 * data).
 */
#pragma once
#include "runtime/bench/bench.h"
#include "runtime/bench/run.h"
#include "runtime/bench/words.h"

/* Where things are, for as long as a run takes. */
struct bench_place {
	char self[512];   /* this binary */
	char guests[512]; /* the directory of the guest programs */
	char work[64]; /* ours, and everybody can read it: copies of the guest programs, inputs */
	char tmp[64];  /* what the names of files in /tmp begin with */
	struct words_places words;
};

/*
 * place_find - this binary and the guest programs that belong to it
 *
 * They stand beside it in the build tree, or below libexec of where it is installed.
 * Return: 0, or an exit status after a message.
 */
int place_find(struct bench_place *p, bool link_static) must_check;

/* place_make - the directory of this run; 0 or an exit status after a message */
int place_make(struct bench_place *p) must_check;

/* place_remove - and what natively run programs left in /tmp */
void place_remove(struct bench_place *p);

/* columns_list - all there could be, as `--list` shows them */
void columns_list(struct bench *b);

/* columns_choose - those that were asked for; 0, or an exit status after a message about a name
 * that is none */
int columns_choose(struct bench *b) must_check;

/* columns_probe - which of them can run a program; the others say why not */
void columns_probe(struct bench *b, struct bench_place *p);

/*
 * column_command - the command line that runs @cmd under @c
 *
 * Return: 0 or -errno, as a bundle may have to be written.
 */
int column_command(const struct bench_column *c, const struct bench_place *p,
		   const struct words *cmd, struct words *ret) must_check;

/* column_after - what is left of the last @nr sandboxes when their command lines were ended early
 */
void column_after(const struct bench_column *c, const struct bench_place *p, unsigned nr);

/* columns_finish - what was made for them outside of our directory is gone */
void columns_finish(const struct bench *b);

/* oci_prepare - make the root that bundles of @c share; 0 or -errno */
int oci_prepare(const struct bench_column *c, const struct bench_place *p) must_check;

/* oci_command, oci_after - as column_command(), column_after() */
int oci_command(const struct bench_column *c, const struct bench_place *p, const struct words *cmd,
		struct words *ret) must_check;
void oci_after(const struct bench_column *c, const struct bench_place *p, unsigned nr);

/* oci_is_own - is this name in / one that every container has its own of */
bool oci_is_own(const char *name);

/* docker_prepare - make the image; 0, or -errno with the reason in @r */
int docker_prepare(const struct bench_column *c, const struct bench_place *p, struct run *r)
	must_check;

/* docker_command, docker_after - as column_command(), column_after() */
void docker_command(const struct bench_column *c, const struct words *cmd, struct words *ret);
void docker_after(const struct bench_column *c);

/* docker_finish - remove the image */
void docker_finish(const struct bench_column *c);

/* machine_describe - what we run on */
void machine_describe(struct bench_machine *m);

/* machine_watch - from now on, what do others take of the processors */
void machine_watch(void);

/* machine_watched - since machine_watch(), into @m->others */
void machine_watched(struct bench_machine *m);

/* rows_all - every row there is; *@ret_nr is how many */
const struct bench_row *rows_all(size_t *ret_nr);

/* rows_programs - those of whole programs, made from one list; to be kfree()d */
struct bench_row *rows_programs(size_t *ret_nr);

/*
 * rows_select - those that --only and --quick leave
 *
 * Return: 0, or an exit status after a message about a pattern that matches none.
 */
int rows_select(struct bench *b) must_check;

/* row_missing - does this machine lack what @row needs; @why says what */
bool row_missing(const struct bench_row *row, char why[BENCH_WHY_MAX]);

/* several_count - how many sandboxes a ROW_SEVERAL makes */
unsigned several_count(const struct bench_row *row);

/*
 * several_command - the command line that makes them all under @c
 * @patience: how many times the usual they have to start
 *
 * Return: 0 or -errno.
 */
int several_command(const struct bench_row *row, const struct bench_column *c,
		    const struct bench_place *p, unsigned patience, struct words *ret) must_check;

/* several_was_late - did it fail because one of them started after the time agreed on */
bool several_was_late(const struct bench_row *row, const struct run *r);

/* several_figure - what came out, of a run that went well; 0, or -EBADMSG */
int several_figure(const struct bench_row *row, const struct run *r, double *ret) must_check;

/* bench_measure - fill the cells; false: something failed */
bool bench_measure(struct bench *b, struct bench_place *p);

/* bench_estimate - about how many seconds bench_measure() will take */
unsigned bench_estimate(const struct bench *b);
