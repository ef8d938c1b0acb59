/* Socket addresses in and out of the guest (sockaddr.h). */
#include "sys/sockaddr.h"

#include "fs/fdtable.h"
#include "mm/uaccess.h"
#include "net/sock.h"

int sock_fd_get(struct task *t, int fd, struct file **ret_file, struct sock **ret)
{
	struct file *f = fd_get(t, fd);

	if (!f)
		return -EBADF;
	*ret_file = f;
	*ret = file_to_sock(f);
	return *ret ? 0 : -ENOTSOCK;
}

int sock_fd_borrow(struct task *t, int fd, struct fd_ref *ret_ref, struct sock **ret)
{
	*ret_ref = fd_borrow(t, fd);
	if (!ret_ref->file)
		return -EBADF;
	*ret = file_to_sock(ret_ref->file);
	return *ret ? 0 : -ENOTSOCK;
}

int sockaddr_from_user(struct task *t, uaddr_t uaddr, int len, struct sockaddr_storage *ret)
{
	if (len < 0 || (size_t)len > sizeof(*ret))
		return -EINVAL;
	memset(ret, 0, sizeof(*ret));
	return len ? copy_from_user(t, ret, uaddr, (size_t)len) : 0;
}

int sockaddr_to_user(struct task *t, const struct sockaddr_storage *a, socklen_t len, uaddr_t uaddr,
		     uaddr_t ulen)
{
	int room, err = get_user(t, &room, ulen);

	if (err)
		return err;
	if (room < 0)
		return -EINVAL;
	err = copy_to_user(t, uaddr, a, min((size_t)room, (size_t)len));
	return err ? err : put_user(t, (int)len, ulen);
}
