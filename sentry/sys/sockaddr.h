/*
 * Socket addresses in and out of the guest.
 */
#pragma once
#include <sys/socket.h>

#include "lib/base.h"

struct fd_ref;
struct file;
struct sock;
struct task;

/* sock_fd_borrow - as sock_fd_get(), its file as fd_borrow() gives it */
int sock_fd_borrow(struct task *t, int fd, struct fd_ref *ret_ref, struct sock **ret) must_check;

/* sock_fd_get - the socket behind @fd, its file counted in *@ret_file; -EBADF, -ENOTSOCK */
int sock_fd_get(struct task *t, int fd, struct file **ret_file, struct sock **ret) must_check;

/* sockaddr_from_user - copy @len bytes in, the rest zero; -EINVAL for an impossible length */
int sockaddr_from_user(struct task *t, uaddr_t uaddr, int len, struct sockaddr_storage *ret)
	must_check;

/*
 * sockaddr_to_user - as much of @a as the guest has room for, and its true length
 * @ulen: in: room; out: length.  -EINVAL when negative.
 */
int sockaddr_to_user(struct task *t, const struct sockaddr_storage *a, socklen_t len, uaddr_t uaddr,
		     uaddr_t ulen) must_check;
