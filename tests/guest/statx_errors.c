/* statx(2): reserved mask, contradictory sync flags, bad paths and addresses */
#include "t.h"

int main(void)
{
	struct statx sx;

	T_ERR(statx(AT_FDCWD, ".", 0, STATX__RESERVED, &sx), EINVAL);
	T_ERR(statx(AT_FDCWD, ".", AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC, 0, &sx), EINVAL);
	T_ERR(statx(AT_FDCWD, ".", 0x40000000, 0, &sx), EINVAL);
	T_ERR(statx(AT_FDCWD, "absent", 0, 0, &sx), ENOENT);
	T_ERR(statx(AT_FDCWD, "", 0, 0, &sx), ENOENT);
	T_ERR(statx(-1, "x", 0, 0, &sx), EBADF);
	T_ERR(syscall(SYS_statx, AT_FDCWD, ".", 0, 0, t_badptr()), EFAULT);
	T_OK(statx(0, "", AT_EMPTY_PATH, STATX_TYPE, &sx));
	return 0;
}
