/*
 * Row 14: new namespaces, chroot twice, pivot_root and mounts lead nowhere
 * outside
 */
#include <sched.h>
#include <sys/mount.h>

#include "a.h"

static void attack_chroot(void *arg)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY), i;

	mkdir("/tmp/jail", 0755);
	if (chroot("/tmp/jail") == -1)
		_exit(0);
	fchdir(fd);
	for (i = 0; i < 50; i++)
		chdir("..");
	chroot(".");
	a_not_secret("outside/secret");
	a_not_secret(arg);
}

static void attack_unshare(void *arg)
{
	char path[PATH_MAX];

	unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID);
	mount("/", "/tmp", NULL, MS_BIND | MS_REC, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("/dev/vda", "/tmp", "ext4", 0, NULL);
	syscall(SYS_pivot_root, "/tmp", "/tmp");
	umount2("/", MNT_DETACH);
	umount2("/mnt/rw", MNT_DETACH);
	a_not_secret(arg);
	snprintf(path, sizeof(path), "/tmp%s", (char *)arg);
	a_not_secret(path);
	a_not_secret("/mnt/rw/../../outside/secret");
}

static void attack_setns(void *arg)
{
	static const char *const kinds[] = {"mnt", "net", "pid", "user", "ipc", "uts"};
	char path[64];
	size_t i;
	int fd;

	for (i = 0; i < 6; i++) {
		snprintf(path, sizeof(path), "/proc/1/ns/%s", kinds[i]);
		fd = open(path, O_RDONLY);
		if (fd >= 0)
			setns(fd, 0);
	}
	a_not_secret(arg);
}

int main(void)
{
	char secret[PATH_MAX];

	snprintf(secret, sizeof(secret), "%s/secret", a_outside());
	a_try(attack_chroot, secret);
	a_try(attack_unshare, secret);
	a_try(attack_setns, secret);
	return 0;
}
