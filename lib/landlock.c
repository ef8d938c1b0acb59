/*
 * Landlock: the kernel itself refuses what a role has no business with
 * (harden.h)
 *
 * The one layer of file confinement that needs no namespace and no privilege.
 * Rights the running kernel does not know are left out of what is handled.
 */
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/harden.h"

/* Newer than the headers we may be built with. */
#define ACCESS_TRUNCATE     (1ull << 14)
#define ACCESS_IOCTL_DEV    (1ull << 15)

#define SCOPE_ABSTRACT_UNIX (1ull << 0)
#define SCOPE_SIGNAL        (1ull << 1)

#define NET_TCP             (3ull) /* bind and connect */

#define ACCESS_FILE                                                   \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	 LANDLOCK_ACCESS_FS_READ_FILE | ACCESS_TRUNCATE | ACCESS_IOCTL_DEV)
#define ACCESS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* Devices are left out: nobody makes or uses one. */
#define ACCESS_WRITE                                                      \
	(ACCESS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE |  \
	 LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |      \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |    \
	 LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER)

/* As the kernel of ABI 6 has it; older ones take the part they know. */
struct ruleset_attr {
	u64 handled_fs, handled_net, scoped;
};

static long landlock_abi(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static u64 fs_rights(long abi)
{
	u64 all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

	if (abi >= 2)
		all |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		all |= ACCESS_TRUNCATE;
	if (abi >= 5)
		all |= ACCESS_IOCTL_DEV;
	return all;
}

static int create_ruleset(long abi, u64 handled)
{
	struct ruleset_attr attr = {
		.handled_fs = handled,
		.handled_net = abi >= 4 ? NET_TCP : 0,
		.scoped = abi >= 6 ? SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL : 0,
	};
	size_t size = abi >= 6 ? sizeof(attr) : abi >= 4 ? 2 * sizeof(u64) : sizeof(u64);
	long fd = syscall(SYS_landlock_create_ruleset, &attr, size, 0);

	return fd < 0 ? -errno : (int)fd;
}

static int add_dir(int ruleset, const struct harden_dir *d, u64 handled)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = (d->write ? ACCESS_WRITE : ACCESS_READ) & handled,
		.parent_fd = d->fd,
	};
	struct stat st;

	if (fstat(d->fd, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= ACCESS_FILE;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
		return -errno;
	return 0;
}

static int restrict_to(const struct harden_dir *dirs, size_t nr)
{
	long abi = landlock_abi();
	bool writes = false;
	int ruleset, err = 0;
	size_t i;

	if (abi < 0)
		return -errno;
	for (i = 0; i < nr; i++)
		writes |= dirs[i].write;
	/* The first version forbids every rename from one directory to another. */
	if (abi < 2 && writes)
		return -ENOSYS;
	ruleset = create_ruleset(abi, fs_rights(abi));
	if (ruleset < 0)
		return ruleset;
	for (i = 0; i < nr && !err; i++)
		err = add_dir(ruleset, &dirs[i], fs_rights(abi));
	if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
	if (!err && syscall(SYS_landlock_restrict_self, ruleset, 0))
		err = -errno;
	close(ruleset);
	return err;
}

void harden_landlock(const struct harden_dir *dirs, size_t nr, struct harden_report *r)
{
	harden_note(r, HARDEN_LANDLOCK, restrict_to(dirs, nr));
}
