/* FALLOC_FL_PUNCH_HOLE leaves zeroes and the size */
#include <linux/falloc.h>

#include "t.h"

int main(void)
{
	static char buf[16384];
	struct stat st;
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));
	size_t i;

	memset(buf, 'x', sizeof(buf));
	T_EQ(write(fd, buf, sizeof(buf)), sizeof(buf));
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4000, 6000) == -1 &&
	    errno == EOPNOTSUPP)
		T_SKIP("no holes here");
	T_EQ(pread(fd, buf, sizeof(buf), 0), sizeof(buf));
	for (i = 0; i < sizeof(buf); i++)
		T_EQ(buf[i], i >= 4000 && i < 10000 ? 0 : 'x');
	T_OK(fstat(fd, &st));
	T_EQ(st.st_size, sizeof(buf));
	T_ERR(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10), EOPNOTSUPP);
	return 0;
}
