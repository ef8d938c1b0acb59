/* /dev/shm takes files that can be mapped and shared */
#include "t.h"

int main(void)
{
	char path[64];
	char *m;
	int fd;

	snprintf(path, sizeof(path), "/dev/shm/guest-test-%d", getpid());
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd == -1 && (errno == EACCES || errno == ENOENT))
		T_SKIP("/dev/shm is not for us");
	T_NE(fd, -1);
	T_OK(unlink(path));
	T_OK(ftruncate(fd, 4096));
	m = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	m[9] = 'x';
	T_EQ(pread(fd, path, 1, 9), 1);
	T_EQ(path[0], 'x');
	return 0;
}
