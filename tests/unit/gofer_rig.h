/*
 * A gofer for the tests: a server on a thread of this process over directories
 * of a fresh host directory, and a client.
 *
 *	TOP/root    mount 0, read-write; mount 1, read-only
 *	TOP/other   mount 2, read-write, shared
 *	TOP/secret  not mounted: must never be seen
 */
#pragma once
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/goferfs/client.h"
#include "gofer/server.h"
#include "gofer/sys.h"
#include "lib/alloc.h"
#include "tests/unit/harness.h"

struct rig {
	char top[64];
	int top_fd, root_fd; /* the host's view */
	int peer;            /* the sentry's end, when there is no client */
	int client_sock;     /* the client's, and its alone */
	struct gofer_client *c;
	u32 rw, ro, other; /* handles of the roots */
	struct gofer_server *server;
	int server_sock, server_ret;
	bool threaded;
	pthread_t thread;
};

static inline void *rig_serve(void *arg)
{
	struct rig *r = arg;

	r->server_ret = gofer_server_run(r->server, r->server_sock);
	close(r->server_sock);
	return NULL;
}

static inline void rig_file(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);

	CHECK(fd >= 0);
	CHECK_EQ(strlen(text), write(fd, text, strlen(text)));
	close(fd);
}

/* rig_server - the server, and in r->peer the sentry's end; rig_run() lets it answer */
static inline bool rig_server(struct rig *r, u32 max_handles)
{
	struct gofer_table t = {.nr = 3};
	int i, sv[2];

	*r = (struct rig){.top = "/tmp/bailey-gofer-XXXXXX", .peer = -1};
	umask(0);
	if (!mkdtemp(r->top))
		return false;
	r->top_fd = open(r->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mkdirat(r->top_fd, "root", 0755) || mkdirat(r->top_fd, "other", 0755))
		return false;
	rig_file(r->top_fd, "secret", "secret");
	r->root_fd = openat(r->top_fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	t.mounts = kcalloc(3, sizeof(*t.mounts));
	for (i = 0; i < 3; i++) {
		t.mounts[i].fd = openat(r->top_fd, i == 2 ? "other" : "root", O_PATH | O_CLOEXEC);
		t.mounts[i].rdonly = i == 1;
		t.mounts[i].shared = i == 2;
		/* As the role does for an ordinary user: the tests' root is that user. */
		t.mounts[i].has_uid = t.mounts[i].has_gid = geteuid() != 0;
		t.mounts[i].host_uid = geteuid();
		t.mounts[i].host_gid = getegid();
	}
	if (gofer_sys_init() || gofer_server_create(&t, max_handles, &r->server) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv))
		return false;
	r->server_sock = sv[0];
	r->peer = sv[1];
	return true;
}

static inline bool rig_run(struct rig *r)
{
	r->threaded = !pthread_create(&r->thread, NULL, rig_serve, r);
	return r->threaded;
}

static inline u32 rig_attach(struct rig *r, u32 mount)
{
	struct gofer_attach_req req = {.mount = mount};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_attach_rep rep = {0};

	gofer_call_init(&call);
	CHECK_EQ(0, gofer_attach(r->c, &call, &req, &rep));
	return rep.root;
}

static inline bool rig_start(struct rig *r, u32 max_handles)
{
	if (!rig_server(r, max_handles) || !rig_run(r))
		return false;
	if (gofer_client_create((hostfd_t){r->peer}, &r->c))
		return false;
	r->client_sock = r->peer;
	r->peer = -1;
	r->rw = rig_attach(r, 0);
	r->ro = rig_attach(r, 1);
	r->other = rig_attach(r, 2);
	return r->rw && r->ro && r->other;
}

static inline int rig_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline void rig_stop(struct rig *r)
{
	gofer_client_destroy(r->c);
	if (r->peer >= 0)
		close(r->peer);
	if (r->threaded)
		pthread_join(r->thread, NULL);
	else
		close(r->server_sock);
	gofer_server_destroy(r->server);
	close(r->top_fd);
	close(r->root_fd);
	CHECK_EQ(0, nftw(r->top, rig_remove, 16, FTW_DEPTH | FTW_PHYS));
}

/* rig_send_fds - a packet, and with it @n (at most 2) copies of @fd unless that is -1 */
static inline void rig_send_fds(int sock, void *buf, size_t size, int fd, u32 n)
{
	int fds[2] = {fd, fd};
	union {
		char buf[CMSG_SPACE(sizeof(fds))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {buf, size};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		msg.msg_control = control.buf;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(&control.align), fds, n * sizeof(int));
	}
	CHECK_EQ(size, sendmsg(sock, &msg, MSG_NOSIGNAL));
}

/* rig_walk - handle of @name in @dir; 0 with *err set when there is none */
static inline u32 rig_walk(struct rig *r, u32 dir, const char *name, int *err,
			   struct gofer_attr *attr)
{
	struct gofer_walk_req req = {.dir = dir, .names = {.n = 1, .v = {name}}};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_walk_rep rep = {0};

	gofer_call_init(&call);
	*err = gofer_walk(r->c, &call, &req, &rep);
	if (*err || rep.nodes.n != 1)
		return 0;
	if (attr)
		*attr = rep.nodes.v[0].attr;
	return rep.nodes.v[0].handle;
}

/* rig_open - a descriptor of @node, or -errno */
static inline int rig_open(struct rig *r, u32 node, u32 flags)
{
	struct gofer_open_req req = {.node = node, .flags = flags};
	cleanup_gofer_call struct gofer_call call;
	int err;

	gofer_call_init(&call);
	err = gofer_open(r->c, &call, &req);
	return err ? err : steal_hostfd(&call.fd).n;
}
