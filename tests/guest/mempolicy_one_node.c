/* set_mempolicy(2), mbind(2) and their kin on a machine with node 0. */
#include <linux/mempolicy.h>

#include "t.h"

int main(void)
{
	unsigned long node0[16] = {1}, node9[16] = {1ul << 9}, got[16] = {0};
	char *m = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *pages[2];
	int mode = -1, status[2] = {7, 7};

	if (syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0) < 0 && errno == ENOSYS)
		T_SKIP("a kernel without NUMA");
	T_EQ(mode, MPOL_DEFAULT);
	T_OK(syscall(SYS_set_mempolicy, MPOL_BIND, node0, 1024));
	T_OK(syscall(SYS_get_mempolicy, &mode, got, 1024, NULL, 0));
	T_EQ(mode, MPOL_BIND);
	T_EQ(got[0], 1);
	T_ERR(syscall(SYS_set_mempolicy, MPOL_BIND, node9, 1024), EINVAL);
	T_ERR(syscall(SYS_set_mempolicy, MPOL_BIND, NULL, 0), EINVAL);
	T_ERR(syscall(SYS_set_mempolicy, 99, node0, 1024), EINVAL);
	T_ERR(syscall(SYS_set_mempolicy, MPOL_DEFAULT, node0, 1024), EINVAL);
	T_OK(syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0));

	T_OK(syscall(SYS_mbind, m, 2 * 4096, MPOL_PREFERRED, node0, 1024, 0));
	T_OK(syscall(SYS_get_mempolicy, &mode, NULL, 0, m + 4096, MPOL_F_ADDR));
	T_EQ(mode, MPOL_PREFERRED);
	T_OK(syscall(SYS_get_mempolicy, &mode, NULL, 0, m + 3 * 4096, MPOL_F_ADDR));
	T_EQ(mode, MPOL_DEFAULT);
	T_ERR(syscall(SYS_mbind, m + 1, 4096, MPOL_DEFAULT, NULL, 0, 0), EINVAL);
	T_ERR(syscall(SYS_mbind, m, 4096, MPOL_DEFAULT, NULL, 0, 0x100), EINVAL);

	m[0] = 1;
	pages[0] = m;
	pages[1] = m + 3 * 4096;
	T_OK(syscall(SYS_move_pages, 0, 2, pages, NULL, status, 0));
	T_EQ(status[0], 0);
	T_EQ(status[1], -ENOENT);
	return 0;
}
