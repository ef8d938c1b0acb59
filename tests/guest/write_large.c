/* a write of several megabytes goes through whole, and reads back the same */
#include "t.h"

int main(void)
{
	size_t size = 5 << 20, i;
	unsigned char *out =
		T_OK(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	unsigned char *in =
		T_OK(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	for (i = 0; i < size; i++)
		out[i] = (unsigned char)(i * 7 + (i >> 11));
	T_EQ(write(fd, out, size), size);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EQ(read(fd, in, size), size);
	T_MEM(in, out, size);
	T_EQ(read(fd, in, 1), 0);
	return 0;
}
