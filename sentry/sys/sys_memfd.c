/* memfd_create(2) */
#include "fs/fdtable.h"
#include "fs/memfd.h"
#include "gen/sys_proto.h"
#include "mm/uaccess.h"

#include <sys/mman.h>

long sys_memfd_create(struct task *t, uaddr_t uname, int flags)
{
	cleanup_file struct file *f = NULL;
	char name[MEMFD_NAME_MAX + 1];
	ssize_t n;
	int err = memfd_check_flags((u32)flags);

	if (err)
		return err;
	n = strncpy_from_user(t, name, uname, sizeof(name));
	if (n < 0)
		return n == -ENAMETOOLONG ? -EINVAL : n;
	err = memfd_create_file(name, (u32)flags, &f);
	return err ? err : fd_install(t, f, flags & MFD_CLOEXEC);
}
