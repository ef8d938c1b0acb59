/* What a row is measured under: nothing, bailey's platforms, and peers. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/bench/internal.h"
#include "runtime/bench/run.h"
#include "runtime/runtime.h"

#define PROBE_MS 30000
#define KVM_MS   5000 /* with nested virtualization runsc may hang in it */

/* Of a column what is known before it is looked for; apart, since what is found takes room. */
struct known {
	const char *name, *what;
	enum column_kind kind;
	const char *program, *flags, *device;
	unsigned probe_ms;
	bool own_kernel;
	double slower;
};

static const struct known all[] = {
	{.name = "native", .kind = COLUMN_NATIVE, .what = "without any sandbox"},
	{.name = "fast",
	 .slower = 1.3,
	 .kind = COLUMN_BAILEY,
	 .flags = "--platform=notify --fastpath=on",
	 .what = "bailey: user notification with the fast path"},
	{.name = "notify",
	 .slower = 2.5,
	 .kind = COLUMN_BAILEY,
	 .flags = "--platform=notify --fastpath=off",
	 .what = "bailey: user notification alone"},
	{.name = "trap",
	 .slower = 2.5,
	 .kind = COLUMN_BAILEY,
	 .flags = "--platform=trap",
	 .what = "bailey: SECCOMP_RET_TRAP, as under a foreign filter"},
	{.name = "ptrace",
	 .slower = 5,
	 .kind = COLUMN_BAILEY,
	 .flags = "--platform=ptrace",
	 .what = "bailey: PTRACE_SYSEMU"},
	{.name = "runsc-systrap",
	 .own_kernel = true,
	 .slower = 4,
	 .kind = COLUMN_OCI,
	 .program = "runsc",
	 .flags = "--platform=systrap --network=none --ignore-cgroups",
	 .what = "gVisor, platform systrap"},
	{.name = "runsc-ptrace",
	 .own_kernel = true,
	 .slower = 8,
	 .kind = COLUMN_OCI,
	 .program = "runsc",
	 .flags = "--platform=ptrace --network=none --ignore-cgroups",
	 .what = "gVisor, platform ptrace"},
	{.name = "runsc-kvm",
	 .own_kernel = true,
	 .slower = 4,
	 .kind = COLUMN_OCI,
	 .program = "runsc",
	 .flags = "--platform=kvm --network=none --ignore-cgroups",
	 .device = "/dev/kvm",
	 .probe_ms = KVM_MS,
	 .what = "gVisor, platform kvm"},
	{.name = "crun",
	 .kind = COLUMN_OCI,
	 .program = "crun",
	 .flags = "--cgroup-manager=disabled",
	 .what = "namespaces, by crun"},
	{.name = "runc", .kind = COLUMN_OCI, .program = "runc", .what = "namespaces, by runc"},
	{.name = "docker",
	 .kind = COLUMN_DOCKER,
	 .program = "docker",
	 .what = "namespaces and a filter, by docker run"},
	{.name = "bwrap",
	 .kind = COLUMN_WRAPPER,
	 .program = "bwrap",
	 .flags = "--ro-bind / / --dev /dev --proc /proc --tmpfs /tmp --unshare-all "
		  "--die-with-parent --",
	 .what = "namespaces, by bubblewrap"},
	{.name = "proot",
	 .slower = 4,
	 .kind = COLUMN_WRAPPER,
	 .program = "proot",
	 .what = "paths translated through ptrace; isolates nothing"},
};

void columns_list(struct bench *b)
{
	_Static_assert(ARRAY_SIZE(all) <= BENCH_COLUMNS_MAX, "BENCH_COLUMNS_MAX is too small");
	b->nr_columns = ARRAY_SIZE(all);
	for (size_t i = 0; i < b->nr_columns; i++)
		b->column[i] = (struct bench_column){
			.name = all[i].name,
			.what = all[i].what,
			.kind = all[i].kind,
			.program = all[i].program,
			.flags = all[i].flags,
			.device = all[i].device,
			.probe_ms = all[i].probe_ms,
			.own_kernel = all[i].own_kernel,
			.slower = all[i].slower,
			.wanted = true,
		};
}

/* Does a word of a list mean the column: its whole name, or what stands before the dash. */
static bool means(const char *word, size_t len, const struct bench_column *c)
{
	return !strncmp(word, c->name, len) && (c->name[len] == '\0' || c->name[len] == '-');
}

/* @list: a comma list, "none" or "all"; only columns for which @is_ours holds are meant. */
static int choose(struct bench *b, const char *flag, const char *list, bool bailey)
{
	for (size_t i = 1; i < b->nr_columns; i++)
		if ((b->column[i].kind == COLUMN_BAILEY) == bailey)
			b->column[i].wanted = !strcmp(list, "all");
	if (!strcmp(list, "all") || !strcmp(list, "none"))
		return 0;
	while (*list) {
		size_t len = strcspn(list, ",");
		bool found = false;

		for (size_t i = 1; i < b->nr_columns; i++)
			if ((b->column[i].kind == COLUMN_BAILEY) == bailey &&
			    means(list, len, &b->column[i]))
				b->column[i].wanted = found = true;
		if (!found || len == 0)
			return fail("%s: there is no '%.*s'; `bailey bench --list` says what there "
				    "is",
				    flag, (int)len, list);
		list += len + (list[len] == ',');
	}
	return 0;
}

int columns_choose(struct bench *b)
{
	int err = 0;
	size_t kept = 0;

	if (b->opt.against)
		err = choose(b, "--against", b->opt.against, false);
	if (!err && b->opt.platforms)
		err = choose(b, "--platform", b->opt.platforms, true);
	for (size_t i = 0; i < b->nr_columns; i++)
		if (b->column[i].wanted)
			b->column[kept++] = b->column[i];
	b->nr_columns = kept;
	return err;
}

int column_command(const struct bench_column *c, const struct bench_place *p,
		   const struct words *cmd, struct words *ret)
{
	if (c->kind == COLUMN_OCI)
		return oci_command(c, p, cmd, ret);
	if (c->kind == COLUMN_DOCKER) {
		docker_command(c, cmd, ret);
		return 0;
	}
	if (c->kind != COLUMN_NATIVE)
		words_add(ret, "%s", c->path);
	if (c->kind == COLUMN_BAILEY)
		words_add(ret, "do");
	if (c->flags)
		words_split(ret, c->flags);
	if (c->kind == COLUMN_BAILEY)
		words_add(ret, "--");
	words_append(ret, cmd);
	return 0;
}

void column_after(const struct bench_column *c, const struct bench_place *p, unsigned nr)
{
	if (c->kind == COLUMN_OCI)
		oci_after(c, p, nr);
	if (c->kind == COLUMN_DOCKER)
		docker_after(c);
}

void columns_finish(const struct bench *b)
{
	for (size_t i = 0; i < b->nr_columns; i++)
		if (b->column[i].kind == COLUMN_DOCKER)
			docker_finish(&b->column[i]);
}

/* The first line of `PROGRAM --version` that holds a digit, without the program's name. */
static void ask_version(struct bench_column *c)
{
	struct words w = {0};
	struct run r = {.env = run_env(), .limit_ms = PROBE_MS};
	const char *line, *end;

	words_add(&w, "%s", c->path);
	words_add(&w, "--version");
	r.argv = w.w;
	if (run_command(&r))
		snprintf(r.out, sizeof(r.out), "unknown version");
	words_free(&w);
	line = strpbrk(r.out, "0123456789");
	if (!line)
		return;
	end = line + strcspn(line, ", \n");
	snprintf(c->version, sizeof(c->version), "%.*s", (int)(end - line), line);
}

/* Where the program is; false: nowhere. */
static bool locate(struct bench_column *c, const struct bench_place *p)
{
	if (c->kind == COLUMN_NATIVE)
		return true;
	if (c->kind == COLUMN_BAILEY) {
		snprintf(c->path, sizeof(c->path), "%s", p->self);
		return true;
	}
	return run_find(c->program, c->path, sizeof(c->path));
}

/* Does this machine lack what the program needs, too. */
static bool lacks_device(struct bench_column *c)
{
	if (!c->device || !access(c->device, R_OK | W_OK))
		return false;
	snprintf(c->why, sizeof(c->why), "%s: %s", c->device, strerror(errno));
	return true;
}

/* What a column needs before its first command; 0, or -errno with the reason in @r. */
static int prepare(const struct bench_column *c, const struct bench_place *p, struct run *r)
{
	switch (c->kind) {
	case COLUMN_OCI:
		return oci_prepare(c, p);
	case COLUMN_DOCKER:
		return docker_prepare(c, p, r);
	case COLUMN_NATIVE:
	case COLUMN_BAILEY:
	case COLUMN_WRAPPER:
		break;
	}
	return 0;
}

static void probe(struct bench_column *c, const struct bench_place *p)
{
	struct words cmd = {0}, line = {0};
	struct run r = {0};
	int err;

	if (!locate(c, p)) {
		snprintf(c->why, sizeof(c->why), "not installed");
		return;
	}
	if (lacks_device(c))
		return;
	if (c->kind != COLUMN_NATIVE)
		ask_version(c);
	words_add(&cmd, "/usr/bin/true");
	err = prepare(c, p, &r);
	if (!err)
		err = column_command(c, p, &cmd, &line);
	r = err ? r : (struct run){.env = run_env(), .argv = line.w};
	r.limit_ms = c->probe_ms ? c->probe_ms : PROBE_MS;
	if (!err)
		err = run_command(&r);
	if (err) {
		run_why(&r, err, c->why, sizeof(c->why));
		column_after(c, p, 1);
	}
	c->usable = !err;
	c->start_ns = r.ns;
	words_free(&cmd);
	words_free(&line);
}

void columns_probe(struct bench *b, struct bench_place *p)
{
	for (size_t i = 0; i < b->nr_columns && !run_interrupted(); i++)
		probe(&b->column[i], p);
}
