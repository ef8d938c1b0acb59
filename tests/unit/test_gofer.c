/* gofer/ and fs/goferfs/client.c: what the requests do, over a real directory */
#include <dirent.h>
#include <sys/xattr.h>

#include "sched/sched.h"
#include "tests/unit/gofer_rig.h"

TEST(gofer_walks_many_components_at_once)
{
	struct gofer_walk_req req = {.names = {.n = 3, .v = {"a", "b", "f"}}};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_walk_rep rep;
	struct rig r;

	REQUIRE(rig_start(&r, 64));
	CHECK_EQ(0, mkdirat(r.root_fd, "a", 0755) | mkdirat(r.root_fd, "a/b", 0700));
	rig_file(r.root_fd, "a/b/f", "hello");
	gofer_call_init(&call);
	req.dir = r.rw;
	CHECK_EQ(0, gofer_walk(r.c, &call, &req, &rep));
	CHECK_EQ(3, rep.nodes.n);
	CHECK_EQ(0, rep.stop);
	CHECK_EQ(S_IFDIR | 0700, rep.nodes.v[1].attr.mode);
	CHECK_EQ(5, rep.nodes.v[2].attr.size);
	CHECK_EQ(S_IFREG | 0644, rep.nodes.v[2].attr.mode);

	req.names.v[2] = "missing";
	CHECK_EQ(0, gofer_walk(r.c, &call, &req, &rep));
	CHECK_EQ(2, rep.nodes.n);
	CHECK_EQ(ENOENT, rep.stop);
	req.names.v[0] = "missing";
	CHECK_EQ(-ENOENT, gofer_walk(r.c, &call, &req, &rep));
	gofer_call_fini(&call);
	rig_stop(&r);
}

TEST(gofer_walk_stops_at_symlinks_and_files)
{
	struct gofer_walk_req req = {.names = {.n = 2, .v = {"link", "secret"}}};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_readlink_req rl;
	struct gofer_readlink_rep target;
	struct gofer_walk_rep rep;
	struct rig r;

	REQUIRE(rig_start(&r, 64));
	CHECK_EQ(0, symlinkat("..", r.root_fd, "link"));
	gofer_call_init(&call);
	req.dir = r.rw;
	CHECK_EQ(0, gofer_walk(r.c, &call, &req, &rep));
	CHECK_EQ(1, rep.nodes.n);
	CHECK_EQ(0, rep.stop);
	CHECK_EQ(S_IFLNK, rep.nodes.v[0].attr.mode & S_IFMT);
	rl.node = rep.nodes.v[0].handle;
	CHECK_EQ(0, gofer_readlink(r.c, &call, &rl, &target));
	CHECK_STR("..", target.target);
	CHECK_EQ(-ENXIO, rig_open(&r, rl.node, GOFER_OPEN_READ));

	/* The link is no directory to walk in, whatever it leads to. */
	req.dir = rl.node;
	CHECK_EQ(-ENOTDIR, gofer_walk(r.c, &call, &req, &rep));
	gofer_call_fini(&call);
	rig_stop(&r);
}

TEST(gofer_donates_descriptors)
{
	struct rig r;
	char buf[8] = "";
	u32 f;
	int err, fd;

	REQUIRE(rig_start(&r, 64));
	rig_file(r.root_fd, "f", "hello");
	f = rig_walk(&r, r.rw, "f", &err, NULL);
	fd = rig_open(&r, f, GOFER_OPEN_READ);
	REQUIRE(fd >= 0);
	CHECK_EQ(5, pread(fd, buf, sizeof(buf), 0));
	CHECK_STR("hello", buf);
	CHECK_EQ(O_RDONLY, fcntl(fd, F_GETFL) & O_ACCMODE);
	CHECK_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	close(fd);
	fd = rig_open(&r, f, GOFER_OPEN_READ | GOFER_OPEN_WRITE);
	CHECK_EQ(O_RDWR, fcntl(fd, F_GETFL) & O_ACCMODE);
	CHECK_EQ(1, pwrite(fd, "J", 1, 0));
	close(fd);
	CHECK_EQ(-EISDIR, rig_open(&r, r.rw, GOFER_OPEN_READ));
	CHECK_EQ(-EBADF, rig_open(&r, 0x7ffff, GOFER_OPEN_READ));
	rig_stop(&r);
}

TEST(gofer_does_not_open_fifos_and_sockets)
{
	struct rig r;
	u32 f;
	int err;

	REQUIRE(rig_start(&r, 64));
	CHECK_EQ(0, mkfifoat(r.root_fd, "fifo", 0666));
	CHECK_EQ(0, mknodat(r.root_fd, "sock", S_IFSOCK | 0666, 0));
	f = rig_walk(&r, r.rw, "fifo", &err, NULL);
	CHECK(f);
	CHECK_EQ(-ENXIO, rig_open(&r, f, GOFER_OPEN_READ));
	f = rig_walk(&r, r.rw, "sock", &err, NULL);
	CHECK_EQ(-ENXIO, rig_open(&r, f, GOFER_OPEN_READ | GOFER_OPEN_WRITE));
	rig_stop(&r);
}

TEST(gofer_creates_links_renames_removes)
{
	struct gofer_create_req cr = {.name = "new", .flags = GOFER_OPEN_MASK, .mode = 0640};
	struct gofer_mkdir_req md = {.name = "dir", .mode = 01777};
	struct gofer_symlink_req sl = {.name = "sym", .target = "new"};
	struct gofer_link_req ln = {.name = "hard"};
	struct gofer_rename_req mv = {.oldname = "hard", .newname = "moved"};
	struct gofer_unlink_req rm = {.name = "moved"};
	struct gofer_create_rep crr;
	struct gofer_mkdir_rep mdr;
	struct gofer_symlink_rep slr;
	struct gofer_link_rep lnr;
	struct gofer_call call;
	struct stat st;
	struct rig r;

	REQUIRE(rig_start(&r, 64));
	gofer_call_init(&call);
	cr.dir = md.dir = sl.dir = ln.dir = mv.olddir = rm.dir = r.rw;
	CHECK_EQ(0, gofer_create(r.c, &call, &cr, &crr));
	CHECK_EQ(3, host_write(call.fd, "abc", 3));
	CHECK_EQ(S_IFREG | 0640, crr.attr.mode);
	CHECK_EQ(-EEXIST, gofer_create(r.c, &call, &cr, &crr));
	CHECK_EQ(0, gofer_mkdir(r.c, &call, &md, &mdr));
	CHECK_EQ(S_IFDIR | 01777, mdr.attr.mode);
	CHECK_EQ(0, gofer_symlink(r.c, &call, &sl, &slr));
	CHECK_EQ(S_IFLNK, slr.attr.mode & S_IFMT);

	ln.node = crr.node;
	CHECK_EQ(0, gofer_link(r.c, &call, &ln, &lnr));
	CHECK_EQ(2, lnr.attr.nlink);
	mv.newdir = mdr.node;
	CHECK_EQ(0, gofer_rename(r.c, &call, &mv));
	CHECK_EQ(0, fstatat(r.root_fd, "dir/moved", &st, AT_SYMLINK_NOFOLLOW));
	CHECK_EQ(3, st.st_size);
	rm.dir = mdr.node;
	CHECK_EQ(0, gofer_unlink(r.c, &call, &rm));
	CHECK_EQ(-ENOENT, gofer_unlink(r.c, &call, &rm));
	rm.dir = r.rw;
	rm.name = "dir";
	CHECK_EQ(-EISDIR, gofer_unlink(r.c, &call, &rm));
	rm.flags = GOFER_UNLINK_DIR;
	CHECK_EQ(0, gofer_unlink(r.c, &call, &rm));
	gofer_call_fini(&call);
	rig_stop(&r);
}

TEST(gofer_setattr_all_at_once)
{
	struct gofer_setattr_req req = {
		.valid = GOFER_SET_MODE | GOFER_SET_SIZE | GOFER_SET_ATIME | GOFER_SET_MTIME,
		.mode = 04711,
		.size = 1000,
		.atime = {.sec = 1, .nsec = 2},
		.mtime = {.sec = -3, .nsec = 999999999},
	};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_setattr_rep rep;
	struct rig r;
	int err;

	REQUIRE(rig_start(&r, 64));
	rig_file(r.root_fd, "f", "hello");
	gofer_call_init(&call);
	req.node = rig_walk(&r, r.rw, "f", &err, NULL);
	CHECK_EQ(0, gofer_setattr(r.c, &call, &req, &rep));
	CHECK_EQ(S_IFREG | 04711, rep.attr.mode);
	CHECK_EQ(1000, rep.attr.size);
	CHECK_EQ(2, rep.attr.atime.nsec);
	CHECK_EQ(-3, rep.attr.mtime.sec);
	CHECK_EQ(999999999, rep.attr.mtime.nsec);
	rig_stop(&r);
}

TEST(gofer_symlink_times_do_not_reach_the_target)
{
	struct gofer_setattr_req req = {.valid = GOFER_SET_MTIME, .mtime = {.sec = 77}};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_setattr_rep rep;
	struct stat st;
	struct rig r;
	int err;

	REQUIRE(rig_start(&r, 64));
	CHECK_EQ(0, symlinkat("../secret", r.root_fd, "link"));
	gofer_call_init(&call);
	req.node = rig_walk(&r, r.rw, "link", &err, NULL);
	CHECK_EQ(0, gofer_setattr(r.c, &call, &req, &rep));
	CHECK_EQ(77, rep.attr.mtime.sec);
	CHECK_EQ(0, fstatat(r.top_fd, "secret", &st, 0));
	CHECK(st.st_mtime != 77);
	req.valid = GOFER_SET_MODE;
	CHECK_EQ(-EOPNOTSUPP, gofer_setattr(r.c, &call, &req, &rep));
	req.valid = GOFER_SET_SIZE;
	CHECK_EQ(-EINVAL, gofer_setattr(r.c, &call, &req, &rep));
	rig_stop(&r);
}

static unsigned list_dir(struct rig *r, u32 dir, u32 size, u32 flags, unsigned *nr_attr)
{
	struct gofer_readdir_req req = {.dir = dir, .size = size, .flags = flags};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_readdir_rep rep;
	unsigned seen[512] = {0}, nr = 0;

	*nr_attr = 0;
	gofer_call_init(&call);
	do {
		const struct gofer_dirent *d;
		const struct gofer_attr *attr;
		const char *name;
		size_t off = 0;

		rep = (struct gofer_readdir_rep){0};
		CHECK_EQ(0, gofer_readdir(r->c, &call, &req, &rep));
		while ((d = gofer_dirent_next(&rep.entries, &off, &name, &attr))) {
			unsigned n = (unsigned)atoi(name + 1);

			CHECK(name[0] == 'f' && n < ARRAY_SIZE(seen) && !seen[n]++);
			CHECK_EQ(DT_REG, d->type);
			*nr_attr += attr && attr->ino == d->ino && S_ISREG(attr->mode);
			req.cookie = d->next;
			nr++;
		}
	} while (!rep.eof && rep.entries.len);
	return nr;
}

TEST(gofer_readdir_gives_every_name_once)
{
	unsigned nr_attr;
	struct rig r;
	int i;

	REQUIRE(rig_start(&r, 64));
	for (i = 0; i < 500; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%d", i);
		rig_file(r.root_fd, name, "");
	}
	CHECK_EQ(500, list_dir(&r, r.rw, 65536, 0, &nr_attr));
	CHECK_EQ(0, nr_attr);
	CHECK_EQ(500, list_dir(&r, r.rw, 1000, GOFER_READDIR_ATTR, &nr_attr));
	CHECK_EQ(500, nr_attr);
	CHECK_EQ(500, list_dir(&r, r.ro, 300, 0, &nr_attr));
	rig_stop(&r);
}

TEST(gofer_xattrs)
{
	struct gofer_setxattr_req set = {.name = "user.a", .value = {.p = "value", .len = 5}};
	struct gofer_getxattr_req get = {.name = "user.a", .size = 100};
	struct gofer_listxattr_req list = {.size = 1000};
	struct gofer_removexattr_req rm = {.name = "user.a"};
	struct gofer_call call;
	struct gofer_getxattr_rep got;
	struct gofer_listxattr_rep listed;
	struct rig r;
	int err;

	REQUIRE(rig_start(&r, 64));
	rig_file(r.root_fd, "f", "");
	gofer_call_init(&call);
	set.node = get.node = list.node = rm.node = rig_walk(&r, r.rw, "f", &err, NULL);
	err = gofer_setxattr(r.c, &call, &set);
	if (err == -EOPNOTSUPP) {
		unit_skip("no user xattrs on /tmp");
	} else {
		CHECK_EQ(0, err);
		CHECK_EQ(0, gofer_getxattr(r.c, &call, &get, &got));
		CHECK_EQ(5, got.size);
		CHECK_MEM("value", got.value.p, 5);
		get.size = 0;
		CHECK_EQ(0, gofer_getxattr(r.c, &call, &get, &got));
		CHECK_EQ(5, got.size);
		CHECK_EQ(0, got.value.len);
		get.size = 2;
		CHECK_EQ(-ERANGE, gofer_getxattr(r.c, &call, &get, &got));
		CHECK_EQ(0, gofer_listxattr(r.c, &call, &list, &listed));
		CHECK_EQ(7, listed.size);
		CHECK_EQ(0, gofer_removexattr(r.c, &call, &rm));
		get.size = 10;
		CHECK_EQ(-ENODATA, gofer_getxattr(r.c, &call, &get, &got));
	}
	gofer_call_fini(&call);
	rig_stop(&r);
}

TEST(gofer_handles_run_out_and_come_back)
{
	struct rig r;
	u32 h[8];
	int i, err = 0;

	REQUIRE(rig_start(&r, 10));
	rig_file(r.root_fd, "f", "");
	for (i = 0; i < 7; i++) {
		h[i] = rig_walk(&r, r.rw, "f", &err, NULL);
		CHECK(h[i]);
	}
	CHECK(!rig_walk(&r, r.rw, "f", &err, NULL));
	CHECK_EQ(-EMFILE, err);
	gofer_client_drop(r.c, h[0]);
	gofer_client_flush(r.c);
	h[7] = rig_walk(&r, r.rw, "f", &err, NULL);
	CHECK(h[7] && h[7] != h[0]);
	/* The slot is the same, the handle is not. */
	CHECK_EQ(-EBADF, rig_open(&r, h[0], GOFER_OPEN_READ));
	rig_stop(&r);
}

TEST(gofer_reopens_memory_files_only)
{
	cleanup_gofer_call struct gofer_call call;
	hostfd_t memfd, file;
	struct rig r;

	REQUIRE(rig_start(&r, 64));
	gofer_call_init(&call);
	REQUIRE(!host_memfd_create("m", 0, &memfd));
	CHECK_EQ(2, host_write(memfd, "hi", 2));
	call.send_fd = memfd;
	CHECK_EQ(0, gofer_reopen(r.c, &call));
	CHECK_EQ(O_RDONLY, fcntl(call.fd.n, F_GETFL) & O_ACCMODE);
	CHECK_EQ(-EBADF, host_pwrite(call.fd, "x", 1, 0));
	host_close(memfd);

	rig_file(r.root_fd, "f", "");
	file.n = openat(r.root_fd, "f", O_WRONLY | O_CLOEXEC);
	call.send_fd = file;
	CHECK_EQ(-EINVAL, gofer_reopen(r.c, &call));
	host_close(file);
	rig_stop(&r);
}

TEST(gofer_client_reports_a_dead_gofer)
{
	struct rig r;
	int err;

	REQUIRE(rig_start(&r, 64));
	shutdown(r.server_sock, SHUT_RDWR);
	CHECK(!rig_walk(&r, r.rw, "f", &err, NULL));
	CHECK_EQ(-EIO, err);
	CHECK(!rig_walk(&r, r.rw, "f", &err, NULL));
	CHECK_EQ(-EIO, err);
	rig_stop(&r);
}

static void *walk_often(void *arg)
{
	struct rig *r = arg;
	long bad = 0;
	int i, err;

	for (i = 0; i < 300; i++) {
		struct gofer_attr attr = {0};
		u32 h = rig_walk(r, r->rw, i & 1 ? "f" : "big", &err, &attr);

		bad += !h || attr.size != (i & 1 ? 5 : 9);
		gofer_client_drop(r->c, h);
	}
	return (void *)(uintptr_t)bad;
}

TEST(gofer_client_serves_many_threads)
{
	pthread_t t[6];
	struct rig r;
	size_t i;
	void *bad;

	REQUIRE(rig_start(&r, 1024));
	rig_file(r.root_fd, "f", "hello");
	rig_file(r.root_fd, "big", "not small");
	for (i = 0; i < ARRAY_SIZE(t); i++)
		CHECK_EQ(0, pthread_create(&t[i], NULL, walk_often, &r));
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		pthread_join(t[i], &bad);
		CHECK_EQ(0, (long)(uintptr_t)bad);
	}
	rig_stop(&r);
}

/* One request straight into the server; its error, or that of the frame. */
static int handle(struct rig *r, u16 op, struct wire *w, void *reply, int *fd)
{
	struct gofer_hdr *hdr = (void *)w->buf, *out = reply;
	ssize_t n;

	*hdr = (struct gofer_hdr){.id = 7, .op = op, .size = (u32)w->off};
	n = gofer_server_handle(r->server, w->buf, w->off, -1, reply, fd);
	return n < 0 ? (int)n : out->error;
}

TEST(gofer_every_host_call_may_fail)
{
	struct gofer_create_req cr = {.name = "new", .flags = GOFER_OPEN_MASK, .mode = 06755};
	static u8 reply[GOFER_MSG_MAX] __attribute__((aligned(8)));
	static u8 msg[1024] __attribute__((aligned(8)));
	struct gofer_attach_rep at;
	struct wire w;
	struct rig r;
	int fd = -1, err;
	long n;

	REQUIRE(rig_server(&r, 64));
	wire_init(&w, msg, sizeof(msg));
	w.off = sizeof(struct gofer_hdr);
	gofer_put_attach_req(&w, &(struct gofer_attach_req){0});
	CHECK_EQ(0, handle(&r, GOFER_ATTACH, &w, reply, &fd));
	wire_init(&w, reply, sizeof(reply));
	w.off = sizeof(struct gofer_hdr);
	gofer_get_attach_rep(&w, &at);
	cr.dir = at.root;

	fault_gsys_error = ENOSPC;
	for (n = 1; n < 20; n++) {
		wire_init(&w, msg, sizeof(msg));
		w.off = sizeof(struct gofer_hdr);
		gofer_put_create_req(&w, &cr);
		fault_gsys_at = n;
		err = handle(&r, GOFER_CREATE, &w, reply, &fd);
		if (!err)
			break;
		CHECK_EQ(-ENOSPC, err);
		CHECK_EQ(-1, fd);
		CHECK(faccessat(r.root_fd, "new", F_OK, 0) && errno == ENOENT);
	}
	fault_gsys_at = 0;
	CHECK(n > 4);
	CHECK(fd >= 0);
	close(fd);
	rig_stop(&r);
}

/* Fibers of one worker, more than one waiting at a time; the last one stops the scheduler. */
static struct rig *fiber_rig;
static int fibers_left;
static long fibers_bad;

static void fiber_walks(void *arg)
{
	fibers_bad += (long)(uintptr_t)walk_often(arg);
	if (--fibers_left == 0)
		sched_stop();
}

static void fibers_start(void)
{
	struct fiber *f;
	int i;

	fibers_left = 8;
	for (i = 0; i < 8; i++)
		CHECK_EQ(0, fiber_create("walk", fiber_walks, fiber_rig, &f));
}

TEST(gofer_client_serves_fibers)
{
	struct rig r;

	REQUIRE(rig_start(&r, 1024));
	rig_file(r.root_fd, "f", "hello");
	rig_file(r.root_fd, "big", "not small");
	fiber_rig = &r;
	CHECK_EQ(0, sched_init(1));
	fibers_start();
	CHECK_EQ(0, sched_run());
	CHECK_EQ(0, fibers_bad);
	rig_stop(&r);
	sched_fini();
}
