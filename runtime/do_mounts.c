/* What a `bailey do` sandbox sees of files (do_flags.h). */
#include <limits.h>
#include <sys/stat.h>

#include "lib/alloc.h"
#include "runtime/do_flags.h"
#include "runtime/runtime.h"

static int add_volume(struct sandbox_spec *spec, const char *arg)
{
	cleanup_free char *copy = kstrdup(arg);
	char real[PATH_MAX];
	struct spec_mount *m;
	char *dst, *mode;

	if (!copy)
		return fail("out of memory");
	dst = strchr(copy, ':');
	if (!dst || dst == copy || dst[1] != '/')
		return fail("--volume '%s': SRC:DST[:ro|rw] with an absolute DST is wanted", arg);
	*dst++ = '\0';
	mode = strchr(dst, ':');
	if (mode)
		*mode++ = '\0';
	if (mode && strcmp(mode, "ro") && strcmp(mode, "rw"))
		return fail("--volume '%s': '%s' is neither ro nor rw", arg, mode);
	if (!realpath(copy, real))
		return fail("--volume '%s': cannot use '%s': %s", arg, copy, strerror(errno));
	m = spec_add_mount(spec, SPEC_MOUNT_BIND, real, dst);
	if (!m)
		return fail("out of memory");
	m->read_only = !mode || !strcmp(mode, "ro");
	m->shared = true;
	m->nodev = true;
	return 0;
}

static int add_root(struct sandbox_spec *spec, const struct do_flags *f)
{
	struct spec_mount *root;
	char real[PATH_MAX];
	struct stat st;

	if (!realpath(f->rootfs, real) || stat(real, &st))
		return fail("--rootfs '%s': %s", f->rootfs, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return fail("--rootfs '%s': not a directory", f->rootfs);
	root = spec_add_mount(spec, f->overlay ? SPEC_MOUNT_OVERLAY : SPEC_MOUNT_BIND, real, "/");
	if (!root)
		return fail("out of memory");
	root->read_only = !f->overlay;
	return 0;
}

static int add_kernel_mounts(struct sandbox_spec *spec)
{
	struct spec_mount *shm;

	if (!spec_add_mount(spec, SPEC_MOUNT_PROC, NULL, "/proc") ||
	    !spec_add_mount(spec, SPEC_MOUNT_SYS, NULL, "/sys") ||
	    !spec_add_mount(spec, SPEC_MOUNT_DEV, NULL, "/dev") ||
	    !spec_add_mount(spec, SPEC_MOUNT_DEVPTS, NULL, "/dev/pts"))
		return fail("out of memory");
	shm = spec_add_mount(spec, SPEC_MOUNT_TMPFS, NULL, "/dev/shm");
	if (!shm)
		return fail("out of memory");
	shm->mode = 01777;
	shm->nosuid = shm->nodev = true;
	return 0;
}

int do_add_mounts(struct sandbox_spec *spec, const struct do_flags *f)
{
	int err = add_root(spec, f);

	if (!err)
		err = add_kernel_mounts(spec);
	for (size_t i = 0; i < f->nr_volumes && !err; i++)
		err = add_volume(spec, f->volumes[i]);
	return err;
}
