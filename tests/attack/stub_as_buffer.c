/*
 * Invariant 1: addresses above the guest's are no memory for system calls:
 * EFAULT, reading and writing
 */
#include "a.h"

static void refuse(int fd, int p, uintptr_t at)
{
	struct iovec iov = {(void *)at, 64};
	struct stat st;

	T_ERR(pread(fd, (void *)at, 64, 0), EFAULT);
	T_ERR(pwrite(p, (void *)at, 64, 0), EFAULT);
	T_ERR(preadv(fd, &iov, 1, 0), EFAULT);
	T_ERR(syscall(SYS_getrandom, at, 64, 0), EFAULT);
	T_ERR(syscall(SYS_uname, at), EFAULT);
	T_ERR(syscall(SYS_fstat, fd, at), EFAULT);
	T_ERR(syscall(SYS_openat, AT_FDCWD, at, O_RDONLY, 0), EFAULT);
	T_ERR(process_vm_readv(getpid(), &(struct iovec){&st, 64}, 1, &iov, 1, 0), EFAULT);
	T_ERR(syscall(SYS_futex, at & -4UL, 0, 0, NULL, NULL, 0), EFAULT);
}

int main(void)
{
	unsigned slot;
	int fd, p;

	fd = T_OK(open("/tmp/f", O_RDWR | O_CREAT, 0600));
	p = T_OK(open("/tmp/g", O_RDWR | O_CREAT, 0600));
	T_EQ(write(fd, "0123456789012345678901234567890123456789012345678901234567890123", 64), 64);
	refuse(fd, p, STUB_BASE);
	refuse(fd, p, STUB_BASE + 64);
	refuse(fd, p, CHAN_END + A_PAGE);
	for (slot = 0; slot < A_SLOTS; slot++) {
		refuse(fd, p, a_channel(slot));
		refuse(fd, p, a_channel(slot) + CHAN_ALTSTACK);
	}
	a_survives();
	return 0;
}
