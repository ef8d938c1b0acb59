/* connect: nothing there, not a socket, nobody listening, wrong type, twice */
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

static int try_connect(int type, const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int s = T_OK(socket(AF_UNIX, type, 0)), err;

	strcpy(sun.sun_path, path);
	err = connect(s, (struct sockaddr *)&sun, sizeof(sun)) == 0 ? 0 : errno;
	close(s);
	return err;
}

int main(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "sock"};
	int l = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));

	T_EQ(try_connect(SOCK_STREAM, "absent"), ENOENT);
	t_write_file("file", "x");
	T_EQ(try_connect(SOCK_STREAM, "file"), ECONNREFUSED);
	T_OK(bind(l, (struct sockaddr *)&sun, sizeof(sun)));
	T_EQ(try_connect(SOCK_STREAM, "sock"), ECONNREFUSED);
	T_OK(listen(l, 5));
	T_EQ(try_connect(SOCK_STREAM, "sock"), 0);
	T_EQ(try_connect(SOCK_DGRAM, "sock"), EPROTOTYPE);
	T_OK(close(l));
	T_EQ(try_connect(SOCK_STREAM, "sock"), ECONNREFUSED);
	return 0;
}
