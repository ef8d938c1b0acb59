/*
 * Shedding what a role does not need (harden.h)
 *
 * Plain system calls, no library: a role is small, and each step is one or two
 * calls whose error is worth more than a wrapper's.
 */
#include "lib/harden.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/text.h"

#define CAP_LAST_TRIED 63

static u32 own; /* bits of what harden_isolate() got */

static const char *const names[NR_HARDEN] = {
	[HARDEN_FDS] = "closed descriptors",
	[HARDEN_USER_NS] = "user namespace",
	[HARDEN_PID_NS] = "pid namespace",
	[HARDEN_MOUNT_NS] = "mount namespace",
	[HARDEN_NET_NS] = "network namespace",
	[HARDEN_IPC_NS] = "ipc namespace",
	[HARDEN_UTS_NS] = "uts namespace",
	[HARDEN_EMPTY_ROOT] = "empty root directory",
	[HARDEN_CGROUP_NS] = "control group namespace",
	[HARDEN_LANDLOCK] = "landlock",
	[HARDEN_CAPS] = "no capabilities",
	[HARDEN_NO_PRIVS] = "no_new_privs",
	[HARDEN_UNDUMPABLE] = "not dumpable",
	[HARDEN_RLIMITS] = "resource limits",
	[HARDEN_SECCOMP] = "seccomp filter",
};

const char *harden_name(enum harden_layer l)
{
	return names[l];
}

static bool is_namespace(enum harden_layer l)
{
	return l >= HARDEN_USER_NS && l <= HARDEN_EMPTY_ROOT;
}

const char *harden_hint(enum harden_layer l, int err)
{
	if (is_namespace(l) && err == -EPERM)
		return "namespaces are forbidden here (a container's seccomp profile, root "
		       "without CAP_SETFCAP, "
		       "kernel.apparmor_restrict_unprivileged_userns, or "
		       "kernel.unprivileged_userns_clone=0)";
	if (is_namespace(l) && (err == -ENOSPC || err == -EUSERS))
		return "raise user.max_user_namespaces";
	if (l == HARDEN_LANDLOCK && err == -EOPNOTSUPP)
		return "the kernel has Landlock but does not use it: add it to lsm=";
	if (err == -ENOSYS)
		return "the kernel is too old, or was built without it";
	return NULL;
}

void harden_note(struct harden_report *r, enum harden_layer l, int err)
{
	r->on[l] = err == 0;
	r->err[l] = err;
}

static void list_append(struct harden_list *list, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_append(list->text, sizeof(list->text), &list->used, fmt, ap);
	va_end(ap);
}

static void list_append_error(struct harden_list *list)
{
	list_append(list, " (%s)", list->err ? strerror(-list->err) : "not tried");
}

void harden_list_add(struct harden_list *list, const char *whose, const char *name, int err)
{
	if (list->used && err != list->err)
		list_append_error(list);
	list_append(list, "%s%s%s", list->used ? ", " : "", whose, name);
	list->err = err;
}

const char *harden_list_end(struct harden_list *list)
{
	if (list->used)
		list_append_error(list);
	return list->text;
}

u32 harden_missing(const struct harden_report *r, u32 wanted, struct harden_list *list)
{
	u32 ret = 0;

	for (int l = 0; l < NR_HARDEN; l++) {
		if (!(wanted & 1u << l) || r->on[l])
			continue;
		ret |= 1u << l;
		harden_list_add(list, "", names[l], r->err[l]);
	}
	return ret;
}

void harden_print_line(int fd, const char *who, const char *name, int err, const char *hint)
{
	char line[512];
	int n = snprintf(line, sizeof(line), "layer\t%s\t%s\t%d\t%s\n", who, name, -err,
			 hint ? hint : "");

	/* One plain write: the role's filter is on already. */
	if (write(fd, line, (size_t)min(n, (int)sizeof(line) - 1)) < 0)
		log_debug("cannot tell of a layer: %s", strerror(errno));
}

void harden_print_note(int fd, const char *text)
{
	char line[512];
	int n = snprintf(line, sizeof(line), "note\t%s\n", text);

	if (write(fd, line, (size_t)min(n, (int)sizeof(line) - 1)) < 0)
		log_debug("cannot tell doctor: %s", strerror(errno));
}

void harden_print(const struct harden_report *r, u32 wanted, const char *who, int fd)
{
	for (int l = 0; l < NR_HARDEN; l++) {
		/* Not tried counts as refused: a line must not say that it is in force. */
		int err = r->on[l] ? 0 : r->err[l] ? r->err[l] : -EOPNOTSUPP;

		if (wanted & 1u << l)
			harden_print_line(fd, who, names[l], err,
					  err ? harden_hint((enum harden_layer)l, err) : NULL);
	}
}

static int sys_err(long ret)
{
	return ret == -1 ? -errno : 0;
}

/* close_range(2) came with Linux 5.9, and old container profiles refuse it. */
static int close_span(unsigned first, unsigned last)
{
	struct rlimit lim;
	unsigned fd;

	if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
		return 0;
	if (getrlimit(RLIMIT_NOFILE, &lim))
		return -errno;
	for (fd = first; fd <= last && fd < lim.rlim_cur; fd++)
		close((int)fd);
	return 0;
}

void harden_fds(const int *keep, size_t nr, struct harden_report *r)
{
	unsigned next = 0;
	int err = 0;
	size_t i;

	for (i = 0; i < nr && !err; i++) {
		if (keep[i] > 0)
			err = close_span(next, (unsigned)keep[i] - 1);
		next = (unsigned)keep[i] + 1;
	}
	if (!err)
		err = close_span(next, UINT32_MAX);
	harden_note(r, HARDEN_FDS, err);
}

static int write_proc(const char *path, const char *text)
{
	int err, fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	err = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return err;
}

/* One id that means the same inside: without any, no namespace could be made below this one. */
static int map_self(const char *path, u32 id)
{
	char line[40];

	snprintf(line, sizeof(line), "%u %u 1\n", id, id);
	return write_proc(path, line);
}

static int own_user_ns(void)
{
	u32 uid = geteuid(), gid = getegid();
	int err = sys_err(unshare(CLONE_NEWUSER));

	if (err)
		return err;
	/* A root without capabilities may not map itself; the namespace is one all the same. */
	err = write_proc("/proc/self/setgroups", "deny");
	if (!err)
		err = map_self("/proc/self/uid_map", uid);
	if (!err)
		err = map_self("/proc/self/gid_map", gid);
	if (err)
		log_debug("user namespace without ids: %s", strerror(-err));
	return 0;
}

/* Mounts and namespaces can be made: the first process of a user namespace has that right. */
static bool may_administer(void)
{
	struct __user_cap_header_struct hdr = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	return !syscall(SYS_capget, &hdr, data) &&
	       data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective & CAP_TO_MASK(CAP_SYS_ADMIN);
}

static const struct {
	int flag;
	enum harden_layer layer;
} namespaces[] = {
	{CLONE_NEWNS, HARDEN_MOUNT_NS},      {CLONE_NEWNET, HARDEN_NET_NS},
	{CLONE_NEWIPC, HARDEN_IPC_NS},       {CLONE_NEWUTS, HARDEN_UTS_NS},
	{CLONE_NEWCGROUP, HARDEN_CGROUP_NS},
};

/*
 * An empty file system becomes the root, and the old one goes away whole.  It
 * is mounted over /proc for want of a better place that is always there.
 */
static int enter_empty_root(void)
{
	int err = sys_err(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));

	if (!err)
		err = sys_err(mount("bailey", "/proc", "tmpfs",
				    MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
				    "size=4k,nr_inodes=2,mode=555"));
	if (!err)
		err = sys_err(chdir("/proc"));
	if (!err)
		err = sys_err(syscall(SYS_pivot_root, ".", "."));
	return err;
}

/* The old root stands on top of the new one, and is the working directory. */
static int leave_old_root(void)
{
	int err = sys_err(umount2(".", MNT_DETACH));

	return err ? err : sys_err(chdir("/"));
}

void harden_isolate_begin(bool user_ns, u64 born_in, struct harden_report *r)
{
	size_t i;

	if (user_ns && born_in & CLONE_NEWUSER && may_administer())
		harden_note(r, HARDEN_USER_NS, 0);
	else if (user_ns)
		harden_note(r, HARDEN_USER_NS, own_user_ns());
	for (i = 0; i < ARRAY_SIZE(namespaces); i++)
		harden_note(r, namespaces[i].layer,
			    born_in & (u64)namespaces[i].flag
				    ? 0
				    : sys_err(unshare(namespaces[i].flag)));
	if (r->on[HARDEN_MOUNT_NS])
		harden_note(r, HARDEN_EMPTY_ROOT, enter_empty_root());
	else
		harden_note(r, HARDEN_EMPTY_ROOT, r->err[HARDEN_MOUNT_NS]);
	for (int l = HARDEN_USER_NS; l <= HARDEN_EMPTY_ROOT; l++)
		own |= (u32)r->on[l] << l;
}

void harden_isolate_end(struct harden_report *r)
{
	if (r->on[HARDEN_EMPTY_ROOT])
		harden_note(r, HARDEN_EMPTY_ROOT, leave_old_root());
}

void harden_isolate(bool user_ns, bool keep_cwd, struct harden_report *r)
{
	int cwd = keep_cwd ? open(".", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

	harden_isolate_begin(user_ns, 0, r);
	harden_isolate_end(r);
	if (cwd < 0)
		return;
	if (fchdir(cwd))
		harden_note(r, HARDEN_EMPTY_ROOT, -errno);
	close(cwd);
}

/* Nothing of the host's stands in the root of our mount namespace. */
static int check_root(void)
{
	return access("/proc", F_OK) == 0 ? -ENOTEMPTY : 0;
}

int harden_join(int pidfd, struct harden_report *r)
{
	int cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC), flags = 0, err;
	size_t i;

	if (cwd < 0)
		return -errno;
	for (i = 0; i < ARRAY_SIZE(namespaces); i++)
		flags |= namespaces[i].flag;
	err = sys_err(setns(pidfd, flags));
	if (!err)
		err = check_root();
	if (!err)
		err = sys_err(fchdir(cwd));
	close(cwd);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(namespaces); i++)
		harden_note(r, namespaces[i].layer, 0);
	harden_note(r, HARDEN_EMPTY_ROOT, 0);
	return 0;
}

bool harden_is_own(enum harden_layer l)
{
	return own & 1u << l;
}

/* What cannot be dropped was not had. */
static void drop_bounds(u64 keep)
{
	/* EINVAL: the host's last one was the one before. */
	for (int cap = 0; cap <= CAP_LAST_TRIED; cap++)
		if (!(keep & 1ull << cap) && prctl(PR_CAPBSET_DROP, cap) && errno == EINVAL)
			break;
}

/* Every set but the bounding one. */
static int drop_caps(u64 keep)
{
	struct __user_cap_header_struct hdr = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];
	int cap;

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capget, &hdr, data))
		return -errno;
	for (cap = 0; cap < 2; cap++) {
		u32 mask = (u32)(keep >> (32 * cap));

		data[cap].permitted &= mask;
		data[cap].effective = data[cap].permitted;
		data[cap].inheritable = 0;
	}
	return sys_err(syscall(SYS_capset, &hdr, data));
}

static int set_limits(void)
{
	const struct rlimit none = {0, 0};
	int err = sys_err(setrlimit(RLIMIT_CORE, &none));

	if (!err)
		err = sys_err(setrlimit(RLIMIT_MSGQUEUE, &none));
	/* A write past a file size limit is an error here, never a death. */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	return err;
}

void harden_lock(u64 keep_caps, struct harden_report *r)
{
	harden_note(r, HARDEN_RLIMITS, set_limits());
	harden_note(r, HARDEN_NO_PRIVS, sys_err(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)));
	/*
	 * All that the bounding set bounds is what an exec gains, which is nothing
	 * any more, for good: 41 calls, only where that was refused.
	 */
	if (!r->on[HARDEN_NO_PRIVS])
		drop_bounds(keep_caps);
	harden_note(r, HARDEN_CAPS, drop_caps(keep_caps));
	harden_note(r, HARDEN_UNDUMPABLE, sys_err(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)));
}
