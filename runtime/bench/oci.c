/*
 * Peers that take a bundle: runsc, crun, runc.
 *
 * One root is made for all: an empty directory with a mount point for each
 * directory of the host's root, and its symbolic links.  runsc takes the host's
 * root itself, read-only: one file system is what it serves fastest.  Each container
 * has a bundle of its own, written before the clock starts.
 */
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "runtime/bench/internal.h"
#include "runtime/bench/run.h"

#define DELETE_MS 10000

/* What every container has of its own. */
static const char *const own[] = {"proc", "sys", "dev", "tmp", "run", "lost+found"};

bool oci_is_own(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (!strcmp(own[i], name))
			return true;
	return false;
}

static bool is_runsc(const struct bench_column *c)
{
	return !strcmp(c->program, "runsc");
}

static void root_dir(const struct bench_column *c, const struct bench_place *p, char *buf,
		     size_t size)
{
	snprintf(buf, size, "%s/oci-%s", p->work, c->name);
}

/* One name of the host's root: the same link, or a place to mount on. */
static int mirror(const char *root, const char *name)
{
	char here[512], there[512], target[512];
	struct stat st;
	ssize_t n;

	snprintf(here, sizeof(here), "/%.250s", name);
	snprintf(there, sizeof(there), "%.200s/%.250s", root, name);
	if (lstat(here, &st))
		return 0;
	if (S_ISDIR(st.st_mode))
		return mkdir(there, 0755) ? -errno : 0;
	n = S_ISLNK(st.st_mode) ? readlink(here, target, sizeof(target) - 1) : -1;
	if (n < 0)
		return 0;
	target[n] = '\0';
	return symlink(target, there) ? -errno : 0;
}

int oci_prepare(const struct bench_column *c, const struct bench_place *p)
{
	char path[256];
	struct dirent *d;
	DIR *dir;
	int err = 0;

	root_dir(c, p, path, sizeof(path));
	if (mkdir(path, 0755))
		return -errno;
	dir = opendir("/");
	while (dir && !err && (d = readdir(dir)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			err = mirror(path, d->d_name);
	if (dir)
		closedir(dir);
	return err;
}

static json_t *strings(char *const *list)
{
	json_t *a = json_array();

	for (; *list; list++)
		json_array_append_new(a, json_string(*list));
	return a;
}

static void add_mount(json_t *mounts, const char *type, const char *source, const char *at,
		      const char *const *options)
{
	json_array_append_new(mounts, json_pack("{s:s, s:s, s:s, s:o}", "destination", at, "type",
						type, "source", source, "options",
						strings((char *const *)options)));
}

static void add_host_dirs(json_t *mounts)
{
	static const char *const options[] = {"rbind", "ro", NULL};
	struct dirent *d;
	DIR *dir = opendir("/");
	char path[512];
	struct stat st;

	while (dir && (d = readdir(dir))) {
		if (d->d_name[0] == '.' || oci_is_own(d->d_name))
			continue;
		snprintf(path, sizeof(path), "/%s", d->d_name);
		if (!lstat(path, &st) && S_ISDIR(st.st_mode))
			add_mount(mounts, "bind", path, path, options);
	}
	if (dir)
		closedir(dir);
}

static json_t *make_mounts(bool host_dirs)
{
	static const char *const plain[] = {"nosuid", "nodev", "noexec", NULL};
	static const char *const dev[] = {"nosuid", "mode=755", NULL};
	static const char *const tmp[] = {"nosuid", "nodev", "mode=1777", NULL};
	static const char *const pts[] = {"nosuid",        "noexec",    "newinstance",
					  "ptmxmode=0666", "mode=0620", NULL};
	json_t *mounts = json_array();

	if (host_dirs)
		add_host_dirs(mounts);
	add_mount(mounts, "proc", "proc", "/proc", plain);
	add_mount(mounts, "tmpfs", "tmpfs", "/dev", dev);
	add_mount(mounts, "devpts", "devpts", "/dev/pts", pts);
	add_mount(mounts, "tmpfs", "shm", "/dev/shm", tmp);
	add_mount(mounts, "tmpfs", "tmpfs", "/tmp", tmp);
	return mounts;
}

static json_t *make_linux(void)
{
	static const char *const spaces[] = {"pid", "mount", "ipc", "uts", "network", "user"};
	json_t *list = json_array(), *l = json_object();
	bool root = geteuid() == 0;

	for (size_t i = 0; i < ARRAY_SIZE(spaces) - root; i++)
		json_array_append_new(list, json_pack("{s:s}", "type", spaces[i]));
	json_object_set_new(l, "namespaces", list);
	if (!root) {
		json_object_set_new(l, "uidMappings",
				    json_pack("[{s:i, s:i, s:i}]", "containerID", 0, "hostID",
					      (int)geteuid(), "size", 1));
		json_object_set_new(l, "gidMappings",
				    json_pack("[{s:i, s:i, s:i}]", "containerID", 0, "hostID",
					      (int)getegid(), "size", 1));
	}
	return l;
}

static json_t *make_config(const struct bench_column *c, const struct bench_place *p,
			   const struct words *cmd)
{
	char root[256];
	json_t *process = json_pack("{s:b, s:{s:i, s:i}, s:o, s:o, s:s, s:b}", "terminal", 0,
				    "user", "uid", 0, "gid", 0, "args", strings(cmd->w), "env",
				    strings(run_env()), "cwd", "/", "noNewPrivileges", 1);

	root_dir(c, p, root, sizeof(root));
	return json_pack("{s:s, s:o, s:{s:s, s:b}, s:s, s:o, s:o}", "ociVersion", "1.0.2",
			 "process", process, "root", "path", is_runsc(c) ? "/" : root, "readonly",
			 1, "hostname", "bench", "mounts", make_mounts(!is_runsc(c)), "linux",
			 make_linux());
}

static int write_bundle(const struct bench_column *c, const struct bench_place *p, const char *dir,
			const struct words *cmd)
{
	char path[300];
	json_t *config;
	int err;

	if (mkdir(dir, 0755))
		return -errno;
	config = make_config(c, p, cmd);
	snprintf(path, sizeof(path), "%s/config.json", dir);
	err = config && !json_dump_file(config, path, JSON_INDENT(1)) ? 0 : -EIO;
	json_decref(config);
	return err;
}

/* Names of containers differ, in case one is slow to go away. */
static unsigned serial;

static void add_program(const struct bench_column *c, const struct bench_place *p,
			struct words *ret)
{
	words_add(ret, "%s", c->path);
	words_add(ret, "--root");
	words_add(ret, "%s/state-%s", p->work, c->name);
	if (c->flags)
		words_split(ret, c->flags);
}

int oci_command(const struct bench_column *c, const struct bench_place *p, const struct words *cmd,
		struct words *ret)
{
	char dir[256];
	int err;

	serial++;
	snprintf(dir, sizeof(dir), "%s/bundle-%u", p->work, serial);
	err = write_bundle(c, p, dir, cmd);
	if (err)
		return err;
	add_program(c, p, ret);
	words_add(ret, "run");
	words_add(ret, "--bundle");
	words_add(ret, "%s", dir);
	words_add(ret, "bailey-bench-%d-%u", getpid(), serial);
	return 0;
}

static void delete_container(const struct bench_column *c, const struct bench_place *p, unsigned n)
{
	struct words w = {0};
	struct run r = {.env = run_env(), .limit_ms = DELETE_MS, .even_interrupted = true};

	add_program(c, p, &w);
	words_add(&w, "delete");
	words_add(&w, is_runsc(c) ? "-force" : "--force");
	words_add(&w, "bailey-bench-%d-%u", getpid(), n);
	r.argv = w.w;
	/* It fails where the container is gone already, which is as good. */
	(void)!run_command(&r);
	words_free(&w);
}

void oci_after(const struct bench_column *c, const struct bench_place *p, unsigned nr)
{
	for (unsigned n = serial - min(nr, serial); n < serial; n++)
		delete_container(c, p, n + 1);
}
