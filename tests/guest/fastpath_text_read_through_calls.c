/* write(2), process_vm_readv(2) and /proc/self/mem show the bytes a program has, not others */
#include "site.h"

int main(void)
{
	unsigned char *m = site_page(), copy[SITE_PAGE], got[SITE_PAGE];
	struct iovec to = {got, SITE_PAGE}, from = {m, SITE_PAGE};
	pid_t parent = getppid();
	int fd[2], mem;

	for (unsigned i = 0; i < NR_SITES; i++)
		site_put(m + 64 * i + 3, &sites[i]);
	memcpy(copy, m, SITE_PAGE);
	site_seal(m);
	for (int k = 0; k < 20; k++)
		for (unsigned i = 0; i < NR_SITES; i++)
			T_EQ(site_call(m + 64 * i + 3), parent);

	T_OK(pipe(fd));
	for (unsigned n = 1; n < 600; n += 7) {
		T_EQ(write(fd[1], m + n % 13, n), n);
		T_EQ(read(fd[0], got, n), n);
		T_MEM(got, copy + n % 13, n);
	}
	T_EQ(process_vm_readv(getpid(), &to, 1, &from, 1, 0), SITE_PAGE);
	T_MEM(got, copy, SITE_PAGE);
	mem = T_OK(open("/proc/self/mem", O_RDONLY));
	memset(got, 0, sizeof(got));
	T_EQ(pread(mem, got, SITE_PAGE, (off_t)(uintptr_t)m), SITE_PAGE);
	T_MEM(got, copy, SITE_PAGE);
	return 0;
}
