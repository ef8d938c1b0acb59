/*
 * What client.c and packet.c share: requests and who waits for them, and the socket.
 */
#pragma once
#include "fs/goferfs/client.h"
#include "sched/sched.h"

struct msghdr;

/* The poll source is made when the first fiber has to wait, on that fiber's worker. */
enum watch { WATCH_NO, WATCH_STARTING, WATCH_YES };

struct gofer_client {
	hostfd_t sock;
	struct poll_source source;
	u32 watched;        /* atomic: enum watch */
	void (*gone)(void); /* set once, before requests; may be NULL */
	u32 nr_mounts, max_handles;

	struct spinlock lock;
	struct list_head calls;    /* guarded by lock: requests that are out */
	struct gofer_call *reader; /* guarded by lock */
	bool readable;             /* guarded by lock: a reply may be there */
	struct list_head senders;  /* guarded by lock: those who wait for room to send */
	u32 next_id;               /* guarded by lock */
	bool dead;                 /* guarded by lock: the gofer is gone */
	struct gofer_handles drop; /* guarded by lock: to be given back */

	struct gofer_call hello; /* of the start alone */
	u8 *rx;                  /* GOFER_MSG_MAX; what was never received into was never touched */
};

/* What came with a packet: its length and descriptors; lost: there were no numbers left for all. */
struct arrival {
	size_t len;
	hostfd_t fds[GOFER_PACKET_MAX];
	u32 nr_fds, next_fd;
	bool lost;
};

/* client.c */

/* client_die - the gofer is gone, or lied: all requests end with -EIO */
void client_die(struct gofer_client *c);

/* packet.c */

/* client_sock_init - before the socket is used */
void client_sock_init(struct gofer_client *c, hostfd_t sock);

/* client_sock_fini - closes it */
void client_sock_fini(struct gofer_client *c);

/* sock_wait - sleep until the socket is ready (POLL*), or perhaps only until somebody thought so */
void sock_wait(struct gofer_client *c, short events);

/* client_send - send a packet, @size bytes in all; sleeps while the socket is full; 0, -EIO */
int client_send(struct gofer_client *c, struct msghdr *msg, size_t size) must_check;

/*
 * client_recv - one packet into c->rx, for arrival_fini()
 *
 * It is made of whole messages, and its descriptors belong to some of them.
 * Return: 0, -EAGAIN, or -EIO when the gofer is gone or lied.
 */
int client_recv(struct gofer_client *c, struct arrival *ret) must_check;

/* arrival_fini - close the descriptors that nobody took */
void arrival_fini(struct arrival *a);
