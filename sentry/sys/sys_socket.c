/* socket(2) and its kin: making, naming and connecting sockets, and their options */
#include <sys/socket.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "mm/uaccess.h"
#include "net/sock.h"
#include "sys/sockaddr.h"

#define SOCK_FLAGS  (SOCK_CLOEXEC | SOCK_NONBLOCK)
#define SOCKOPT_MAX PAGE_SIZE
#define TYPE_MASK   0xf

static int split_type(int *type, int *flags)
{
	*flags = *type & ~TYPE_MASK;
	*type &= TYPE_MASK;
	return *flags & ~SOCK_FLAGS ? -EINVAL : 0;
}

static long install_sock_take(struct task *t, struct sock *sk, int flags)
{
	cleanup_file struct file *f = NULL;
	int err = socket_file_create_take(sk, flags, t->cred, &f);

	return err ? err : fd_install(t, f, flags & SOCK_CLOEXEC);
}

long sys_socket(struct task *t, int family, int type, int protocol)
{
	struct sock *sk;
	int flags, err = split_type(&type, &flags);

	if (!err)
		err = socket_create(t, family, type, protocol, &sk);
	return err ? err : install_sock_take(t, sk, flags);
}

long sys_socketpair(struct task *t, int family, int type, int protocol, uaddr_t usockvec)
{
	cleanup_file struct file *a = NULL, *b = NULL;
	struct sock *sk[2];
	int fds[2], flags, err = split_type(&type, &flags);

	if (!err)
		err = socket_pair(t, family, type, protocol, sk);
	if (err)
		return err;
	err = socket_file_create_take(sk[0], flags, t->cred, &a);
	if (err) {
		sock_discard(sk[1]);
		return err;
	}
	err = socket_file_create_take(sk[1], flags, t->cred, &b);
	if (err)
		return err;
	fds[0] = fd_reserve(t, flags & SOCK_CLOEXEC);
	if (fds[0] < 0)
		return fds[0];
	fds[1] = fd_reserve(t, flags & SOCK_CLOEXEC);
	if (fds[1] < 0) {
		fd_cancel(t, fds[0]);
		return fds[1];
	}
	err = copy_to_user(t, usockvec, fds, sizeof(fds));
	if (err) {
		fd_cancel(t, fds[0]);
		fd_cancel(t, fds[1]);
		return err;
	}
	fd_commit(t, fds[0], a);
	fd_commit(t, fds[1], b);
	return 0;
}

long sys_bind(struct task *t, int fd, uaddr_t addr, u32 addrlen)
{
	cleanup_file struct file *f = NULL;
	struct sockaddr_storage a;
	struct sock *sk;
	int err = sock_fd_get(t, fd, &f, &sk);

	if (!err)
		err = sockaddr_from_user(t, addr, (int)addrlen, &a);
	if (err)
		return err;
	return sk->ops->bind ? sk->ops->bind(sk, t, &a, addrlen) : -EOPNOTSUPP;
}

long sys_connect(struct task *t, int fd, uaddr_t addr, u32 addrlen)
{
	cleanup_file struct file *f = NULL;
	struct sockaddr_storage a;
	struct sock *sk;
	int err = sock_fd_get(t, fd, &f, &sk);

	if (!err)
		err = sockaddr_from_user(t, addr, (int)addrlen, &a);
	if (err)
		return err;
	if (!sk->ops->connect)
		return -EOPNOTSUPP;
	return sk->ops->connect(sk, t, &a, addrlen, file_nonblock(f));
}

long sys_listen(struct task *t, int fd, int backlog)
{
	cleanup_file struct file *f = NULL;
	struct sock *sk;
	int err = sock_fd_get(t, fd, &f, &sk);

	if (err)
		return err;
	return sk->ops->listen ? sk->ops->listen(sk, t, backlog) : -EOPNOTSUPP;
}

/* The peer's name goes out before the number is known to anybody. */
static int give_peer(struct task *t, struct sock *sk, uaddr_t addr, uaddr_t addrlen)
{
	struct sockaddr_storage a = {0};
	socklen_t len = 0;
	int err;

	if (!addr)
		return 0;
	err = sk->ops->getname(sk, true, &a, &len);
	/* As on Linux: the connection is gone already. */
	if (err)
		return -ECONNABORTED;
	return sockaddr_to_user(t, &a, len, addr, addrlen);
}

long sys_accept4(struct task *t, int fd, uaddr_t addr, uaddr_t addrlen, int flags)
{
	cleanup_file struct file *f = NULL, *newf = NULL;
	struct sock *sk, *newsk;
	int newfd, err;

	if (flags & ~SOCK_FLAGS)
		return -EINVAL;
	err = sock_fd_get(t, fd, &f, &sk);
	if (!err && !sk->ops->accept)
		err = -EOPNOTSUPP;
	if (err)
		return err;
	/* The number first: without one the connection stays where it is. */
	newfd = fd_reserve(t, flags & SOCK_CLOEXEC);
	if (newfd < 0)
		return newfd;
	err = sk->ops->accept(sk, file_nonblock(f), &newsk);
	if (!err)
		err = socket_file_create_take(newsk, flags, t->cred, &newf);
	if (!err)
		err = give_peer(t, newsk, addr, addrlen);
	if (err) {
		fd_cancel(t, newfd);
		return err;
	}
	fd_commit(t, newfd, newf);
	return newfd;
}

long sys_accept(struct task *t, int fd, uaddr_t addr, uaddr_t addrlen)
{
	return sys_accept4(t, fd, addr, addrlen, 0);
}

static long getname(struct task *t, int fd, bool peer, uaddr_t addr, uaddr_t addrlen)
{
	cleanup_file struct file *f = NULL;
	struct sockaddr_storage a = {0};
	socklen_t len = 0;
	struct sock *sk;
	int err = sock_fd_get(t, fd, &f, &sk);

	if (!err)
		err = sk->ops->getname ? sk->ops->getname(sk, peer, &a, &len) : -EOPNOTSUPP;
	return err ? err : sockaddr_to_user(t, &a, len, addr, addrlen);
}

long sys_getsockname(struct task *t, int fd, uaddr_t addr, uaddr_t addrlen)
{
	return getname(t, fd, false, addr, addrlen);
}

long sys_getpeername(struct task *t, int fd, uaddr_t addr, uaddr_t addrlen)
{
	return getname(t, fd, true, addr, addrlen);
}

long sys_shutdown(struct task *t, int fd, int how)
{
	cleanup_file struct file *f = NULL;
	struct sock *sk;
	int err = sock_fd_get(t, fd, &f, &sk);

	if (err)
		return err;
	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;
	return sk->ops->shutdown ? sk->ops->shutdown(sk, how) : -EOPNOTSUPP;
}

long sys_setsockopt(struct task *t, int fd, int level, int optname, uaddr_t optval, int optlen)
{
	cleanup_file struct file *f = NULL;
	u8 val[SOCKOPT_MAX];
	struct sock *sk;
	socklen_t len;
	int err = sock_fd_get(t, fd, &f, &sk);

	if (err)
		return err;
	if (optlen < 0)
		return -EINVAL;
	len = min((socklen_t)optlen, (socklen_t)sizeof(val));
	err = copy_from_user(t, val, optval, len);
	if (err)
		return err;
	if (level == SOL_SOCKET)
		return sock_setsockopt(sk, t, optname, val, len);
	if (!sk->ops->setsockopt)
		return -EOPNOTSUPP;
	return sk->ops->setsockopt(sk, t, level, optname, val, len);
}

long sys_getsockopt(struct task *t, int fd, int level, int optname, uaddr_t optval, uaddr_t optlen)
{
	cleanup_file struct file *f = NULL;
	u8 val[SOCKOPT_MAX];
	struct sock *sk;
	socklen_t len;
	int n, err = sock_fd_get(t, fd, &f, &sk);

	if (!err)
		err = get_user(t, &n, optlen);
	if (err)
		return err;
	if (n < 0)
		return -EINVAL;
	len = min((socklen_t)n, (socklen_t)sizeof(val));
	if (level == SOL_SOCKET)
		err = sock_getsockopt(sk, optname, val, &len);
	else
		err = sk->ops->getsockopt ? sk->ops->getsockopt(sk, level, optname, val, &len)
					  : -EOPNOTSUPP;
	if (!err)
		err = copy_to_user(t, optval, val, len);
	return err ? err : put_user(t, (int)len, optlen);
}
