/* O_CREAT gives the mode minus the umask */
#include "t.h"

int main(void)
{
	struct stat st;

	umask(027);
	T_OK(close(T_OK(open("f", O_WRONLY | O_CREAT, 0666))));
	T_OK(stat("f", &st));
	T_EQ(st.st_mode, S_IFREG | 0640);
	T_EQ(st.st_uid, geteuid());
	T_EQ(st.st_size, 0);
	return 0;
}
