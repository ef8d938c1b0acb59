/*
 * The gofer's server: answers requests until the sentry hangs up.
 */
#pragma once
#include "gofer/table.h"
#include "lib/base.h"

struct gofer_server;

/*
 * gofer_server_create - a server over the roots of @t
 * @t: roots are open: mounts[i].fd is valid; the server takes them, and the table
 * @max_handles: how many may be out at once; each is a descriptor
 *
 * gofer_sys_init() must have been called.  Return: 0 or -ENOMEM, and then @t is the
 * caller's still.
 */
int gofer_server_create(struct gofer_table *t, u32 max_handles, struct gofer_server **ret)
	must_check;
void gofer_server_destroy(struct gofer_server *s);

/*
 * gofer_server_run - serve @sock, a connected SOCK_SEQPACKET socket
 *
 * Return: 0 when the peer has hung up, -EPROTO when it broke the protocol's
 * frame, or what the host says.
 */
int gofer_server_run(struct gofer_server *s, int sock) must_check;

/*
 * gofer_server_handle - answer the one message in @msg
 * @fd: descriptor that came along, or -1; consumed
 * @reply: room for GOFER_MSG_MAX bytes, aligned to 8
 * @ret_fd: descriptor that goes along, or -1; the caller's
 *
 * Return: length of the reply, or -EPROTO when @msg is no message.
 */
ssize_t gofer_server_handle(struct gofer_server *s, const void *msg, size_t size, int fd,
			    void *reply, int *ret_fd) must_check;
