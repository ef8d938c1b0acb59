/*
 * Our own program, as roles execute it.
 *
 * CVE-2019-5736: what a role is made to open as /proc/self/exe must not be the
 * file that the host runs, or not in a way that lets it be written.  The
 * cheapest way that holds is taken:
 *
 *	the file itself		its owner is another user, and we cannot write to it
 *	a read-only mount	the clone of a mount, that no one else sees; root only
 *	a sealed copy		of what is loaded of it, in memory
 *
 * A role has no capability that would make the mount writable again.  Only the
 * copy costs memory: roles of many sandboxes share the pages of the others.
 */
#include <elf.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/runtime.h"

static int seal(int fd)
{
	return fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
}

static int memfd(const char *name)
{
	return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int sealed_memfd(const char *name, const void *data, size_t size)
{
	int fd = memfd(name);

	if (fd < 0)
		return -1;
	if (write(fd, data, size) == (ssize_t)size && !seal(fd))
		return fd;
	close(fd);
	return -1;
}

/* Neither ours to write nor ours to make writable. */
static bool is_out_of_reach(int exe)
{
	struct stat st;

	return geteuid() && !fstat(exe, &st) && st.st_uid != geteuid() &&
	       faccessat(exe, "", W_OK, AT_EACCESS | AT_EMPTY_PATH) < 0;
}

static int readonly_mount(int exe)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID};
	int fd = (int)syscall(SYS_open_tree, exe, "",
			      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);

	if (fd < 0)
		return -1;
	if (!syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)))
		return fd;
	close(fd);
	return -1;
}

/* Bytes of our file that an execve looks at: debugging information comes behind them. */
static off_t loaded_size(void)
{
	const Elf64_Phdr *ph = (const void *)(uintptr_t)getauxval(AT_PHDR);
	size_t nr = getauxval(AT_PHNUM);
	u64 end = 0;

	for (size_t i = 0; i < nr; i++)
		end = max(end, ph[i].p_offset + ph[i].p_filesz);
	return (off_t)end;
}

static int sealed_copy(int exe)
{
	off_t off = 0, size = loaded_size();
	int fd = memfd("bailey");

	if (fd < 0)
		return -1;
	while (off < size)
		if (sendfile(fd, exe, &off, (size_t)(size - off)) <= 0)
			goto fail;
	if (!seal(fd))
		return fd;
fail:
	close(fd);
	return -1;
}

int self_exe(void)
{
	int exe = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), fd;

	if (exe < 0 || is_out_of_reach(exe))
		return exe;
	fd = readonly_mount(exe);
	if (fd < 0)
		fd = sealed_copy(exe);
	close(exe);
	return fd;
}
