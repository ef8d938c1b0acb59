/* stat(2) tells directories, fifos, sockets, links and devices apart */
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "s"};
	struct stat st;

	T_OK(mkdir("d", 0755));
	T_OK(mkfifo("p", 0644));
	T_OK(symlink("d", "l"));
	T_OK(bind(T_OK(socket(AF_UNIX, SOCK_STREAM, 0)), (struct sockaddr *)&sun, sizeof(sun)));
	T_OK(stat("d", &st));
	T_TRUE(S_ISDIR(st.st_mode));
	T_OK(stat("p", &st));
	T_TRUE(S_ISFIFO(st.st_mode));
	T_OK(stat("s", &st));
	T_TRUE(S_ISSOCK(st.st_mode));
	T_OK(stat("l", &st));
	T_TRUE(S_ISDIR(st.st_mode));
	T_OK(lstat("l", &st));
	T_TRUE(S_ISLNK(st.st_mode));
	T_EQ(st.st_size, 1);
	T_OK(stat("/dev/null", &st));
	T_TRUE(S_ISCHR(st.st_mode));
	T_EQ(st.st_rdev, makedev(1, 3));
	return 0;
}
