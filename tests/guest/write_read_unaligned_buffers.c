/* transfers that start and end in the middle of pages carry every byte */
#include "t.h"

int main(void)
{
	unsigned char *out =
		T_OK(mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	unsigned char *in =
		T_OK(mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	static const size_t sizes[] = {1, 7, 511, 513, 4095, 4096, 4097, 12289};
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));
	size_t i, k;

	for (i = 0; i < 65536; i++)
		out[i] = (unsigned char)(i ^ (i >> 8));
	for (k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		size_t at = 4096 - 3 + k;
		T_EQ(pwrite(fd, out + at, sizes[k], 5), sizes[k]);
		memset(in, 0xee, 65536);
		T_EQ(pread(fd, in + 17, sizes[k], 5), sizes[k]);
		T_MEM(in + 17, out + at, sizes[k]);
		T_EQ(in[16], 0xee);
		T_EQ(in[17 + sizes[k]], 0xee);
	}
	return 0;
}
