/* openat2(2) resolution flags: beneath, in root, no symlinks, no magic links */
#include <linux/openat2.h>

#include "t.h"

static long openat2(int dir, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = {.flags = flags, .resolve = resolve};

	return syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

int main(void)
{
	int dir;

	T_OK(mkdir("d", 0755));
	t_write_file("d/f", "x");
	t_write_file("out", "x");
	T_OK(symlink("f", "d/l"));
	T_OK(symlink("../out", "d/up"));
	T_OK(symlink("/f", "d/abs"));
	dir = T_OK(open("d", O_RDONLY));
	if (openat2(dir, "f", O_RDONLY, 0) == -1 && errno == ENOSYS)
		T_SKIP("no openat2");
	T_OK(openat2(dir, "l", O_RDONLY, RESOLVE_BENEATH));
	T_ERR(openat2(dir, "up", O_RDONLY, RESOLVE_BENEATH), EXDEV);
	T_ERR(openat2(dir, "../out", O_RDONLY, RESOLVE_BENEATH), EXDEV);
	T_ERR(openat2(dir, "abs", O_RDONLY, RESOLVE_BENEATH), EXDEV);
	T_ERR(openat2(dir, "/", O_RDONLY, RESOLVE_BENEATH), EXDEV);
	T_OK(openat2(dir, "abs", O_RDONLY, RESOLVE_IN_ROOT));
	T_OK(openat2(dir, "../../f", O_RDONLY, RESOLVE_IN_ROOT));
	T_ERR(openat2(dir, "up", O_RDONLY, RESOLVE_IN_ROOT), ENOENT);
	T_ERR(openat2(dir, "l", O_RDONLY, RESOLVE_NO_SYMLINKS), ELOOP);
	T_ERR(openat2(AT_FDCWD, "/proc/self/cwd", O_RDONLY, RESOLVE_NO_MAGICLINKS), ELOOP);
	return 0;
}
