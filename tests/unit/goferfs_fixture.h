/* A goferfs over a gofer over a real directory: fs/goferfs tests */
#pragma once
#include "fs/goferfs/goferfs.h"
#include "tests/unit/fs_fixture.h"
#include "tests/unit/gofer_rig.h"

enum { EXCLUSIVE, READONLY, SHARED };

static inline bool setup(struct rig *r, struct fs_fixture *fx, u32 mount, u32 max_handles)
{
	struct super *super;

	if (!rig_start(r, max_handles))
		return false;
	if (mount == SHARED) {
		close(r->root_fd);
		r->root_fd = openat(r->top_fd, "other", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (goferfs_create(r->c, mount, 0, &super))
		return false;
	fs_setup_super(fx, super);
	return true;
}

static inline void teardown(struct rig *r, struct fs_fixture *fx)
{
	fs_teardown(fx);
	rig_stop(r);
}

/* The host's view of a file of the mount. */
static inline const char *host_text(struct rig *r, const char *name)
{
	static char buf[4096];
	int fd = openat(r->root_fd, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	buf[n < 0 ? 0 : n] = 0;
	if (fd >= 0)
		close(fd);
	return n < 0 ? "<none>" : buf;
}
