/* gofer/server.c, fs/goferfs/packet.c: several messages in one packet */
#include <sys/resource.h>

#include "tests/unit/gofer_rig.h"

/* A look at @name below the first mount, into @w; to be opened with @flags. */
static void put_look(struct wire *w, u8 *buf, size_t room, const char *name, u32 flags)
{
	struct gofer_look_req req = {.dir = 1, .names = {.n = 1, .v = {name}}, .flags = flags};

	wire_init(w, buf, room);
	w->off = sizeof(struct gofer_hdr);
	gofer_put_look_req(w, &req);
	*(struct gofer_hdr *)(void *)buf =
		(struct gofer_hdr){.id = 7, .op = GOFER_LOOK, .size = (u32)w->off};
}

/* A server that was asked to attach its first mount, so that there is handle 1. */
static bool start_raw(struct rig *r)
{
	u8 buf[512] __attribute__((aligned(8)));
	struct wire w;

	if (!rig_server(r, 64) || !rig_run(r))
		return false;
	wire_init(&w, buf, sizeof(buf));
	w.off = sizeof(struct gofer_hdr);
	gofer_put_attach_req(&w, &(struct gofer_attach_req){.mount = 0});
	*(struct gofer_hdr *)(void *)buf =
		(struct gofer_hdr){.op = GOFER_ATTACH, .size = (u32)w.off};
	CHECK_EQ(w.off, send(r->peer, buf, w.off, 0));
	return recv(r->peer, buf, sizeof(buf), 0) > 0;
}

/* Answers come in one packet, in order, with the descriptors of those that have one. */
TEST(gofer_packet_is_answered_with_a_packet)
{
	u8 buf[4096] __attribute__((aligned(8)));
	union {
		char buf[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {buf, sizeof(buf)};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf)};
	static const char *const names[] = {"f", "none", "g"};
	size_t size = 0, off = 0;
	struct wire w;
	struct rig r;
	int fds[2];
	ssize_t n;

	REQUIRE(start_raw(&r));
	rig_file(r.root_fd, "f", "f");
	rig_file(r.root_fd, "g", "g");
	for (int i = 0; i < 3; i++, size += w.off)
		put_look(&w, buf + size, 256, names[i], GOFER_LOOK_OPEN);
	CHECK_EQ(size, send(r.peer, buf, size, 0));
	n = recvmsg(r.peer, &msg, MSG_CMSG_CLOEXEC);
	for (int i = 0; i < 3 && off < (size_t)n; i++) {
		struct gofer_hdr *hdr = (void *)(buf + off);

		CHECK_EQ(i == 1 ? -ENOENT : 0, hdr->error);
		CHECK_EQ(i != 1, hdr->fds);
		off += hdr->size;
	}
	CHECK_EQ(n, off);
	CHECK_EQ(CMSG_LEN(sizeof(fds)), control.align.cmsg_len);
	memcpy(fds, CMSG_DATA(&control.align), sizeof(fds));
	for (int i = 0; i < 2; i++) {
		CHECK_EQ(1, read(fds[i], buf, 2));
		CHECK_EQ(i ? 'g' : 'f', buf[0]);
		close(fds[i]);
	}
	rig_stop(&r);
}

/* What is no packet ends the gofer, and none of its descriptors is left behind. */
TEST(gofer_packet_out_of_form)
{
	enum { CUT, SIZE_TOO_LARGE, SIZE_ODD, SIZE_ZERO, CLAIMS_FD, NO_CORE, NR_BAD };

	for (int bad = 0; bad < NR_BAD; bad++) {
		u8 buf[1024] __attribute__((aligned(8))) = {0};
		struct gofer_hdr *second;
		struct wire w;
		struct rig r;

		REQUIRE(start_raw(&r));
		rig_file(r.root_fd, "f", "f");
		put_look(&w, buf, 256, "f", GOFER_LOOK_OPEN);
		second = (void *)(buf + w.off);
		memcpy(second, buf, w.off);
		second->size += bad == SIZE_TOO_LARGE ? 8 : bad == SIZE_ODD ? (u32)-1 : 0;
		second->size = bad == SIZE_ZERO ? 0 : second->size;
		second->fds = bad == CLAIMS_FD;
		second->core = bad == NO_CORE ? CPU_SETSIZE + 1 : 0;
		CHECK(send(r.peer, buf, bad == CUT ? w.off + 8 : 2 * w.off, 0) > 0);
		while (recv(r.peer, buf, sizeof(buf), 0) > 0)
			;
		pthread_join(r.thread, NULL);
		r.threaded = false;
		CHECK_EQ(-EPROTO, r.server_ret);
		r.server_sock = dup(r.peer);
		rig_stop(&r);
	}
}

static int open_all(struct rig *r, u32 n, struct gofer_call *calls)
{
	struct gofer_batch b = {.n = 0};
	int err = 0, left = -1;

	for (u32 i = 0; i < n && !err; i++) {
		char name[16];
		struct gofer_look_req req = {
			.dir = r->ro, .names = {.n = 1, .v = {name}}, .flags = GOFER_LOOK_OPEN};
		struct wire w;

		snprintf(name, sizeof(name), "f%u", i);
		gofer_call_init(&calls[i]);
		gofer_call_begin(&calls[i], GOFER_LOOK, &w);
		gofer_put_look_req(&w, &req);
		err = gofer_batch_add(r->c, &b, &calls[i], &w);
		left = (int)i;
	}
	CHECK_EQ(n > GOFER_PACKET_MAX ? -ENOSPC : 0, err);
	gofer_batch_send(r->c, &b);
	return err ? left : left + 1;
}

TEST(gofer_packet_of_many_opens)
{
	static struct gofer_call calls[GOFER_PACKET_MAX + 1];
	char name[16];
	struct rig r;
	int n;

	REQUIRE(rig_start(&r, 64));
	for (u32 i = 0; i <= GOFER_PACKET_MAX; i++) {
		snprintf(name, sizeof(name), "f%u", i);
		rig_file(r.root_fd, name, name);
	}
	n = open_all(&r, GOFER_PACKET_MAX + 1, calls);
	CHECK_EQ(GOFER_PACKET_MAX, n);
	/* In any order: each has its own. */
	for (int i = n - 1; i >= 0; i--) {
		char text[16] = "";
		struct wire w;

		CHECK_EQ(0, gofer_call_finish(r.c, &calls[i], &w, GOFER_FD_MAYBE));
		snprintf(name, sizeof(name), "f%d", i);
		CHECK(read(calls[i].fd.n, text, sizeof(text)) > 0);
		CHECK_STR(name, text);
		gofer_call_fini(&calls[i]);
	}
	rig_stop(&r);
}

/* Replies too large for one packet come in several. */
TEST(gofer_packet_of_large_replies)
{
	static struct gofer_call calls[4];
	struct gofer_batch b = {.n = 0};
	char name[256];
	struct rig r;

	REQUIRE(rig_start(&r, 64));
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "%0250d", i);
		rig_file(r.root_fd, name, "x");
	}
	for (int i = 0; i < 4; i++) {
		struct gofer_readdir_req req = {.dir = r.ro, .size = GOFER_READDIR_MAX};
		struct wire w;

		gofer_call_init(&calls[i]);
		gofer_call_begin(&calls[i], GOFER_READDIR, &w);
		gofer_put_readdir_req(&w, &req);
		CHECK_EQ(0, gofer_batch_add(r.c, &b, &calls[i], &w));
	}
	gofer_batch_send(r.c, &b);
	for (int i = 0; i < 4; i++) {
		struct gofer_readdir_rep rep;
		struct wire w;

		CHECK_EQ(0, gofer_call_finish(r.c, &calls[i], &w, GOFER_FD_NONE));
		gofer_get_readdir_rep(&w, &rep);
		CHECK_EQ(0, wire_get_end(&w));
		CHECK(rep.entries.len > 60000);
		gofer_call_fini(&calls[i]);
	}
	rig_stop(&r);
}

static int next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

/* No numbers left for all descriptors: those that found one have theirs, the others fail alone. */
TEST(gofer_packet_without_room_for_all_descriptors)
{
	static struct gofer_call calls[8];
	struct rlimit lim, few;
	char name[16];
	struct rig r;
	int got = 0;

	REQUIRE(rig_start(&r, 64));
	for (int i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		rig_file(r.root_fd, name, name);
	}
	CHECK_EQ(0, getrlimit(RLIMIT_NOFILE, &lim));
	CHECK_EQ(8, open_all(&r, 8, calls));
	/* The gofer is this process too: when it has hung up, it holds none of them. */
	CHECK_EQ(0, shutdown(r.client_sock, SHUT_WR));
	pthread_join(r.thread, NULL);
	r.threaded = false;
	r.server_sock = dup(r.client_sock);
	few = (struct rlimit){.rlim_cur = (rlim_t)next_fd() + 3, .rlim_max = lim.rlim_max};
	CHECK_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
	for (int i = 0; i < 8; i++) {
		struct wire w;
		int err = gofer_call_finish(r.c, &calls[i], &w, GOFER_FD_MAYBE);

		CHECK_EQ(err ? -ENFILE : 0, err);
		CHECK_EQ(!err, hostfd_valid(calls[i].fd));
		CHECK(err || got == i);
		got += !err;
	}
	CHECK_EQ(0, setrlimit(RLIMIT_NOFILE, &lim));
	CHECK_EQ(3, got);
	for (int i = 0; i < 8; i++)
		gofer_call_fini(&calls[i]);
	rig_stop(&r);
}
