/*
 * bailey do: run a command of this machine in a sandbox that is gone afterwards.
 */
#include <limits.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/log.h"
#include "runtime/do_flags.h"
#include "runtime/runtime.h"

static const char usage[] =
	"usage: bailey do [OPTION]... [--] COMMAND [ARG...]\n"
	"\n"
	"Runs COMMAND in a throw-away sandbox: by default over this machine's root file\n"
	"system, read-only under a layer in memory that is gone afterwards.\n"
	"\n"
	"  --rootfs DIR          root file system to run in (default /)\n"
	"  --cwd DIR             working directory inside (default: the present one)\n"
	"  -e, --env K=V         set a variable; the caller's are scrubbed to a short list\n"
	"  --env-all             keep the caller's whole environment\n"
	"  -v, --volume SRC:DST[:ro|rw]   show host path SRC at DST (default ro)\n"
	"  --overlay memory|none changes to the root go to memory, or are refused\n"
	"  --network none        loopback and Unix sockets only (the default)\n"
	"  --user UID[:GID]      run as (default: as the caller)\n"
	"  --hostname NAME       host name inside (default bailey)\n"
	"  --platform NAME       how system calls are trapped: notify, trap or ptrace (default:\n"
	"                        chosen; `bailey doctor` says which, and why)\n"
	"  --fastpath on|off     patch call sites that are used often (default on)\n"
	"  --trace[=CALLS]       print system calls to standard error, as strace does\n"
	"  --strict              refuse to run when a layer of isolation cannot be had\n"
	"  --debug               print what bailey does\n"
	"\n"
	"The exit status is COMMAND's; 128+N if signal N killed it; 127 not found,\n"
	"126 not executable, 125 when bailey itself failed.\n";

static char *current_dir(const struct do_flags *f)
{
	char here[PATH_MAX];

	if (f->cwd)
		return kstrdup(f->cwd);
	/* Another root need not have the caller's directory. */
	return kstrdup(!strcmp(f->rootfs, "/") && getcwd(here, sizeof(here)) ? here : "/");
}

/* Whom and what the program inherits from the caller. */
static int set_caller(struct sandbox_spec *spec)
{
	int n = getgroups(0, NULL);
	mode_t mask = umask(0);

	umask(mask);
	spec->umask = mask;
	spec->uid = getuid();
	spec->gid = getgid();
	spec->group_leader = getpgrp() == getpid();
	spec->caps = (1ull << (CAP_LAST_CAP + 1)) - 1;
	spec->log_level = LOG_WARN;
	spec->hostname = kstrdup("bailey");
	spec->groups = kcalloc((size_t)max(n, 0) + 1, sizeof(*spec->groups));
	if (!spec->groups || !spec->hostname)
		return fail("out of memory");
	n = getgroups(max(n, 0), spec->groups);
	spec->nr_groups = (u32)max(n, 0);
	for (int i = 0; i < RLIM_NLIMITS; i++)
		spec->has_rlimit[i] = !getrlimit64(i, &spec->rlimit[i]);
	return 0;
}

static int set_env(struct sandbox_spec *spec, const struct do_flags *f)
{
	spec->env = env_scrubbed(f->env_all);
	if (!spec->env)
		return fail("out of memory");
	for (size_t i = 0; i < f->nr_envs; i++)
		if (env_set(&spec->env, f->envs[i]))
			return fail("out of memory");
	return 0;
}

static int make_spec(const struct do_flags *f, struct sandbox_spec *spec)
{
	int err = set_env(spec, f);

	if (err)
		return err;
	if (f->cwd && f->cwd[0] != '/')
		return fail("--cwd '%s': an absolute path is wanted", f->cwd);
	spec->cwd = current_dir(f);
	if (!spec->cwd)
		return fail("out of memory");
	return do_add_mounts(spec, f);
}

static int run(struct sandbox_spec *spec)
{
	struct sandbox s;
	int stdio[3];
	int err = stdio_open(stdio);

	if (err)
		return err;
	err = sandbox_spawn(spec, stdio, STDERR_FILENO, STDERR_FILENO, -1, &s);
	stdio_close(stdio);
	if (err)
		return err;
	stdio_leave();
	return sandbox_supervise(&s);
}

int cmd_do(int argc, char **argv)
{
	struct do_flags f = {.rootfs = "/", .overlay = true};
	struct sandbox_spec *spec = kzalloc(sizeof(*spec));
	int err = spec ? set_caller(spec) : fail("out of memory");

	if (!err)
		err = do_parse(argc, argv, &f, spec);
	if (!err && f.help)
		fputs(usage, stdout);
	else if (!err)
		err = make_spec(&f, spec);
	if (!err && !f.help)
		err = run(spec);
	spec_free(spec);
	return err;
}
