/*
 * Docker, where a daemon answers.
 *
 * An image with nothing in it is imported for the run; the host's directories are
 * bound into it read-only, where they stand or where the host's links lead.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/bench/internal.h"
#include "runtime/bench/run.h"

#define DOCKER_MS 60000

/* Names of containers differ, in case one is slow to go away. */
static unsigned serial;
static bool imported; /* the image has been made */

static void add_client(const struct bench_column *c, struct words *ret)
{
	const char *host = getenv("DOCKER_HOST");

	words_add(ret, "%s", c->path);
	if (host)
		words_add(ret, "--host=%s", host);
}

/* A command of the client's; 0 or -errno with the reason in @r. */
static int docker(struct run *r, struct words *w)
{
	int err;

	r->env = run_env();
	r->limit_ms = DOCKER_MS;
	r->argv = w->w;
	err = run_command(r);
	words_free(w);
	return err;
}

int docker_prepare(const struct bench_column *c, const struct bench_place *p, struct run *r)
{
	static const char nothing[10240]; /* what tar(1) calls an empty archive */
	struct words w = {0};
	char path[128];
	FILE *f;
	int err;

	snprintf(path, sizeof(path), "%s/empty.tar", p->work);
	f = fopen(path, "we");
	if (!f || fwrite(nothing, sizeof(nothing), 1, f) != 1 || fclose(f))
		return -EIO;
	add_client(c, &w);
	words_split(&w, "import");
	words_add(&w, "%s", path);
	words_add(&w, "bailey-bench:%d", getpid());
	err = docker(r, &w);
	imported = !err;
	return err;
}

static void add_host_dirs(struct words *ret)
{
	DIR *dir = opendir("/");
	struct dirent *d;
	struct stat st;
	char path[512], real[4096];

	while (dir && (d = readdir(dir))) {
		if (oci_is_own(d->d_name) || d->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/%s", d->d_name);
		if (stat(path, &st) || !S_ISDIR(st.st_mode) || !realpath(path, real))
			continue;
		words_add(ret, "--volume=%s:%s:ro", real, path);
	}
	if (dir)
		closedir(dir);
}

void docker_command(const struct bench_column *c, const struct words *cmd, struct words *ret)
{
	serial++;
	add_client(c, ret);
	words_split(ret, "run --rm --network=none --read-only --tmpfs=/tmp:mode=1777,exec");
	words_add(ret, "--name=bailey-bench-%d-%u", getpid(), serial);
	for (char *const *e = run_env(); *e; e++)
		words_add(ret, "--env=%s", *e);
	add_host_dirs(ret);
	words_add(ret, "bailey-bench:%d", getpid());
	words_append(ret, cmd);
}

void docker_after(const struct bench_column *c)
{
	struct words w = {0};
	struct run r = {.even_interrupted = true};

	add_client(c, &w);
	words_split(&w, "rm --force");
	words_add(&w, "bailey-bench-%d-%u", getpid(), serial);
	/* It fails where the container is gone already, which is as good. */
	(void)!docker(&r, &w);
}

void docker_finish(const struct bench_column *c)
{
	struct words w = {0};
	struct run r = {.even_interrupted = true};

	if (!imported)
		return;
	add_client(c, &w);
	words_split(&w, "rmi --force");
	words_add(&w, "bailey-bench:%d", getpid());
	(void)!docker(&r, &w);
}
