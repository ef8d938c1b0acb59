/*
 * What a start looks at in its root, whatever the program does (boot_expect)
 *
 * Where the program may be, its loader and what that opens first, mount points, the
 * working directory.  To ask for what is not there, or hidden by a mount, costs little.
 */
#include <string.h>

#include "boot/boot.h"
#include "fs/goferfs/goferfs.h"

#define PATHS_MAX      17u /* a packet */
#define MOUNTS_MAX     6u
#define CANDIDATES_MAX 7u

struct expect {
	const char *open[PATHS_MAX], *look[PATHS_MAX];
	u32 nr_open, nr_look;
	char candidates[CANDIDATES_MAX][256];
};

/* Of programs that are linked at run time, and what it opens and looks at before all others. */
static const char loader[] = "/lib64/ld-linux-x86-64.so.2";
static const char cache[] = "/etc/ld.so.cache", preload[] = "/etc/ld.so.preload";

/* Does something that is mounted before the @nr-th mount hide what the root has there? */
static bool is_hidden(const struct sandbox_spec *spec, u32 nr, const char *path)
{
	for (u32 i = 1; i < nr; i++) {
		size_t len = strlen(spec->mounts[i].dst);

		if (!strncmp(path, spec->mounts[i].dst, len) && (!path[len] || path[len] == '/'))
			return true;
	}
	return false;
}

/* The program itself, or where it is searched first. */
static void expect_program(const struct sandbox_spec *spec, struct expect *e)
{
	const char *name = spec->args[0], *path = boot_search_path(spec);
	const u32 room = sizeof(e->candidates[0]);

	if (*name == '/' && !is_hidden(spec, spec->nr_mounts, name))
		e->open[e->nr_open++] = name;
	for (u32 i = 0; i < CANDIDATES_MAX && !strchr(name, '/');) {
		const int len = (int)strcspn(path, ":");
		char *to = e->candidates[i];

		if (*path == '/' && (u32)snprintf(to, room, "%.*s/%s", len, path, name) < room &&
		    !is_hidden(spec, spec->nr_mounts, to)) {
			e->open[e->nr_open++] = to;
			i++;
		}
		if (!path[len])
			break;
		path += len + 1;
	}
}

void boot_expect(const struct sandbox_spec *spec, struct super *root)
{
	struct expect e = {.open = {loader, cache}, .nr_open = 2, .look = {preload}, .nr_look = 1};
	const u32 nr_mounts = min(spec->nr_mounts, 1 + MOUNTS_MAX);

	expect_program(spec, &e);
	for (u32 i = 1; i < nr_mounts; i++)
		if (!is_hidden(spec, i, spec->mounts[i].dst))
			e.look[e.nr_look++] = spec->mounts[i].dst;
	if (!is_hidden(spec, spec->nr_mounts, spec->cwd))
		e.look[e.nr_look++] = spec->cwd;
	memcpy(e.open + e.nr_open, e.look,
	       min(e.nr_look, PATHS_MAX - e.nr_open) * sizeof(e.look[0]));
	goferfs_expect(root, e.open, min(e.nr_open + e.nr_look, PATHS_MAX), e.nr_open);
}
