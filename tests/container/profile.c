/*
 * Runs a command under a seccomp filter like the one Docker puts on containers without any
 * capability, where no Docker is: what that refuses is refused, with the same errno.
 *
 *	profile [--without CALL|listener]... COMMAND [ARGUMENTS...]
 *
 * --without: neither is that call allowed, or seccomp(2) where it makes a listener.
 *
 * Differs: Docker lists what is allowed; here is listed what it leaves out of what bailey, its
 * tests and its guests are likely to call, and every number Linux has not given out yet.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#define NAMESPACES                                                                                 \
	(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | \
	 CLONE_NEWCGROUP)
#define FIRST_UNKNOWN 480
#define LAST_UNKNOWN  520

static const char *const refused[] = {
	"acct",
	"add_key",
	"bpf",
	"chroot",
	"clock_adjtime",
	"clock_settime",
	"delete_module",
	"fanotify_init",
	"finit_module",
	"fsconfig",
	"fsmount",
	"fsopen",
	"fspick",
	"get_mempolicy",
	"init_module",
	"ioperm",
	"iopl",
	"kcmp",
	"kexec_file_load",
	"kexec_load",
	"keyctl",
	"lookup_dcookie",
	"mbind",
	"mount",
	"mount_setattr",
	"move_mount",
	"move_pages",
	"name_to_handle_at",
	"open_by_handle_at",
	"open_tree",
	"perf_event_open",
	"pidfd_getfd",
	"pivot_root",
	"process_madvise",
	"process_vm_readv",
	"process_vm_writev",
	"quotactl",
	"reboot",
	"request_key",
	"set_mempolicy",
	"setdomainname",
	"sethostname",
	"setns",
	"settimeofday",
	"swapoff",
	"swapon",
	"sysfs",
	"syslog",
	"umount2",
	"unshare",
	"userfaultfd",
	"uselib",
	"ustat",
	"vhangup",
};

static void need(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "profile: %s: error %d\n", what, -err);
	exit(125);
}

/* All but a plain process or thread; clone3, whose flags no filter sees, is not there. */
static void refuse_namespaces(scmp_filter_ctx ctx)
{
	for (unsigned bit = 0; bit < 32; bit++) {
		scmp_datum_t flag = 1u << bit;

		if (NAMESPACES & flag)
			need(seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
					      SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag)),
			     "clone");
	}
	need(seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0), "clone3");
}

/* As a host says it that does not know. */
static void refuse(scmp_filter_ctx ctx, const char *what)
{
	int nr = seccomp_syscall_resolve_name(what);

	if (!strcmp(what, "listener"))
		need(seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(seccomp), 1,
				      SCMP_A1(SCMP_CMP_MASKED_EQ, SECCOMP_FILTER_FLAG_NEW_LISTENER,
					      SECCOMP_FILTER_FLAG_NEW_LISTENER)),
		     what);
	else
		need(nr == __NR_SCMP_ERROR ? -EINVAL
					   : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), nr, 0),
		     what);
}

int main(int argc, char **argv)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	size_t i;

	for (; argc > 2 && ctx && !strcmp(argv[1], "--without"); argc -= 2, argv += 2)
		refuse(ctx, argv[2]);
	if (argc < 2 || !ctx) {
		fprintf(stderr, "usage: profile [--without CALL|listener]... COMMAND...\n");
		return 125;
	}
	need(seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(EPERM)), "x32 calls");
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		int nr = seccomp_syscall_resolve_name(refused[i]);

		if (nr != __NR_SCMP_ERROR)
			need(seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), nr, 0), refused[i]);
	}
	refuse_namespaces(ctx);
	need(seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(personality), 1,
			      SCMP_A0(SCMP_CMP_MASKED_EQ, ADDR_NO_RANDOMIZE, ADDR_NO_RANDOMIZE)),
	     "personality");
	for (int nr = FIRST_UNKNOWN; nr <= LAST_UNKNOWN; nr++)
		need(seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), nr, 0), "an unknown number");
	need(seccomp_load(ctx), "no filter");
	seccomp_release(ctx);
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 126;
}
