/* seals forbid growing, shrinking, writing, and more seals */
#include "t.h"

int main(void)
{
	char *m;
	int fd = T_OK(memfd_create("s", MFD_ALLOW_SEALING)), plain = T_OK(memfd_create("p", 0));

	T_EQ(fcntl(fd, F_GET_SEALS), 0);
	T_EQ(fcntl(plain, F_GET_SEALS), F_SEAL_SEAL);
	T_ERR(fcntl(plain, F_ADD_SEALS, F_SEAL_GROW), EPERM);
	T_OK(ftruncate(fd, 4096));
	T_OK(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
	T_ERR(ftruncate(fd, 8192), EPERM);
	T_ERR(pwrite(fd, "x", 1, 4096), EPERM);
	T_OK(ftruncate(fd, 2048));
	T_OK(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
	T_ERR(ftruncate(fd, 1024), EPERM);
	m = T_OK(mmap(NULL, 2048, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	T_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
	T_OK(munmap(m, 2048));
	T_OK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	T_ERR(pwrite(fd, "x", 1, 0), EPERM);
	T_ERR(mmap(NULL, 2048, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), EPERM);
	T_OK(mmap(NULL, 2048, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	T_OK(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
	T_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EPERM);
	T_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_WRITE | F_SEAL_SEAL);
	T_ERR(fcntl(0, F_GET_SEALS), EINVAL);
	return 0;
}
