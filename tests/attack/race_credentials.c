/*
 * Row 1: the credentials of a message change between check and use. The
 * receiver never reads a lie from an ordinary user.
 */
#include "a.h"

static union {
	char buf[CMSG_SPACE(sizeof(struct ucred))];
	struct cmsghdr align;
} control;
static volatile int stop;

static void *rewrite(void *arg)
{
	volatile struct ucred *cred = (volatile struct ucred *)CMSG_DATA(&control.align);

	while (!stop) {
		cred->uid = T_NOBODY;
		cred->uid = 0;
		cred->pid = 1;
		cred->pid = getpid();
	}
	return arg;
}

int main(void)
{
	union {
		char buf[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} in;
	char c = 'x';
	struct iovec iov = {&c, 1};
	struct ucred mine;
	int s[2], on = 1, i, passed = 0;
	pthread_t t;

	t_drop_root();
	T_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	T_OK(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	mine = (struct ucred){getpid(), getuid(), getgid()};
	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_CREDENTIALS;
	control.align.cmsg_len = CMSG_LEN(sizeof(mine));
	memcpy(CMSG_DATA(&control.align), &mine, sizeof(mine));
	T_EQ(pthread_create(&t, NULL, rewrite, NULL), 0);
	for (i = 0; i < 3000; i++) {
		struct msghdr out = {.msg_iov = &iov,
				     .msg_iovlen = 1,
				     .msg_control = control.buf,
				     .msg_controllen = sizeof(control.buf)};
		struct msghdr got = {.msg_iov = &iov,
				     .msg_iovlen = 1,
				     .msg_control = in.buf,
				     .msg_controllen = sizeof(in.buf)};
		struct ucred cred;
		if (sendmsg(s[0], &out, 0) == -1)
			continue;
		passed++;
		T_EQ(recvmsg(s[1], &got, 0), 1);
		memcpy(&cred, CMSG_DATA(&in.align), sizeof(cred));
		T_EQ(cred.uid, T_NOBODY);
		T_EQ(cred.pid, getpid());
	}
	stop = 1;
	T_EQ(pthread_join(t, NULL), 0);
	T_GT(passed, 0);
	return 0;
}
