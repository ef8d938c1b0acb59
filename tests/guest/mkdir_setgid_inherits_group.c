/* in a setgid directory new entries take its group, and directories the bit */
#include "t.h"

int main(void)
{
	struct stat st;

	t_need_root();
	T_OK(mkdir("d", 0755));
	T_OK(chown("d", 0, 1234));
	T_OK(chmod("d", 02755));
	T_OK(mkdir("d/e", 0755));
	T_OK(stat("d/e", &st));
	T_EQ(st.st_gid, 1234);
	T_EQ(st.st_mode & 07777, 02755);
	T_OK(close(T_OK(open("d/f", O_WRONLY | O_CREAT, 0644))));
	T_OK(stat("d/f", &st));
	T_EQ(st.st_gid, 1234);
	T_EQ(st.st_mode & 07777, 0644);
	return 0;
}
