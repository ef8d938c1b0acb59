/* /proc/net/tcp tells of a listener: its address, state and inode */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	char line[512], want[64];
	unsigned long inode = 0;
	struct stat st;
	FILE *f;

	T_OK(bind(l, (void *)&a, sizeof(a)));
	T_OK(listen(l, 5));
	T_OK(getsockname(l, (void *)&a, &len));
	T_OK(fstat(l, &st));
	snprintf(want, sizeof(want), " 0100007F:%04X 00000000:0000 0A ", ntohs(a.sin_port));
	f = fopen("/proc/net/tcp", "r");
	T_TRUE(f);
	while (fgets(line, sizeof(line), f))
		if (strstr(line, want))
			T_EQ(sscanf(line, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %lu", &inode), 1);
	T_EQ(inode, st.st_ino);
	return 0;
}
