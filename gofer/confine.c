/*
 * The gofer's isolation (confine.h)
 *
 * It cannot enter a user namespace: it would see nobody as the owner of other
 * users' files.  So namespaces and an empty root, the sentry's, are for a gofer
 * started by root; an ordinary user's has Landlock, which needs no privilege.
 *
 * Root's mounts are cloned: a clone has nothing above its top, so that even
 * ".." from a hijacked gofer leads nowhere, and read-only ones are read-only to
 * the kernel too.
 */
#include "gofer/confine.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gofer/filter.h"
#include "lib/alloc.h"
#include "lib/log.h"
#include "lib/roles.h"

#define CAP(c) (1ull << (c))

/* What acting as the owner of anybody's files takes. */
#define CAPS_OWNER                                                                             \
	(CAP(CAP_CHOWN) | CAP(CAP_DAC_OVERRIDE) | CAP(CAP_DAC_READ_SEARCH) | CAP(CAP_FOWNER) | \
	 CAP(CAP_FSETID))

/* Newer than the headers we may be built with. */
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

/* A mount of its own of what @fd shows, in no tree; -errno where that takes more rights. */
static int clone_mount(int fd, const char *path, unsigned flags)
{
	long n = syscall(SYS_open_tree, fd, path,
			 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | flags);

	return n < 0 ? -errno : (int)n;
}

static void clone_one(struct gofer_mount *m)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSYMFOLLOW |
			    (m->rdonly ? MOUNT_ATTR_RDONLY : 0),
		.propagation = MS_SLAVE,
	};
	int fd = clone_mount(m->fd, "", AT_RECURSIVE);

	if (fd < 0)
		return;
	if (syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)))
		log_debug("mount attributes: %s", strerror(errno));
	close(m->fd);
	m->fd = fd;
}

/* The working directory, /proc/self/fd, without the way up from it. */
static void clone_cwd(void)
{
	int fd = clone_mount(AT_FDCWD, ".", 0);

	if (fd < 0)
		return;
	if (fchdir(fd))
		log_debug("working directory: %s", strerror(errno));
	close(fd);
}

static void landlock(const struct gofer_table *t, struct harden_report *r)
{
	cleanup_free struct harden_dir *dirs = kcalloc(t->nr + 1, sizeof(*dirs));
	u32 i;

	if (!dirs) {
		harden_note(r, HARDEN_LANDLOCK, -ENOMEM);
		return;
	}
	for (i = 0; i < t->nr; i++)
		dirs[i] = (struct harden_dir){t->mounts[i].fd, !t->mounts[i].rdonly};
	harden_landlock(dirs, t->nr, r);
}

/* Root that may write host files may do so as their owners; nobody else has what it takes. */
static u64 caps_needed(const struct gofer_table *t, bool strict)
{
	u32 i;

	for (i = 0; i < t->nr && !strict; i++)
		if (!t->mounts[i].rdonly)
			return CAPS_OWNER;
	return 0;
}

/*
 * The sentry's first message says that it has left its old root.  Its namespaces
 * are as empty as ours would be, and neither role has a call that reaches
 * anything through them; to make others, and to take them apart in the end, takes
 * the host three quarters of a millisecond.
 */
static int join_sentry(int sentry, struct harden_report *r)
{
	struct pollfd p = {.fd = ROLE_FD_GOFER, .events = POLLIN};

	while (poll(&p, 1, -1) < 0)
		if (errno != EINTR)
			return -errno;
	return harden_join(sentry, r);
}

void gofer_confine(struct gofer_table *t, bool strict, int sentry, struct harden_report *r)
{
	u32 i;

	for (i = 0; i < t->nr; i++)
		clone_one(&t->mounts[i]);
	clone_cwd();
	if (sentry < 0 || join_sentry(sentry, r))
		harden_isolate(false, true, r);
	if (sentry >= 0)
		close(sentry);
	landlock(t, r);
	harden_lock(caps_needed(t, strict), r);
	harden_note(r, HARDEN_SECCOMP, gofer_filter_install());
}

u32 gofer_layers_wanted(const struct harden_report *r)
{
	const u32 always = 1u << HARDEN_FDS | 1u << HARDEN_CAPS | 1u << HARDEN_NO_PRIVS |
			   1u << HARDEN_UNDUMPABLE | 1u << HARDEN_RLIMITS | 1u << HARDEN_SECCOMP;
	const u32 of_root = 1u << HARDEN_MOUNT_NS | 1u << HARDEN_NET_NS | 1u << HARDEN_IPC_NS |
			    1u << HARDEN_UTS_NS | 1u << HARDEN_CGROUP_NS | 1u << HARDEN_EMPTY_ROOT;
	const u32 landlock = 1u << HARDEN_LANDLOCK;

	if (!r->on[HARDEN_EMPTY_ROOT])
		return always | landlock;
	return always | of_root | (r->on[HARDEN_LANDLOCK] ? landlock : 0);
}
