/* eventfd(2), eventfd2(2) */
#include <sys/eventfd.h>

#include "fs/eventfd.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "gen/sys_proto.h"

long sys_eventfd2(struct task *t, u32 initval, int flags)
{
	cleanup_file struct file *f = NULL;
	int err;

	if (flags & ~(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK))
		return -EINVAL;
	err = eventfd_create(initval, flags, &f);
	if (err)
		return err;
	return fd_install(t, f, flags & EFD_CLOEXEC);
}

long sys_eventfd(struct task *t, u32 initval)
{
	return sys_eventfd2(t, initval, 0);
}
