/* mmap(2): zero length, no kind, huge, wrong descriptor and access */
#include "t.h"

int main(void)
{
	int ro, wo, dir, p[2];

	t_write_file("f", "x");
	ro = T_OK(open("f", O_RDONLY));
	wo = T_OK(open("f", O_WRONLY));
	dir = T_OK(open(".", O_RDONLY));
	T_OK(pipe(p));
	T_ERR(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), EINVAL);
	T_ERR(mmap(NULL, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0), EINVAL);
	T_ERR(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, -1, 0), EBADF);
	T_ERR(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, wo, 0), EACCES);
	T_ERR(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ro, 0), EACCES);
	T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, ro, 0));
	T_ERR(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, dir, 0), ENODEV);
	T_ERR(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, p[0], 0), ENODEV);
	T_ERR(mmap(NULL, (size_t)-4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
	T_ERR(mmap(NULL, 1UL << 47, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
	T_ERR(mmap((void *)1, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
	      EINVAL);
	T_ERR(mmap((void *)(1UL << 47), 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		   -1, 0),
	      ENOMEM);
	return 0;
}
