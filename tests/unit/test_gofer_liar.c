/* fs/goferfs/client.c against a gofer that was taken over */
#include "tests/unit/gofer_rig.h"

/* How the peer answers a getattr. */
enum lie {
	HONEST,
	WRONG_ID,
	WRONG_OP,
	WRONG_SIZE,
	TOO_SHORT,
	ERROR_POSITIVE,
	ERROR_RESTART, /* a restart code, which only the sentry may make */
	ERROR_WITH_FD,
	UNASKED_FD,
	UNSAID_FD,  /* a descriptor that no message says is its own */
	CLAIMED_FD, /* a message says that there is one, and there is none */
	TWO_FDS,    /* for one message */
	SAID_TWICE, /* two replies in the packet */
	PACKET_CUT, /* a second message that ends early */
	EMPTY_MESSAGE,
	BAD_MODE,
	BAD_TIME,
	TRAILING,
	NO_FIELDS,
	NR_LIES
};

struct liar {
	int sock;
	enum lie lie;
};

static void answer(struct liar *l, const struct gofer_hdr *req)
{
	u8 buf[1024] __attribute__((aligned(8))) = {0};
	struct gofer_getattr_rep rep = {.attr = {.mode = S_IFREG | 0644, .size = 5}};
	struct gofer_hdr *hdr = (void *)buf;
	enum lie lie = req->op == GOFER_HELLO ? HONEST : l->lie;
	struct wire w;
	int fd = lie == UNASKED_FD || lie == ERROR_WITH_FD || lie == UNSAID_FD || lie == TWO_FDS
			 ? 0
			 : -1;
	size_t size;

	wire_init(&w, buf, sizeof(buf) / 2);
	w.off = sizeof(*hdr);
	if (lie == BAD_MODE)
		rep.attr.mode = 0644;
	if (lie == BAD_TIME)
		rep.attr.mtime.nsec = 2000000000;
	if (req->op == GOFER_HELLO)
		gofer_put_hello_rep(&w, &(struct gofer_hello_rep){GOFER_VERSION, 1, 10});
	else if (lie != NO_FIELDS)
		gofer_put_getattr_rep(&w, &rep);
	if (lie == TRAILING)
		wire_put_u64(&w, 0);
	*hdr = (struct gofer_hdr){.id = req->id, .op = req->op, .size = (u32)w.off};
	hdr->id += lie == WRONG_ID;
	hdr->op = (u16)(hdr->op + (lie == WRONG_OP));
	hdr->size += lie == WRONG_SIZE ? 8 : 0;
	hdr->error = lie == ERROR_POSITIVE ? 5 : lie == ERROR_RESTART ? -ERESTARTSYS : 0;
	hdr->error = lie == ERROR_WITH_FD ? -ENOENT : hdr->error;
	hdr->fds = lie == TWO_FDS ? 2 : (fd >= 0 && lie != UNSAID_FD) || lie == CLAIMED_FD;
	size = lie == TOO_SHORT ? 7 : w.off;
	if (lie == SAID_TWICE || lie == PACKET_CUT)
		memcpy(buf + size, buf, size);
	if (lie == SAID_TWICE)
		size *= 2;
	else if (lie == PACKET_CUT)
		size += 16;
	else if (lie == EMPTY_MESSAGE)
		size += 8;
	rig_send_fds(l->sock, buf, size, fd, lie == TWO_FDS ? 2 : 1);
}

static void *liar_thread(void *arg)
{
	u8 buf[4096] __attribute__((aligned(8)));
	struct liar *l = arg;

	while (recv(l->sock, buf, sizeof(buf), 0) > 0)
		answer(l, (void *)buf);
	close(l->sock);
	return NULL;
}

static int getattr_from(enum lie lie, u64 *ret_size)
{
	struct gofer_getattr_req req = {.node = 1};
	struct gofer_getattr_rep rep = {0};
	struct gofer_client *c = NULL;
	struct gofer_call call;
	struct liar l = {.lie = lie};
	pthread_t t;
	int sv[2], err;

	CHECK_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv));
	l.sock = sv[0];
	CHECK_EQ(0, pthread_create(&t, NULL, liar_thread, &l));
	CHECK_EQ(0, gofer_client_create((hostfd_t){sv[1]}, &c));
	gofer_call_init(&call);
	/* What is too much in a packet may be seen after the first reply was handed out. */
	err = gofer_getattr(c, &call, &req, &rep);
	if (!err)
		err = gofer_getattr(c, &call, &req, &rep);
	*ret_size = rep.attr.size;
	gofer_call_fini(&call);
	gofer_client_destroy(c);
	pthread_join(t, NULL);
	return err;
}

TEST(gofer_liar_honest_once)
{
	u64 size;

	CHECK_EQ(0, getattr_from(HONEST, &size));
	CHECK_EQ(5, size);
}

TEST(gofer_liar_never_gets_through)
{
	int before = dup(0), after, lie;
	u64 size;

	close(before);
	for (lie = HONEST + 1; lie < NR_LIES; lie++) {
		int err = getattr_from((enum lie)lie, &size);

		if (err != -EIO && err != -EPROTO)
			unit_fail(__FILE__, __LINE__, "lie %d: got %d", lie, err);
	}
	/* Descriptors nobody asked for were closed again. */
	after = dup(0);
	close(after);
	CHECK_EQ(before, after);
}

TEST(gofer_liar_that_is_gone)
{
	struct gofer_client *c = NULL;
	int sv[2];

	CHECK_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv));
	close(sv[0]);
	CHECK_EQ(-EIO, gofer_client_create((hostfd_t){sv[1]}, &c));
	CHECK(!c);
}
