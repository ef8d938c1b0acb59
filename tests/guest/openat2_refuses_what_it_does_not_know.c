/* openat2(2) checks every flag, the mode and the size of its argument */
#include <linux/openat2.h>

#include "t.h"

int main(void)
{
	struct {
		struct open_how how;
		uint64_t more;
	} big = {.how = {.flags = O_RDONLY}};
	struct open_how how = {.flags = O_RDONLY};

	if (syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof(how)) == -1 && errno == ENOSYS)
		T_SKIP("no openat2");
	T_ERR(syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof(how) - 1), EINVAL);
	T_OK(syscall(SYS_openat2, AT_FDCWD, ".", &big, sizeof(big)));
	big.more = 1;
	T_ERR(syscall(SYS_openat2, AT_FDCWD, ".", &big, sizeof(big)), E2BIG);
	how.mode = 0644;
	T_ERR(syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof(how)), EINVAL);
	how = (struct open_how){.flags = 1ULL << 40};
	T_ERR(syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof(how)), EINVAL);
	how = (struct open_how){.resolve = 1ULL << 40};
	T_ERR(syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof(how)), EINVAL);
	how = (struct open_how){.flags = O_WRONLY | O_CREAT, .mode = 010000};
	T_ERR(syscall(SYS_openat2, AT_FDCWD, "f", &how, sizeof(how)), EINVAL);
	T_ERR(syscall(SYS_openat2, AT_FDCWD, ".", t_badptr(), sizeof(how)), EFAULT);
	return 0;
}
