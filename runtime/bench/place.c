/* Where a run finds its programs, and the directory it works in. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/bench/internal.h"
#include "runtime/runtime.h"

/* Beside out/MODE/bailey; below the copy in the root of the tree; where `make install` puts them.
 */
static const char *const guest_dirs[] = {"bench", "out/rel/bench", "../libexec/bailey/bench"};

int place_find(struct bench_place *p, bool link_static)
{
	const char *link = link_static ? "static" : "dynamic";
	char here[512], probe[600];
	ssize_t n = readlink("/proc/self/exe", here, sizeof(here) - 1);
	char *slash;

	if (n <= 0 || (size_t)n >= sizeof(here) - 1)
		return fail("cannot find this binary: %s", strerror(n < 0 ? errno : ENAMETOOLONG));
	here[n] = '\0';
	memcpy(p->self, here, (size_t)n + 1);
	slash = strrchr(here, '/');
	*slash = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(guest_dirs); i++) {
		snprintf(probe, sizeof(probe), "%s/%s/%s", here, guest_dirs[i], link);
		if (!access(probe, R_OK | X_OK) && strlen(probe) < sizeof(p->guests)) {
			memcpy(p->guests, probe, strlen(probe) + 1);
			return 0;
		}
	}
	return fail("cannot find the programs to measure: %s/bench/%s and the like are not there; "
		    "`make bench-guests` builds them",
		    here, link);
}

static int copy_file(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	ssize_t n = -1;

	while (in >= 0 && out >= 0 && (n = sendfile(out, in, NULL, 1 << 20)) > 0)
		;
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return n == 0 ? 0 : -errno;
}

static int copy_guests(const struct bench_place *p)
{
	char from[1024], to[512];
	struct dirent *d;
	DIR *dir = opendir(p->guests);
	int err = dir ? 0 : -errno;

	snprintf(to, sizeof(to), "%s/bin", p->work);
	if (!err && mkdir(to, 0755))
		err = -errno;
	while (!err && (d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		snprintf(from, sizeof(from), "%s/%s", p->guests, d->d_name);
		snprintf(to, sizeof(to), "%s/bin/%s", p->work, d->d_name);
		err = copy_file(from, to);
	}
	if (dir)
		closedir(dir);
	return err;
}

/* Not in /tmp, which most sandboxes have to themselves. */
int place_make(struct bench_place *p)
{
	int err;

	snprintf(p->work, sizeof(p->work), "/var/tmp/bailey-bench.XXXXXX");
	snprintf(p->tmp, sizeof(p->tmp), "/tmp/bailey-bench-%d", getpid());
	if (!mkdtemp(p->work)) {
		p->work[0] = '\0';
		return fail("cannot make a directory in /var/tmp: %s", strerror(errno));
	}
	p->words = (struct words_places){
		.work = p->work,
		.tmp = p->tmp,
		.port = 20000 + (unsigned)getpid() % 10000,
	};
	umask(022);
	err = chmod(p->work, 0755) ? -errno : copy_guests(p);
	if (err)
		return fail("cannot copy programs from %s to %s: %s", p->guests, p->work,
			    strerror(-err));
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)at;
	if (type == FTW_DP || type == FTW_DNR)
		rmdir(path);
	else
		unlink(path);
	return 0;
}

static void remove_tree(const char *path)
{
	/* On one file system: never into a mount that a runtime has left behind. */
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

void place_remove(struct bench_place *p)
{
	char pattern[96];
	glob_t found;

	if (!p->work[0])
		return;
	remove_tree(p->work);
	snprintf(pattern, sizeof(pattern), "%s*", p->tmp);
	if (!glob(pattern, GLOB_NOSORT, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			remove_tree(found.gl_pathv[i]);
		globfree(&found);
	}
}
