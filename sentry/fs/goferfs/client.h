/*
 * The gofer's client: asking the one process that can reach host files.
 *
 * A request is a struct gofer_call on the caller's stack and one function of
 * gen/gofer_calls.h, which sends it, sleeps until the reply is there, and
 * checks it:
 *
 *	cleanup_gofer_call struct gofer_call call;
 *	gofer_call_init(&call);
 *	err = gofer_getattr(c, &call, &req, &rep);
 *
 * Pointers in @rep lead into the call and live as long as it.  Many fibers and
 * threads may have a request out at the same time.
 *
 * Locks: requests take the client's spinlock only, and sleep: the caller may
 * hold LOCK_GOFER and what stands before it.  A request that was sent is not
 * interrupted by signals, as a disk read is not.
 */
#pragma once
#include "gen/gofer_calls.h"
#include "host/host.h"
#include "lib/base.h"
#include "lib/list.h"
#include "lib/mutex.h"

struct gofer_batch;
struct parker;

#define GOFER_CALL_SMALL 1024

/* The largest errno Linux has; a gofer's must be one a guest may see. */
#define ERRNO_MAX 133

struct gofer_call {
	u8 small[GOFER_CALL_SMALL] __attribute__((aligned(8))); /* message, if it fits */
	u8 *big;                                                /* or else here; owned */
	u32 id;
	u32 op;
	hostfd_t send_fd; /* goes along with the request; the caller's */
	hostfd_t fd;      /* came with the reply; owned until taken with steal_hostfd() */
	struct gofer_batch
		*with; /* goes out in the same packet if it fits; or NULL; the caller's */

	/* Guarded by the client's lock while the request is out. */
	struct list_head node;
	struct parker *parker; /* of who waits */
	size_t len;            /* of the reply */
	int error;             /* of the transport */
	bool waiting;          /* the request was sent: its owner may be made the reader */
	bool done;             /* atomic */
};

static inline void gofer_call_init(struct gofer_call *call)
{
	call->big = NULL;
	call->send_fd = HOSTFD_NONE;
	call->fd = HOSTFD_NONE;
	call->with = NULL;
}

/* gofer_call_fini - frees what the reply brought; the call may be used again */
void gofer_call_fini(struct gofer_call *call);

#define cleanup_gofer_call __attribute__((cleanup(gofer_call_fini)))

/* Does a descriptor come with the reply? */
enum gofer_fd_rule { GOFER_FD_NONE, GOFER_FD_MAYBE, GOFER_FD_COMES };

/*
 * For the generated calls.  begin: @ret_w writes the request.  grow: it did not
 * fit; once more with all the room there is; false if that was tried or memory
 * is short.  run: send it and wait; then @w reads the reply.
 *
 * Return (run): 0, the gofer's -errno, -EIO when the gofer is gone or lied,
 * -EINVAL for a request that cannot be encoded, -ENFILE when the sentry has no
 * number left for the descriptor that came.
 */
void gofer_call_begin(struct gofer_call *call, enum gofer_op op, struct wire *ret_w);
bool gofer_call_grow(struct gofer_call *call, struct wire *w) must_check;
int gofer_call_run(struct gofer_client *c, struct gofer_call *call, struct wire *w,
		   enum gofer_fd_rule rule) must_check;

/*
 * The two halves of run, for who has other things to do meanwhile
 *
 * A call that was started must be finished, by anybody, before it goes.
 */
int gofer_call_start(struct gofer_client *c, struct gofer_call *call, struct wire *w) must_check;
int gofer_call_finish(struct gofer_client *c, struct gofer_call *call, struct wire *w,
		      enum gofer_fd_rule rule) must_check;

/*
 * Requests that go out together, and whose answers come together: a packet each way
 *
 *	struct gofer_batch b = {.n = 0};
 */
struct gofer_batch {
	struct gofer_call *calls[GOFER_PACKET_MAX];
	size_t sizes[GOFER_PACKET_MAX];
	u32 n;
};

/*
 * gofer_batch_add - as gofer_call_start(), but nothing is sent before gofer_batch_send()
 *
 * That may not be left out then.
 * Return: as start; -ENOSPC: send what there is first, or this one, which is large or has a
 * descriptor, alone.
 */
int gofer_batch_add(struct gofer_client *c, struct gofer_batch *b, struct gofer_call *call,
		    struct wire *w) must_check;

/* gofer_batch_send - send what there is, if anything; @b is empty then.  May sleep. */
void gofer_batch_send(struct gofer_client *c, struct gofer_batch *b);

/*
 * gofer_client_create - a client on @sock, a connected SOCK_SEQPACKET socket
 * @sock: the client's from now on, also when this fails
 *
 * Says hello.  May sleep.  Serves fibers and plain threads; the worker of the
 * first fiber that has to wait watches @sock from then on.
 * Return: 0, -EPROTO for another version, -EIO, -ENOMEM.
 */
int gofer_client_create(hostfd_t sock, struct gofer_client **ret) must_check;

/*
 * gofer_client_start, gofer_client_ready - its two halves: the hello, and the answer
 *
 * In between nothing may be asked.  A client that does not get ready is still to be destroyed.
 */
int gofer_client_start(hostfd_t sock, struct gofer_client **ret) must_check;
int gofer_client_ready(struct gofer_client *c) must_check;

/* gofer_client_destroy - no request may be out; NULL is fine */
void gofer_client_destroy(struct gofer_client *c);

/*
 * gofer_client_on_gone - call @fn, once, when the gofer has died
 *
 * On whatever thread notices, outside any fiber perhaps: as a timer's function,
 * it may not sleep.
 */
void gofer_client_on_gone(struct gofer_client *c, void (*fn)(void));

/* How many mounts the gofer has, and how many handles it gives out at most. */
u32 gofer_client_mounts(const struct gofer_client *c);
u32 gofer_client_handles(const struct gofer_client *c);

/*
 * gofer_client_drop - the sentry needs @handle no more
 *
 * Handles are given back in batches, one request for many of them.  May sleep.
 */
void gofer_client_drop(struct gofer_client *c, u32 handle);

/* gofer_client_flush - give back what was dropped, now.  May sleep. */
void gofer_client_flush(struct gofer_client *c);

/* The @fault_gofer_at-th request from now fails with -EIO, unsent; 0 turns it off. */
extern long fault_gofer_at;
