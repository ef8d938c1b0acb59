/*
 * SO_PASSCRED: the receiver learns who sent; lies are EPERM for an ordinary
 * user
 */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	char buf[8], control[CMSG_SPACE(sizeof(struct ucred))];
	struct iovec iov = {buf, 8};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control,
			     .msg_controllen = sizeof(control)};
	struct ucred cred;
	struct cmsghdr *c;
	int s[2], on = 1;
	pid_t pid;

	T_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	T_OK(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	pid = T_OK(fork());
	if (pid == 0) {
		T_EQ(send(s[0], "x", 1, 0), 1);
		t_drop_root();
		iov = (struct iovec){(char *)"x", 1};
		memset(control, 0, sizeof(control));
		cred = (struct ucred){getpid(), 0, 0};
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_CREDENTIALS;
		c->cmsg_len = CMSG_LEN(sizeof(cred));
		memcpy(CMSG_DATA(c), &cred, sizeof(cred));
		T_ERR(sendmsg(s[0], &msg, 0), EPERM);
		_exit(0);
	}
	T_EQ(recvmsg(s[1], &msg, 0), 1);
	c = CMSG_FIRSTHDR(&msg);
	T_TRUE(c != NULL);
	T_EQ(c->cmsg_type, SCM_CREDENTIALS);
	memcpy(&cred, CMSG_DATA(c), sizeof(cred));
	T_EQ(cred.pid, pid);
	T_EQ(cred.uid, getuid());
	T_EQ(cred.gid, getgid());
	t_reap(pid);
	return 0;
}
