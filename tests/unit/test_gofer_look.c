/* gofer/path.c, readdir.c: files that are asked for by their names */
#include "tests/unit/gofer_rig.h"

static int look(struct rig *r, const struct gofer_look_req *req, struct gofer_call *call,
		struct gofer_look_rep *ret)
{
	int err;

	gofer_call_init(call);
	err = gofer_look(r->c, call, req, ret);
	return err;
}

static int look_at(struct rig *r, u32 dir, const struct gofer_names *names, u32 *ret_mode)
{
	struct gofer_look_req req = {.dir = dir, .names = *names, .from = names->n - 1};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_look_rep rep;
	int err = look(r, &req, &call, &rep);

	if (err)
		return err;
	CHECK_EQ(0, rep.stop);
	CHECK_EQ(1, rep.attrs.n);
	CHECK(!hostfd_valid(call.fd));
	*ret_mode = rep.attrs.v[0].mode;
	return 0;
}

static int open_at(struct rig *r, u32 dir, const struct gofer_names *names)
{
	struct gofer_look_req req = {
		.dir = dir, .names = *names, .from = names->n - 1, .flags = GOFER_LOOK_OPEN};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_look_rep rep;
	int err = look(r, &req, &call, &rep);

	return err ? err : hostfd_valid(call.fd) ? steal_hostfd(&call.fd).n : -EBADFD;
}

/* How many entries the directory has, read @size bytes at a time. */
static int list_at(struct rig *r, u32 dir, const struct gofer_names *names, u32 size)
{
	struct gofer_listat_req req = {.dir = dir, .names = *names, .size = size};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_listat_rep rep = {0};
	const struct gofer_attr *attr;
	const struct gofer_dirent *d;
	const char *name;
	int nr = 0, err;

	gofer_call_init(&call);
	while (!rep.eof) {
		size_t off = 0;

		err = gofer_listat(r->c, &call, &req, &rep);
		if (err)
			return err;
		for (; (d = gofer_dirent_next(&rep.entries, &off, &name, &attr)); nr++)
			req.cookie = d->next;
	}
	return nr;
}

/* By one openat2(2), and step by step where the host has none. */
TEST(gofer_paths_need_no_handles)
{
	const struct gofer_names file = {.n = 3, .v = {"a", "b", "f"}}, dir = {2, {"a", "b"}};
	const struct gofer_names links[] = {{2, {"up", "secret"}}, {3, {"a", "in", "f"}}};
	const struct gofer_names fifo = {1, {"fifo"}}, link = {1, {"up"}}, none = {2, {"a", "x"}};
	struct rig r;
	u32 mode = 0;
	char c;
	int fd;

	/* The three roots take all handles there are. */
	REQUIRE(rig_start(&r, 3));
	CHECK_EQ(0, mkdirat(r.root_fd, "a", 0755) | mkdirat(r.root_fd, "a/b", 0700));
	CHECK_EQ(0, symlinkat("..", r.root_fd, "up") | symlinkat("b", r.root_fd, "a/in"));
	CHECK_EQ(0, mkfifoat(r.root_fd, "fifo", 0666));
	rig_file(r.root_fd, "a/b/f", "hello");
	rig_file(r.root_fd, "a/b/g", "");
	for (int steps = 0; steps < 2; steps++) {
		gsys_no_openat2 = steps;
		CHECK_EQ(0, look_at(&r, r.ro, &file, &mode));
		CHECK_EQ(S_IFREG | 0644, mode);
		CHECK_EQ(0, look_at(&r, r.ro, &link, &mode));
		CHECK_EQ(S_IFLNK, mode & S_IFMT);
		CHECK_EQ(-ENOENT, look_at(&r, r.ro, &none, &mode));
		for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
			CHECK_EQ(-ENOTDIR, look_at(&r, r.ro, &links[i], &mode));
			CHECK_EQ(-ENOTDIR, open_at(&r, r.ro, &links[i]));
			CHECK_EQ(-ENOTDIR, list_at(&r, r.ro, &links[i], 4096));
		}
		fd = open_at(&r, r.ro, &file);
		REQUIRE(fd >= 0);
		CHECK_EQ(1, pread(fd, &c, 1, 4));
		CHECK_EQ('o', c);
		CHECK_EQ(O_RDONLY, fcntl(fd, F_GETFL) & O_ACCMODE);
		close(fd);
		CHECK_EQ(-EBADFD, open_at(&r, r.ro, &dir));
		CHECK_EQ(-EBADFD, open_at(&r, r.ro, &fifo));
		CHECK_EQ(2, list_at(&r, r.ro, &dir, 4096));
		CHECK_EQ(2, list_at(&r, r.ro, &dir, 40));
		CHECK_EQ(-ENOTDIR, list_at(&r, r.ro, &file, 4096));
	}
	gsys_no_openat2 = false;
	CHECK_EQ(-EBADF, look_at(&r, 0x7ffff, &file, &mode));
	rig_stop(&r);
}

/* Several names in one request: how far it goes, and what comes along. */
TEST(gofer_look_goes_over_many_names)
{
	struct gofer_look_req req = {.names = {4, {"a", "b", "c", "f"}}, .flags = GOFER_LOOK_OPEN};
	struct gofer_call call;
	struct gofer_look_rep rep;
	struct rig r;

	REQUIRE(rig_start(&r, 3));
	CHECK_EQ(0, mkdirat(r.root_fd, "a", 0755) | mkdirat(r.root_fd, "a/b", 0700));
	CHECK_EQ(0, mkdirat(r.root_fd, "a/b/c", 0711) | symlinkat("c", r.root_fd, "a/b/link"));
	CHECK_EQ(0, symlinkat("f", r.root_fd, "a/b/c/lib"));
	rig_file(r.root_fd, "a/b/c/f", "hello");
	for (int steps = 0; steps < 2; steps++) {
		gsys_no_openat2 = steps;
		req.dir = r.ro;
		req.from = 1;
		req.names.v[2] = "c";
		req.names.v[3] = "f";
		CHECK_EQ(0, look(&r, &req, &call, &rep));
		CHECK_EQ(3, rep.attrs.n);
		CHECK_EQ(S_IFDIR | 0700, rep.attrs.v[0].mode);
		CHECK_EQ(S_IFDIR | 0711, rep.attrs.v[1].mode);
		CHECK_EQ(S_IFREG | 0644, rep.attrs.v[2].mode);
		CHECK_EQ(0, rep.stop);
		CHECK_EQ(0, rep.texts.len);
		CHECK(hostfd_valid(call.fd));
		gofer_call_fini(&call);

		/* It ends at a symlink, whose text is told. */
		req.names.v[2] = "link";
		CHECK_EQ(0, look(&r, &req, &call, &rep));
		CHECK_EQ(2, rep.attrs.n);
		CHECK_EQ(S_IFLNK, rep.attrs.v[1].mode & S_IFMT);
		CHECK_EQ(ENOTDIR, rep.stop);
		CHECK_STR("c", rep.texts.p);
		CHECK(!hostfd_valid(call.fd));
		gofer_call_fini(&call);

		req.names.v[2] = "none";
		CHECK_EQ(0, look(&r, &req, &call, &rep));
		CHECK_EQ(1, rep.attrs.n);
		CHECK_EQ(ENOENT, rep.stop);
		CHECK_EQ(0, rep.eof);
		gofer_call_fini(&call);

		/* And at its end. */
		req.names = (struct gofer_names){4, {"a", "b", "c", "lib"}};
		CHECK_EQ(0, look(&r, &req, &call, &rep));
		CHECK_EQ(3, rep.attrs.n);
		CHECK_EQ(0, rep.stop);
		CHECK_EQ(S_IFLNK, rep.attrs.v[2].mode & S_IFMT);
		CHECK_STR("f", rep.texts.p);
		CHECK(!hostfd_valid(call.fd));
		gofer_call_fini(&call);
		req.names.v[2] = "none";

		req.from = 2;
		CHECK_EQ(-ENOENT, look(&r, &req, &call, &rep));
		gofer_call_fini(&call);
		req.from = 4;
		CHECK_EQ(-EINVAL, look(&r, &req, &call, &rep));
		gofer_call_fini(&call);
	}
	gsys_no_openat2 = false;
	rig_stop(&r);
}

static unsigned count(const struct gofer_look_rep *rep, unsigned *ret_attrs)
{
	const struct gofer_attr *attr;
	const char *name;
	unsigned nr = 0;
	size_t off = 0;

	*ret_attrs = 0;
	for (; gofer_dirent_next(&rep->entries, &off, &name, &attr); nr++)
		*ret_attrs += attr != NULL;
	return nr;
}

/* A small directory that has not the name tells what it has; a large one does not. */
TEST(gofer_look_tells_the_names_of_a_small_directory)
{
	struct gofer_look_req req = {.flags = GOFER_LOOK_NAMES};
	struct gofer_call call;
	struct gofer_look_rep rep;
	unsigned attrs;
	struct rig r;
	char name[64];

	REQUIRE(rig_start(&r, 3));
	CHECK_EQ(0, mkdirat(r.root_fd, "few", 0755) | mkdirat(r.root_fd, "some", 0755) |
			    mkdirat(r.root_fd, "many", 0755));
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "many/a-rather-long-name-%d", i);
		rig_file(r.root_fd, name, "");
		snprintf(name, sizeof(name), "some/%d", i);
		if (i < 60)
			rig_file(r.root_fd, name, "");
		snprintf(name, sizeof(name), "few/%d", i);
		if (i < 4)
			rig_file(r.root_fd, name, "");
	}
	req.dir = r.ro;
	for (int from = 0; from < 2; from++) {
		req.from = (u32)from;
		req.names = (struct gofer_names){2, {"few", "none"}};
		CHECK_EQ(0, look(&r, &req, &call, &rep));
		CHECK_EQ(1 - from, rep.attrs.n);
		CHECK_EQ(ENOENT, rep.stop);
		CHECK_EQ(GOFER_EOF, rep.eof);
		CHECK_EQ(4, count(&rep, &attrs));
		CHECK_EQ(4, attrs);
		gofer_call_fini(&call);
		req.names.v[0] = "some";
		CHECK_EQ(0, look(&r, &req, &call, &rep));
		CHECK_EQ(60, count(&rep, &attrs));
		CHECK_EQ(0, attrs);
		gofer_call_fini(&call);
		req.names.v[0] = "many";
		CHECK_EQ(from ? -ENOENT : 0, look(&r, &req, &call, &rep));
		if (!from) {
			CHECK_EQ(ENOENT, rep.stop);
			CHECK_EQ(0, rep.eof);
			CHECK_EQ(0, count(&rep, &attrs));
		}
		gofer_call_fini(&call);
	}
	/* The root itself, and a directory that is not there. */
	req.from = 0;
	req.names = (struct gofer_names){1, {"none"}};
	CHECK_EQ(0, look(&r, &req, &call, &rep));
	CHECK_EQ(3, count(&rep, &attrs));
	gofer_call_fini(&call);
	req.from = 1;
	req.names = (struct gofer_names){2, {"none", "none"}};
	CHECK_EQ(-ENOENT, look(&r, &req, &call, &rep));
	gofer_call_fini(&call);
	rig_stop(&r);
}

/* Where symlinks lead, as the sentry would walk: the attributes of every name on the way. */
struct trip {
	struct gofer_names names;
	u32 flags, from;
	u32 attrs, stop;
	bool fd;
	const char *texts[4]; /* that are told */
};

static void take_trip(struct rig *r, const struct trip *t)
{
	const struct gofer_look_req req = {
		.dir = r->ro, .names = t->names, .from = t->from, .flags = t->flags};
	struct gofer_call call;
	struct gofer_look_rep rep;
	size_t off = 0;

	CHECK_EQ(0, look(r, &req, &call, &rep));
	CHECK_EQ(t->attrs, rep.attrs.n);
	CHECK_EQ(t->stop, rep.stop);
	CHECK_EQ(t->fd, hostfd_valid(call.fd));
	for (int i = 0; i < 4 && t->texts[i] && off < rep.texts.len; i++) {
		CHECK_STR(t->texts[i], (const char *)rep.texts.p + off);
		off += strlen(t->texts[i]) + 1;
	}
	CHECK_EQ(off, rep.texts.len);
	gofer_call_fini(&call);
}

TEST(gofer_look_goes_where_symlinks_lead)
{
	const u32 all = GOFER_LOOK_OPEN | GOFER_LOOK_LINKS | GOFER_LOOK_FOLLOW;
	const struct trip trips[] = {
		/* Beside it, up, from the top, and through a directory that is one. */
		{{2, {"d", "near"}}, all, 0, 3, 0, true, {"f"}},
		{{2, {"d", "near"}}, all, 1, 2, 0, true, {"f"}},
		{{2, {"d", "up"}}, all, 0, 4, 0, true, {"../e/g"}},
		{{2, {"d", "top"}}, all, 0, 4, 0, true, {"//e/./g"}},
		{{2, {"in", "f"}}, all, 0, 3, 0, true, {"d"}},
		{{2, {"in", "top"}}, all, 0, 5, 0, true, {"d", "//e/./g"}},
		{{1, {"chain"}}, all, 0, 6, 0, true, {"in/top", "d", "//e/./g"}},
		/* Not at the end, or not at all. */
		{{2, {"in", "top"}}, GOFER_LOOK_LINKS, 0, 3, 0, false, {"d", "//e/./g"}},
		{{2, {"in", "top"}}, 0, 0, 1, ENOTDIR, false, {"d"}},
		/* To nothing; above the handle; round and round; to what is no directory. */
		{{2, {"d", "none"}}, all, 0, 2, ENOENT, false, {"x"}},
		{{1, {"out"}}, all, 0, 1, 0, false, {"../secret"}},
		{{2, {"d", "out"}}, all, 0, 2, 0, false, {"../../secret"}},
		{{2, {"d", "out"}}, all, 1, 1, 0, false, {"../../secret"}},
		{{2, {"d", "file"}}, all, 0, 3, ENOTDIR, false, {"f/x"}},
		{{1, {"dir"}}, all, 0, 2, 0, false, {"d/."}},
	};
	struct rig r;

	REQUIRE(rig_start(&r, 3));
	CHECK_EQ(0, mkdirat(r.root_fd, "d", 0755) | mkdirat(r.root_fd, "e", 0755));
	rig_file(r.root_fd, "d/f", "f");
	rig_file(r.root_fd, "e/g", "g");
	CHECK_EQ(0, symlinkat("f", r.root_fd, "d/near") | symlinkat("../e/g", r.root_fd, "d/up") |
			    symlinkat("//e/./g", r.root_fd, "d/top") |
			    symlinkat("d", r.root_fd, "in") |
			    symlinkat("in/top", r.root_fd, "chain") |
			    symlinkat("x", r.root_fd, "d/none") |
			    symlinkat("../secret", r.root_fd, "out") |
			    symlinkat("../../secret", r.root_fd, "d/out") |
			    symlinkat("f/x", r.root_fd, "d/file") |
			    symlinkat("d/.", r.root_fd, "dir") |
			    symlinkat("round", r.root_fd, "round"));
	for (int steps = 0; steps < 2; steps++) {
		struct gofer_look_req req = {.dir = r.ro, .names = {1, {"round"}}, .flags = all};
		struct gofer_call call;
		struct gofer_look_rep rep;

		gsys_no_openat2 = steps;
		for (size_t i = 0; i < ARRAY_SIZE(trips); i++)
			take_trip(&r, &trips[i]);
		CHECK_EQ(0, look(&r, &req, &call, &rep));
		CHECK_EQ(GOFER_WALK_MAX, rep.attrs.n);
		gofer_call_fini(&call);
	}
	gsys_no_openat2 = false;
	rig_stop(&r);
}
