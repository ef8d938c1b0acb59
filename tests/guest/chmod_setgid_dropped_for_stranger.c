/* an ordinary user outside the file's group cannot set its setgid bit */
#include "t.h"

int main(void)
{
	struct stat st;
	pid_t pid;

	t_need_root();
	t_write_file("f", "x");
	T_OK(chown("f", T_NOBODY, 1234));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_OK(chmod("f", 02711));
		_exit(0);
	}
	t_reap(pid);
	T_OK(stat("f", &st));
	T_EQ(st.st_mode & 07777, 0711);
	return 0;
}
