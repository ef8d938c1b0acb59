/*
 * What is measured within one program of bench/guest/, and what a sandbox itself
 * costs.  Whole programs stand in programs.c.
 *
 * The targets are those the project has set itself, on one class of machine.
 */
#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "runtime/bench/internal.h"
#include "runtime/bench/run.h"
#include "runtime/runtime.h"

#define GUEST(name_, group_, program_, op_, target_, what_)                                  \
	{                                                                                    \
		.name = name_, .group = group_, .what = what_, .kind = ROW_GUEST,            \
		.program = program_, .command = op_, .target = target_,                      \
		.target_kind = (target_) > 0 ? TARGET_RATIO : TARGET_NONE, .nominal_ms = 110 \
	}

/* Fifty at once, of a program that @setup_ writes. */
#define POOL(name_, what_, setup_, program_, nominal_ms_)                              \
	{                                                                              \
		.name = name_, .group = LOAD, .what = what_, .kind = ROW_SEVERAL,      \
		.command = "/usr/bin/python3 {work}/" program_, .copies = 50,          \
		.several = SEVERAL_TIME, .needs = "/usr/bin/python3", .setup = setup_, \
		.target_kind = TARGET_RATIO, .target = 1.2, .nominal_ms = nominal_ms_, \
		.slow = true                                                           \
	}

#define CALLS     "system calls"
#define PROCESSES "memory, threads, processes"
#define TOGETHER  "two ends, several threads"
#define LARGE     "large transfers"
#define SANDBOX   "the sandbox itself"
#define LOAD      "load, several sandboxes at once"

/* As a model writes one to answer a question: a few modules, some data, some arithmetic. */
#define SMALL_PYTHON                                                               \
	"cat >{work}/small.py <<'END'\n"                                           \
	"import collections, json, re, statistics\n"                               \
	"rows = [{'id': i, 'name': f'item {i % 97}', 'price': i * 7 % 1000 / 10} " \
	"for i in range(5000)]\n"                                                  \
	"rows = json.loads(json.dumps(rows))\n"                                    \
	"groups = collections.defaultdict(list)\n"                                 \
	"for row in rows:\n"                                                       \
	"    groups[re.sub(r'\\D+', '', row['name'])].append(row['price'])\n"      \
	"best = max(groups, key=lambda g: statistics.fmean(groups[g]))\n"          \
	"print(best, round(statistics.fmean(groups[best]), 2))\n"                  \
	"END\n"

/* A tenth of a second or two: data is made, turned to JSON and back, and looked at with SQL. */
#define JOB_PYTHON                                                                              \
	"cat >{work}/job.py <<'END'\n"                                                          \
	"import collections, hashlib, json, re, sqlite3, statistics\n"                          \
	"rows = [{'id': i, 'name': f'item {i % 97}', 'price': i * 7 % 1000 / 10} for i in "     \
	"range(30000)]\n"                                                                       \
	"text = json.dumps(rows)\n"                                                             \
	"groups = collections.defaultdict(list)\n"                                              \
	"for row in json.loads(text):\n"                                                        \
	"    groups[re.sub(r'\\D+', '', row['name'])].append(row['price'])\n"                   \
	"db = sqlite3.connect(':memory:')\n"                                                    \
	"db.execute('create table items (id, name, price)')\n"                                  \
	"db.executemany('insert into items values (:id, :name, :price)', rows)\n"               \
	"best, mean = db.execute('select name, avg(price) from items group by name order by 2 " \
	"desc').fetchone()\n"                                                                   \
	"assert max(statistics.fmean(g) for g in groups.values()) == mean\n"                    \
	"print(best, round(mean, 2), hashlib.sha256(text.encode()).hexdigest()[:8])\n"          \
	"END\n"

static const struct bench_row guest_rows[] = {
	GUEST("getpid", CALLS, "calls", "getpid", 0.1, "getpid(2)"),
	GUEST("getppid", CALLS, "calls", "getppid", 0.8,
	      "getppid(2): a trip to the kernel and back"),
	GUEST("read-1", CALLS, "calls", "read-1", 1.0, "read a byte of /dev/zero"),
	GUEST("write-1", CALLS, "calls", "write-1", 1.0, "write a byte to /dev/null"),
	GUEST("dev-zero", CALLS, "calls", "dev-zero", 1.0, "read 512 bytes of /dev/zero"),
	GUEST("dev-null", CALLS, "calls", "dev-null", 1.0, "write 512 bytes to /dev/null"),
	GUEST("pread-512", CALLS, "files", "pread-512", 0.6, "read 512 bytes of a file"),
	GUEST("stat", CALLS, "files", "stat", 0.5, "attributes of a file seen before, by name"),
	GUEST("fstat", CALLS, "files", "fstat", 0.6, "attributes of an open file"),
	GUEST("open-close", CALLS, "files", "open-close", 0.5, "open and close a file seen before"),
	GUEST("create-unlink", CALLS, "files", "create-unlink", 0.2,
	      "create, close and remove a file in /tmp"),
	GUEST("pipe", CALLS, "ipc", "pipe", 0.6, "512 bytes into a pipe and out of it"),
	GUEST("socketpair-64", CALLS, "ipc", "socketpair-64", 0.3,
	      "64 bytes through a pair of Unix sockets"),
	GUEST("poll", CALLS, "calls", "poll", 0.8, "poll(2) of one descriptor that is ready"),
	GUEST("sigprocmask", CALLS, "calls", "sigprocmask", 1.0, "block or unblock a signal"),
	GUEST("kill", CALLS, "calls", "kill", 3, "a signal to oneself, handled"),
	GUEST("pipe-pingpong", TOGETHER, "ipc", "pipe-pingpong", 0.5,
	      "a byte to another process and back, through pipes"),
	GUEST("unix-pingpong", TOGETHER, "ipc", "unix-pingpong", 0,
	      "a byte to another process and back, Unix sockets"),
	GUEST("tcp-pingpong", TOGETHER, "ipc", "tcp-pingpong", 0,
	      "a byte to another process and back, TCP over loopback"),
	GUEST("futex-pingpong", TOGETHER, "threads", "futex-pingpong", 0,
	      "a word handed to another thread and back"),
	GUEST("threads-getppid", TOGETHER, "threads", "getppid", 0,
	      "getppid(2) by a thread on each processor; time over all calls"),
	GUEST("threads-pread", TOGETHER, "threads", "pread", 0,
	      "pread(2) by a thread on each processor; time over all calls"),
	GUEST("threads-futex", TOGETHER, "threads", "futex", 0,
	      "futex(2) wakes by a thread on each processor; time over all calls"),
	GUEST("pipe-1m", LARGE, "ipc", "pipe-1m", 0, "a megabyte to another process, by a pipe"),
	GUEST("tcp-1m", LARGE, "ipc", "tcp-1m", 0,
	      "a megabyte to another process, TCP over loopback"),
	GUEST("read-1m", LARGE, "files", "read-1m", 0, "read a megabyte of a file in /tmp"),
	GUEST("write-1m", LARGE, "files", "write-1m", 0, "write a megabyte to a file in /tmp"),
	GUEST("mmap-touch", PROCESSES, "procs", "mmap-touch", 1.5, "map, touch and unmap a page"),
	GUEST("page-fault", PROCESSES, "procs", "page-fault", 1.05, "the first touch of a page"),
	GUEST("pthread", PROCESSES, "procs", "pthread", 1.5, "create a thread and join it"),
	GUEST("fork", PROCESSES, "procs", "fork", 2, "fork, exit, wait"),
	GUEST("spawn", PROCESSES, "procs", "spawn", 1.5, "posix_spawn of true, wait"),
	GUEST("cpu", PROCESSES, "calls", "cpu", 1.0, "a thousand rounds of arithmetic, no call"),
	{
		.name = "trapped-call",
		.group = SANDBOX,
		.what = "getppid(2) that traps, against a bare user notification",
		.kind = ROW_GUEST,
		.program = "calls",
		.command = "getppid",
		.native = "notify",
		.target_kind = TARGET_RATIO,
		.target = 1.3,
		.only = "notify",
		.nominal_ms = 110,
	},
	{
		.name = "start",
		.group = SANDBOX,
		.what = "make a sandbox, run `true` in it, gone again",
		.kind = ROW_OUTSIDE,
		.command = "/usr/bin/true",
		.target_kind = TARGET_FIGURE,
		.target = 10 * NSEC_PER_MSEC,
		.nominal_ms = 1,
	},
	{
		.name = "idle-memory",
		.group = SANDBOX,
		.what = "memory of all helper processes of an idle sandbox",
		.kind = ROW_MEMORY,
		.unit = UNIT_BYTES,
		.command = "{work}/bin/idle",
		.target_kind = TARGET_FIGURE,
		.target = 8e6,
		.nominal_ms = 500,
	},
	{
		.name = "idle-cpu",
		.group = SANDBOX,
		.what = "processor time a sandbox takes in a second, idle after it was busy",
		.kind = ROW_IDLE,
		.command = "{work}/bin/idle",
		.target_kind = TARGET_FIGURE,
		.target = NSEC_PER_MSEC,
		.nominal_ms = 1700,
		.slow = true,
	},
	{
		.name = "idle-minute",
		.group = SANDBOX,
		.what = "the same, in a minute (only when it is asked for by name)",
		.kind = ROW_IDLE,
		.command = "{work}/bin/idle",
		.watch_ms = 60000,
		.target_kind = TARGET_FIGURE,
		.target = NSEC_PER_MSEC,
		.nominal_ms = 700,
		.named = true,
	},
	{
		.name = "cpu-all",
		.group = LOAD,
		.what = "arithmetic on all processors, one sandbox",
		.kind = ROW_SEVERAL,
		.command = "{work}/bin/load cpu {at} 1000",
		.several = SEVERAL_FIRST,
		.target_kind = TARGET_RATIO,
		.target = 1.02,
		.nominal_ms = 1200,
		.slow = true,
	},
	{
		.name = "cpu-beside-calls",
		.group = LOAD,
		.what = "the same, while a second sandbox makes calls",
		.kind = ROW_SEVERAL,
		.command = "{work}/bin/load cpu {at} 1000\n{work}/bin/load calls {at} 1000",
		.several = SEVERAL_FIRST,
		.nominal_ms = 1200,
		.slow = true,
	},
	{
		.name = "calls-beside-cpu",
		.group = LOAD,
		.what = "a getppid(2), while a second sandbox computes on all processors",
		.kind = ROW_SEVERAL,
		.command = "{work}/bin/load calls {at} 1000\n{work}/bin/load cpu {at} 1000",
		.several = SEVERAL_FIRST,
		.nominal_ms = 1200,
		.slow = true,
	},
	{
		.name = "two-callers",
		.group = LOAD,
		.what = "a getppid(2) of the slower of two sandboxes that make calls",
		.kind = ROW_SEVERAL,
		.command = "{work}/bin/load calls {at} 1000",
		.copies = 2,
		.several = SEVERAL_SLOWEST,
		.nominal_ms = 1200,
		.slow = true,
	},
	{
		.name = "two-callers-share",
		.group = LOAD,
		.what = "how much slower the slower of the two is",
		.kind = ROW_SEVERAL,
		.unit = UNIT_TIMES,
		.command = "{work}/bin/load calls {at} 1000",
		.copies = 2,
		.several = SEVERAL_SPREAD,
		.target_kind = TARGET_FIGURE,
		.target = 1.25,
		.nominal_ms = 1200,
		.slow = true,
	},
	POOL("pool-python", "50 sandboxes at once, each runs a small Python program", SMALL_PYTHON,
	     "small.py", 3000),
	POOL("pool-job", "the same with one of a tenth of a second or two", JOB_PYTHON, "job.py",
	     9000),
};

const struct bench_row *rows_all(size_t *ret_nr)
{
	static struct bench_row *all;
	static size_t nr;

	if (!all) {
		size_t nr_programs;
		struct bench_row *programs = rows_programs(&nr_programs);

		nr = ARRAY_SIZE(guest_rows) + nr_programs;
		all = words_memory(kcalloc(nr, sizeof(*all)));
		memcpy(all, guest_rows, sizeof(guest_rows));
		memcpy(all + ARRAY_SIZE(guest_rows), programs, nr_programs * sizeof(*programs));
		kfree(programs);
	}
	*ret_nr = nr;
	return all;
}

/* Is the row meant; no wildcard means one that wants its name said. */
static bool matches(const char *pattern, const struct bench_row *row)
{
	return row->named ? !strcmp(pattern, row->name) : !fnmatch(pattern, row->name, 0);
}

static bool is_selected(const struct bench_options *opt, const struct bench_row *row)
{
	for (size_t i = 0; i < opt->nr_only; i++)
		if (matches(opt->only[i], row))
			return true;
	if (opt->nr_only)
		return false;
	return opt->list || (!row->named && !(opt->quick && row->slow));
}

static bool matches_any(const char *pattern, const struct bench_row *rows, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (matches(pattern, &rows[i]))
			return true;
	return false;
}

int rows_select(struct bench *b)
{
	size_t nr;
	const struct bench_row *all = rows_all(&nr);
	struct bench_row *kept = words_memory(kcalloc(nr, sizeof(*kept)));

	for (size_t i = 0; i < b->opt.nr_only; i++)
		if (!matches_any(b->opt.only[i], all, nr))
			return fail("--only '%s': no such row; `bailey bench --list` has them",
				    b->opt.only[i]);
	for (size_t i = 0; i < nr; i++)
		if (is_selected(&b->opt, &all[i]))
			kept[b->nr_rows++] = all[i];
	b->row = kept;
	b->row_why = words_memory(kcalloc(b->nr_rows, sizeof(*b->row_why)));
	b->cell = words_memory(kcalloc(b->nr_rows * b->nr_columns, sizeof(*b->cell)));
	return 0;
}

bool row_missing(const struct bench_row *row, char why[BENCH_WHY_MAX])
{
	struct words w = {0};
	char path[512];
	bool missing = false;

	if (row->needs)
		words_split(&w, row->needs);
	for (size_t i = 0; i < w.nr && !missing; i++) {
		missing = w.w[i][0] == '/' ? access(w.w[i], R_OK) != 0
					   : !run_find(w.w[i], path, sizeof(path));
		if (missing)
			snprintf(why, BENCH_WHY_MAX, "%.120s is not installed", w.w[i]);
	}
	words_free(&w);
	return missing;
}

bool bench_has_ratio(const struct bench_row *row)
{
	return row->kind != ROW_MEMORY && row->kind != ROW_IDLE;
}
