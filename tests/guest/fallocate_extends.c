/* fallocate(2) makes room: the size grows, or not with FALLOC_FL_KEEP_SIZE */
#include <linux/falloc.h>

#include "t.h"

int main(void)
{
	struct stat st;
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644)), ro = T_OK(open("f", O_RDONLY));
	int p[2];

	if (fallocate(fd, 0, 0, 10000) == -1 && errno == EOPNOTSUPP)
		T_SKIP("no fallocate here");
	T_OK(fstat(fd, &st));
	T_EQ(st.st_size, 10000);
	T_OK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 50000));
	T_OK(fstat(fd, &st));
	T_EQ(st.st_size, 10000);
	T_OK(pipe(p));
	T_ERR(fallocate(fd, 0, -1, 10), EINVAL);
	T_ERR(fallocate(fd, 0, 0, 0), EINVAL);
	T_ERR(fallocate(ro, 0, 0, 10), EBADF);
	T_ERR(fallocate(p[1], 0, 0, 10), ESPIPE);
	T_ERR(fallocate(fd, 0x8000, 0, 10), EOPNOTSUPP);
	return 0;
}
