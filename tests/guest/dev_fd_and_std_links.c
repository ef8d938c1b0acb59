/* /dev/fd, /dev/stdin and their kin lead to the descriptors */
#include "t.h"

int main(void)
{
	char path[64], buf[PATH_MAX];
	int p[2];
	ssize_t got;

	T_OK(pipe(p));
	t_post(p[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", p[0]);
	t_take(T_OK(open(path, O_RDONLY)));
	got = T_OK(readlink("/dev/stdin", buf, sizeof(buf) - 1));
	buf[got] = '\0';
	T_STR(buf, "/proc/self/fd/0");
	T_OK(open("/dev/stdin", O_RDONLY));
	return 0;
}
