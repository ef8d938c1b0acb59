/* socket(2) and socketpair(2): unknown family, type, protocol, flags */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	int s[2];

	T_ERR(socket(77, SOCK_STREAM, 0), EAFNOSUPPORT);
	T_ERR(socket(AF_UNIX, 77, 0), EINVAL);
	T_ERR(socket(AF_UNIX, SOCK_RDM, 0), ESOCKTNOSUPPORT);
	T_ERR(socket(AF_UNIX, SOCK_STREAM, 99), EPROTONOSUPPORT);
	T_ERR(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
	T_ERR(socketpair(AF_INET, SOCK_STREAM, 0, s), EOPNOTSUPP);
	T_ERR(socketpair(AF_UNIX, SOCK_STREAM, 0, t_badptr()), EFAULT);
	T_ERR(lseek(T_OK(socket(AF_UNIX, SOCK_STREAM, 0)), 0, SEEK_SET), ESPIPE);
	return 0;
}
