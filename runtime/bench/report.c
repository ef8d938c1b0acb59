/* What came out, for programs: JSON and comma-separated values. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "runtime/bench/bench.h"

static const char *const unit_names[] = {
	[UNIT_NS] = "ns", [UNIT_BYTES] = "bytes", [UNIT_TIMES] = "times"};

static json_t *summary_json(const struct summary *s)
{
	return json_pack("{s:i, s:f, s:f, s:f, s:f, s:f, s:f}", "rounds", (int)s->nr, "median",
			 s->median, "q1", s->q1, "q3", s->q3, "mad", s->mad, "min", s->min, "max",
			 s->max);
}

static json_t *cell_json(const struct bench *b, size_t row, size_t column)
{
	const struct bench_cell *cell = bench_cell(b, row, column);
	json_t *o = summary_json(&cell->figure), *samples = json_array();

	if (cell->state != CELL_OK) {
		json_decref(o);
		json_decref(samples);
		return json_pack("{s:s}", cell->state == CELL_FAILED ? "failed" : "skipped",
				 cell->why);
	}
	for (unsigned i = 0; i < b->rounds; i++)
		if (!isnan(cell->sample[i]))
			json_array_append_new(samples, json_real(cell->sample[i]));
	json_object_set_new(o, "samples", samples);
	if (column && cell->ratio.nr) {
		json_object_set_new(o, "ratio", summary_json(&cell->ratio));
		json_object_set_new(o, "near_native",
				    json_boolean(summary_straddles(&cell->ratio, 1)));
	}
	return o;
}

static json_t *target_json(const struct bench *b, size_t row)
{
	const struct bench_row *r = &b->row[row];
	size_t column;
	enum verdict v = bench_verdict(b, row, &column);

	return json_pack("{s:s, s:f, s:s?, s:s?}", "of",
			 r->target_kind == TARGET_RATIO ? "ratio" : unit_names[r->unit], "at_most",
			 r->target, "column", column ? b->column[column].name : NULL, "verdict",
			 v == VERDICT_NONE ? NULL : bench_verdict_name(v));
}

static json_t *row_json(const struct bench *b, size_t row)
{
	const struct bench_row *r = &b->row[row];
	json_t *o = json_pack("{s:s, s:s, s:s, s:s}", "name", r->name, "group", r->group, "what",
			      r->what, "unit", unit_names[r->unit]);
	json_t *results = json_object();
	double slower;
	size_t peer = bench_slower_than_peer(b, row, &slower);

	if (peer)
		json_object_set_new(
			o, "slower_than",
			json_pack("{s:s, s:f}", "column", b->column[peer].name, "ratio", slower));
	if (r->target_kind != TARGET_NONE)
		json_object_set_new(o, "target", target_json(b, row));
	if (b->row_why[row][0])
		json_object_set_new(o, "skipped", json_string(b->row_why[row]));
	for (size_t c = 0; c < b->nr_columns; c++)
		if (bench_cell(b, row, c)->state != CELL_NONE)
			json_object_set_new(results, b->column[c].name, cell_json(b, row, c));
	json_object_set_new(o, "results", results);
	return o;
}

static json_t *column_json(const struct bench_column *c)
{
	json_t *o = json_pack("{s:s, s:s}", "name", c->name, "what", c->what);

	if (c->version[0])
		json_object_set_new(o, "version", json_string(c->version));
	if (c->flags)
		json_object_set_new(o, "flags", json_string(c->flags));
	if (!c->usable)
		json_object_set_new(o, "skipped", json_string(c->why));
	return o;
}

static json_t *machine_json(const struct bench_machine *m)
{
	json_t *o = json_pack("{s:s, s:i, s:I, s:s, s:s}", "cpu", m->cpu, "cores", (int)m->cores,
			      "memory", (json_int_t)m->memory, "kernel", m->kernel, "system",
			      m->system);

	if (!isnan(m->others))
		json_object_set_new(o, "others", json_real(m->others));
	return o;
}

int bench_write_json(const struct bench *b, FILE *f)
{
	json_t *rows = json_array(), *columns = json_array(), *o;
	int err;

	for (size_t c = 0; c < b->nr_columns; c++)
		json_array_append_new(columns, column_json(&b->column[c]));
	for (size_t r = 0; r < b->nr_rows; r++)
		json_array_append_new(rows, row_json(b, r));
	o = json_pack("{s:i, s:s, s:o, s:s, s:i, s:b, s:o, s:o}", "version", 1, "date", b->date,
		      "machine", machine_json(&b->machine), "link",
		      b->opt.link_static ? "static" : "dynamic", "rounds", (int)b->rounds,
		      "interrupted", (int)b->interrupted, "columns", columns, "rows", rows);
	err = o && !json_dumpf(o, f, JSON_INDENT(1) | JSON_REAL_PRECISION(8)) ? 0 : -EIO;
	fputc('\n', f);
	json_decref(o);
	return err;
}

/* A field that may hold commas or quotes. */
static void write_field(const char *s, FILE *f)
{
	if (!strpbrk(s, ",\"\n")) {
		fputs(s, f);
		return;
	}
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', f);
		fputc(*s, f);
	}
	fputc('"', f);
}

static void write_line(const struct bench *b, size_t row, size_t column, FILE *f)
{
	const struct bench_row *r = &b->row[row];
	const struct bench_cell *cell = bench_cell(b, row, column);
	const struct summary *s = &cell->figure, *q = &cell->ratio;
	size_t judged;
	enum verdict v = bench_verdict(b, row, &judged);

	write_field(r->name, f);
	fputc(',', f);
	write_field(r->group, f);
	fprintf(f, ",%s,%s,", b->column[column].name, unit_names[r->unit]);
	if (cell->state == CELL_OK)
		fprintf(f, "%u,%.8g,%.8g,%.8g,%.8g,", s->nr, s->median, s->q1, s->q3, s->mad);
	else
		fprintf(f, "0,,,,,");
	if (cell->state == CELL_OK && column && q->nr)
		fprintf(f, "%.6g,%.6g,%.6g,", q->median, q->q1, q->q3);
	else
		fprintf(f, ",,,");
	if (r->target_kind != TARGET_NONE && column == judged)
		fprintf(f, "%.6g,%s,", r->target, bench_verdict_name(v));
	else
		fprintf(f, ",,");
	write_field(cell->why, f);
	fputc('\n', f);
}

void bench_write_csv(const struct bench *b, FILE *f)
{
	fputs("row,group,column,unit,rounds,median,q1,q3,mad,ratio,ratio_q1,ratio_q3,target,"
	      "verdict,"
	      "why\n",
	      f);
	for (size_t r = 0; r < b->nr_rows; r++)
		for (size_t c = 0; c < b->nr_columns; c++)
			if (bench_cell(b, r, c)->state != CELL_NONE)
				write_line(b, r, c, f);
}
