/*
 * From the spec's mounts to the gofer's (table.h)
 */
#include "gofer/table.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/spec.h"

/*
 * Root of a sandbox that an ordinary user started is that user where it writes
 * host files, as in a user namespace of one id: the host lets it be nobody else.
 */
static void map_root(const struct sandbox_spec *spec, struct gofer_mount *m)
{
	if (m->rdonly || spec->uid || !geteuid())
		return;
	m->has_uid = m->has_gid = true;
	m->host_uid = geteuid();
	m->host_gid = getegid();
}

int gofer_table_create(const struct sandbox_spec *spec, int first_fd, struct gofer_table *ret)
{
	struct gofer_table t = {0};
	int err = 0;
	u32 i;

	t.mounts = kcalloc(spec->nr_mounts + 1, sizeof(*t.mounts));
	if (!t.mounts)
		return -ENOMEM;
	for (i = 0; i < spec->nr_mounts && !err; i++) {
		const struct spec_mount *from = &spec->mounts[i];
		struct gofer_mount *m = &t.mounts[t.nr];

		if (!from->src)
			continue;
		m->fd = first_fd + (int)t.nr++;
		m->rdonly = from->read_only || from->type != SPEC_MOUNT_BIND;
		m->shared = from->shared;
		map_root(spec, m);
		if (fcntl(m->fd, F_GETFD) < 0)
			err = -EBADF;
	}
	if (err) {
		kfree(t.mounts);
		return err;
	}
	*ret = t;
	return 0;
}
