/* raw and packet sockets are not for ordinary users */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	pid_t pid = T_OK(fork());
	int s;

	if (pid == 0) {
		t_drop_root();
		s = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
		T_EQ(s, -1);
		T_TRUE(errno == EPERM || errno == EPROTONOSUPPORT || errno == ESOCKTNOSUPPORT);
		s = socket(AF_PACKET, SOCK_RAW, 0);
		T_EQ(s, -1);
		T_TRUE(errno == EPERM || errno == EAFNOSUPPORT);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
