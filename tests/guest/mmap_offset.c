/* a mapping may start at any page of a file; other offsets are EINVAL */
#include "t.h"

int main(void)
{
	char page[4096], *m;
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644)), i;

	for (i = 0; i < 4; i++) {
		memset(page, 'a' + i, sizeof(page));
		T_EQ(write(fd, page, sizeof(page)), sizeof(page));
	}
	m = T_OK(mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, fd, 8192));
	T_EQ(m[0], 'c');
	T_EQ(m[4096], 'd');
	T_ERR(syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 100), EINVAL);
	return 0;
}
