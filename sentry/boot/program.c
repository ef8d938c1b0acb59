/*
 * The program of a sandbox (boot.h): its streams, its place in PATH, its start.
 */
#include "boot/boot.h"
#include "fs/attr.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/fs_struct.h"
#include "fs/hostfile.h"
#include "fs/hosttty.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "fs/open.h"
#include "host/host.h"
#include "kernel/cred.h"
#include "kernel/init.h"
#include "kernel/task.h"
#include "lib/log.h"

#define STATUS_FAILED         125
#define STATUS_NOT_EXECUTABLE 126
#define STATUS_NOT_FOUND      127

/* One standard stream; a terminal is the guest's terminal. */
static int open_stream(hostfd_t *fd, const struct path *pts, struct file **ret)
{
	cleanup_file struct file *host = NULL;
	int err = hostfile_create_take(steal_hostfd(fd), &host);

	if (err)
		return err;
	err = hosttty_create(host, pts, ret);
	if (err == -ENOTTY) {
		*ret = steal(&host);
		err = 0;
	}
	return err;
}

int boot_stdio(const struct namei_base *base, hostfd_t stdio[3], struct fdtable **ret,
	       struct boot_error *e)
{
	cleanup_path struct path pts = PATH_NONE;
	struct fdtable *ft;
	int err = fdtable_create(&ft);

	if (err)
		return boot_fail(e, STATUS_FAILED, "cannot start: %s", strerror(-err));
	if (path_lookup(base, "/dev/pts", LOOKUP_FOLLOW, &pts))
		log_debug("no /dev/pts: the terminal has no name");
	for (int fd = 0; fd < 3; fd++) {
		cleanup_file struct file *f = NULL;

		err = open_stream(&stdio[fd], &pts, &f);
		if (!err)
			err = fdtable_install(ft, f, (u32)fd, 3, false);
		if (err < 0) {
			fdtable_put(ft);
			return boot_fail(e, STATUS_FAILED, "cannot pass standard stream %d on: %s",
					 fd, strerror(-err));
		}
	}
	*ret = ft;
	return 0;
}

/* Can @name be run: 0, or the errno that says why not. */
static int try_program(const struct namei_base *base, const char *name)
{
	cleanup_file struct file *f = NULL;

	return vfs_open_exec(base, name, LOOKUP_FOLLOW, &f);
}

static const char *env_value(const struct sandbox_spec *spec, const char *name)
{
	size_t n = strlen(name);

	for (char **e = spec->env; *e; e++)
		if (!strncmp(*e, name, n) && (*e)[n] == '=')
			return *e + n + 1;
	return NULL;
}

const char *boot_search_path(const struct sandbox_spec *spec)
{
	const char *path = env_value(spec, "PATH");

	return path ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/* As execvp(3): EACCES of one directory does not end the search. */
static int search_path(const struct sandbox_spec *spec, const struct namei_base *base, char *ret,
		       size_t size)
{
	const char *path = boot_search_path(spec);
	int best = -ENOENT;

	for (;;) {
		size_t len = strcspn(path, ":");
		int err;

		snprintf(ret, size, "%.*s%s%s", (int)len, path, len ? "/" : "", spec->args[0]);
		err = try_program(base, ret);
		if (!err)
			return 0;
		if (err == -EACCES)
			best = err;
		if (!path[len])
			return best;
		path += len + 1;
	}
}

static bool is_directory(const struct namei_base *base, const char *name)
{
	cleanup_path struct path p = PATH_NONE;

	return !path_lookup(base, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &p);
}

static int find_program(const struct sandbox_spec *spec, const struct namei_base *base, char *ret,
			size_t size, struct boot_error *e)
{
	const char *name = spec->args[0];
	int err;

	if (strchr(name, '/')) {
		snprintf(ret, size, "%s", name);
		err = try_program(base, name);
	} else {
		err = *name ? search_path(spec, base, ret, size) : -ENOENT;
	}
	if (err == -ENOENT || err == -ENOTDIR)
		return boot_fail(e, STATUS_NOT_FOUND, "%s: command not found%s", name,
				 strchr(name, '/') ? "" : " in PATH");
	if (err)
		return boot_fail(e, STATUS_NOT_EXECUTABLE, "%s: cannot run it: %s", name,
				 is_directory(base, name) ? "it is a directory" : strerror(-err));
	return 0;
}

static int set_rlimits(const struct sandbox_spec *spec, struct rlimit64 rlim[RLIM_NLIMITS])
{
	int n = 0;

	for (int i = 0; i < RLIM_NLIMITS; i++) {
		rlim[i] = (struct rlimit64){RLIM64_INFINITY, RLIM64_INFINITY};
		if (spec->has_rlimit[i]) {
			rlim[i] = spec->rlimit[i];
			n++;
		}
	}
	return n;
}

static int start(const struct sandbox_spec *spec, const struct init_params *p, struct tgroup **ret,
		 struct boot_error *e)
{
	cleanup_task struct task *t = NULL;
	int err = task_create_init(p, &t);

	if (!err) {
		hosttty_set_controlling(t->tg);
		err = task_start(t);
	}
	if (!err && ret)
		*ret = tgroup_get(t->tg);
	if (err == -ENOENT)
		return boot_fail(e, STATUS_NOT_FOUND, "%s: its interpreter was not found",
				 spec->args[0]);
	if (err)
		return boot_fail(e, STATUS_NOT_EXECUTABLE, "%s: cannot run it: %s", spec->args[0],
				 strerror(-err));
	return 0;
}

/* Working directory and root of the first process. */
static int make_fs(const struct sandbox_spec *spec, const struct namei_base *base,
		   struct fs_struct **ret, struct boot_error *e)
{
	cleanup_path struct path cwd = PATH_NONE;
	int err = path_lookup(base, spec->cwd, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &cwd);

	if (err)
		return boot_fail(e, STATUS_FAILED, "working directory '%s': %s", spec->cwd,
				 strerror(-err));
	err = fs_struct_create(&base->root, &cwd, ret);
	if (err)
		return boot_fail(e, STATUS_FAILED, "cannot start: %s", strerror(-err));
	fs_struct_set_umask(*ret, spec->umask);
	return 0;
}

static int run_as(const struct sandbox_spec *spec, struct mnt_ns *ns, const struct cred *cred,
		  hostfd_t stdio[3], struct tgroup **ret, struct boot_error *e)
{
	struct path root = {ns->root, ns->root->root};
	cleanup_namei_base struct namei_base base = {0};
	struct rlimit64 rlim[RLIM_NLIMITS];
	char path[NAMEI_PATH_MAX];
	struct init_params p = {
		.path = path,
		.argv = (const char *const *)spec->args,
		.envp = (const char *const *)spec->env,
		.cred = (struct cred *)(uintptr_t)cred,
		.no_new_privs = spec->no_new_privs,
		.own_group = spec->group_leader,
		.new_session = spec->new_session,
	};
	int err;

	namei_base_init(&base, cred, &root, &root);
	err = make_fs(spec, &base, &p.fs, e);
	if (err)
		return err;
	path_put(&base.cwd);
	fs_struct_paths(p.fs, NULL, &base.cwd);
	if (set_rlimits(spec, rlim))
		p.rlim = rlim;
	err = find_program(spec, &base, path, sizeof(path), e);
	if (!err)
		err = boot_stdio(&base, stdio, &p.files, e);
	if (!err)
		err = start(spec, &p, ret, e);
	if (p.files)
		fdtable_put(p.files);
	fs_struct_put(p.fs);
	return err;
}

int boot_program(const struct sandbox_spec *spec, struct mnt_ns *ns, hostfd_t stdio[3],
		 struct tgroup **ret, struct boot_error *e)
{
	cleanup_cred struct cred *cred = NULL;
	int err =
		cred_create(spec->uid, spec->gid, spec->groups, spec->nr_groups, spec->caps, &cred);

	if (err)
		boot_fail(e, STATUS_FAILED, "cannot start: %s", strerror(-err));
	else
		err = run_as(spec, ns, cred, stdio, ret, e);
	for (int i = 0; i < 3; i++)
		host_close(steal_hostfd(&stdio[i]));
	return err;
}
