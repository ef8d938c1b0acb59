/*
 * The zygote gives up what the host lets it give up: namespaces, root
 * directory, capabilities.
 *
 * None of it is what keeps a guest in: it cannot make a host call at all.
 * These are layers for the day something else fails; each one that the host
 * refuses is remembered, for doctor and --strict.
 *
 * The sentry it is a copy of stands in namespaces that are empty but for itself,
 * and its guests stay in them: a network namespace takes the host half a
 * millisecond to make, and more to take apart.  The user namespace is its own,
 * so that a guest process has no say over the sentry's.
 *
 * No pid namespace: clone(CLONE_PARENT) is refused to the init of one, and it
 * is what makes every guest process a child of the sentry.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/harden.h"
#include "platform/notify/zygote.h"

#define SECUREBITS                                                                               \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |                         \
	 SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE | \
	 SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

/* Where the new root is mounted for a moment; any directory will do. */
static const char *const mount_points[] = {"/proc", "/dev", "/tmp", "/mnt"};

static const struct {
	enum zygote_layer layer;
	int flag;
	enum harden_layer own; /* what the sentry has is good for its guests too; 0: not this one */
} namespaces[] = {
	{LAYER_USER, CLONE_NEWUSER, 0}, /* first: the others need the rights it gives */
	{LAYER_MOUNT, CLONE_NEWNS, HARDEN_EMPTY_ROOT},
	{LAYER_NET, CLONE_NEWNET, HARDEN_NET_NS},
	{LAYER_IPC, CLONE_NEWIPC, HARDEN_IPC_NS},
	{LAYER_UTS, CLONE_NEWUTS, HARDEN_UTS_NS},
	{LAYER_CGROUP, CLONE_NEWCGROUP, HARDEN_CGROUP_NS},
};

static int result(int ret)
{
	return ret < 0 ? -errno : 0;
}

/* Nothing but "." and "..". */
static bool root_is_empty(void)
{
	char buf[1024];
	long n = -1, at = 0;
	int names = 0;
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		n = syscall(SYS_getdents64, fd, buf, sizeof(buf));
		close(fd);
	}
	while (at < n) {
		struct dirent64 d;

		memcpy(&d, buf + at, offsetof(struct dirent64, d_name));
		at += d.d_reclen;
		names++;
	}
	return n >= 0 && names <= 2;
}

static int mount_empty(const char **ret_where)
{
	int err = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(mount_points) && err; i++) {
		err = result(mount("none", mount_points[i], "tmpfs",
				   MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
				   "size=4k,mode=555"));
		*ret_where = mount_points[i];
	}
	return err;
}

static int empty_root(void)
{
	const char *where;
	int err;

	if (root_is_empty())
		return result(chdir("/"));
	err = result(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (!err)
		err = mount_empty(&where);
	if (!err)
		err = result(chdir(where));
	/* The old root ends up on top of the new one, and goes. */
	if (!err)
		err = result((int)syscall(SYS_pivot_root, ".", "."));
	if (!err)
		err = result(umount2(".", MNT_DETACH));
	if (!err)
		err = result(chdir("/"));
	return err;
}

/*
 * Of the bounding set nothing is dropped: it bounds what an exec gains, and the
 * only one there will be is done with no_new_privs, or not at all (zygote_prepare()).
 */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};

	/* Without CAP_SETPCAP it fails, and there is nothing to gain any with. */
	prctl(PR_SET_SECUREBITS, SECUREBITS, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return result((int)syscall(SYS_capset, &head, none));
}

/*
 * While the sentry's old root still stands over its new one we are taken for a
 * process in a changed root, which the host gives no user namespace.
 */
static int enter_namespace(struct zygote_shared *sh, int flag)
{
	const struct timespec nap = {.tv_nsec = 20000};
	bool rooted;
	int err;

	do {
		rooted = __atomic_load_n(&sh->rooted, __ATOMIC_ACQUIRE);
		err = result(unshare(flag));
	} while (err == -EPERM && !rooted && !nanosleep(&nap, NULL));
	return err;
}

void zygote_isolate(struct zygote_shared *sh)
{
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
		sh->layer_error[namespaces[i].layer] =
			namespaces[i].own && harden_is_own(namespaces[i].own)
				? 0
				: enter_namespace(sh, namespaces[i].flag);
	sh->layer_error[LAYER_ROOT] =
		sh->layer_error[LAYER_MOUNT] ? sh->layer_error[LAYER_MOUNT] : empty_root();
	sh->layer_error[LAYER_CAPS] = drop_capabilities();
}
