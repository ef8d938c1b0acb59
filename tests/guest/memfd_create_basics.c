/*
 * memfd_create(2): an unnamed file that can grow, be mapped and be seen in
 * /proc
 */
#include "t.h"

int main(void)
{
	char path[64], name[64];
	struct stat st;
	char *m;
	ssize_t got;
	int fd = T_OK(memfd_create("label", MFD_CLOEXEC));

	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	T_OK(ftruncate(fd, 8192));
	T_OK(fstat(fd, &st));
	T_EQ(st.st_size, 8192);
	T_TRUE(S_ISREG(st.st_mode));
	m = T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	m[5000] = 'x';
	T_EQ(pread(fd, name, 1, 5000), 1);
	T_EQ(name[0], 'x');
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	got = T_OK(readlink(path, name, sizeof(name) - 1));
	name[got] = '\0';
	T_STR(name, "/memfd:label (deleted)");
	T_ERR(memfd_create("x", 0x1000), EINVAL);
	T_ERR(syscall(SYS_memfd_create, t_badptr(), 0), EFAULT);
	return 0;
}
