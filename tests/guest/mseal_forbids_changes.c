/* mseal(2): sealed memory can be neither unmapped, moved, nor protected otherwise. */
#include "t.h"

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

int main(void)
{
	char *m = mmap(NULL, 4 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (syscall(SYS_mseal, m + 4096, 4096, 0) < 0 && errno == ENOSYS)
		T_SKIP("no mseal here");
	T_ERR(munmap(m, 4 * 4096), EPERM);
	T_ERR(munmap(m + 4096, 4096), EPERM);
	T_ERR(mprotect(m, 2 * 4096, PROT_READ | PROT_WRITE), EPERM);
	T_ERR((long)mmap(m, 2 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
	      EPERM);
	T_ERR((long)mremap(m + 4096, 4096, 2 * 4096, MREMAP_MAYMOVE), EPERM);
	T_ERR(madvise(m + 4096, 4096, MADV_DONTNEED), EPERM);
	T_EQ(m[4096], 0);
	T_OK(munmap(m + 2 * 4096, 4096));
	T_ERR(syscall(SYS_mseal, m, 4 * 4096, 0), ENOMEM);
	T_OK(munmap(m, 4096));
	T_ERR(syscall(SYS_mseal, m + 1, 4096, 0), EINVAL);
	T_ERR(syscall(SYS_mseal, m + 4096, 4096, 1), EINVAL);
	return 0;
}
