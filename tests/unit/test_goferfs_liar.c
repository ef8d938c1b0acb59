/* fs/goferfs over a gofer that was taken over: answers to a look that cannot be */
#include "fs/stat.h"
#include "tests/unit/goferfs_fixture.h"

/* How the peer answers when it is asked for "d/f", to be opened. */
enum lie {
	HONEST,
	NOTHING,  /* no attributes, and no reason */
	TOO_MANY, /* more than there were names */
	FILE_ON_THE_WAY,
	UNASKED_FD, /* of a directory */
	FD_OF_LINK,
	TARGET_OF_FILE, /* the text of what is no symlink */
	NAMES_OF_FILE,  /* entries of what is no directory */
	NAMES_FOR_HIT,  /* entries, though the name is there */
	NAMES_IN_PART,  /* entries, but not all of them */
	STRANGE_ENTRY,  /* one that leads up */
	LINK_ABOVE,     /* as if one led above the mount, and something were there */
	LINK_TO_DIR,    /* what comes after the end of the way */
	TEXTS_TWICE,    /* two texts for one link */
	TEXT_CUT,       /* one that does not end */
	TEXT_MISSING,   /* where it leads is told, but not where to */
	BESIDE_FILE,    /* what stands beside, though there is no link */
	NR_LIES
};

/* How the peer answers when "p.c" is asked for in "d", or in "d/s" with that, since it may be
 * wanted. */
enum guess_lie {
	GUESS_HONEST,
	GUESS_NOTHING,
	GUESS_TOO_MANY,
	GUESS_DIR,
	GUESS_DIR_WITH_FD,
	GUESS_NO_FD,
	GUESS_SUB_FILE, /* what stands in the way is no directory */
	GUESS_SUB_ALONE,
	NR_GUESS_LIES
};

struct liar {
	int sock;
	enum lie lie;
	bool guesses;
	enum guess_lie guess;
};

static struct gofer_attr attr_of(u32 mode, u64 ino)
{
	return (struct gofer_attr){.dev = 1, .ino = ino, .mode = mode, .nlink = 1, .blksize = 4096};
}

/* What an honest gofer says, bent. */
static void fill(enum lie lie, u32 wanted, struct gofer_look_rep *rep, u8 *entries, int *fd)
{
	struct gofer_attr f = attr_of(S_IFREG | 0644, 3);
	size_t used = 0;

	*rep = (struct gofer_look_rep){.texts.p = "", .entries.p = entries};
	rep->attrs.v[0] = attr_of(S_IFDIR | 0755, 2);
	rep->attrs.v[1] = f;
	rep->attrs.n = wanted;
	*fd = lie == HONEST ? 0 : -1;
	switch (lie) {
	case NOTHING:
		rep->attrs.n = 0;
		break;
	case TOO_MANY:
		rep->attrs.n = wanted + 1;
		rep->attrs.v[1].mode = S_IFDIR | 0755;
		rep->attrs.v[2] = f;
		break;
	case FILE_ON_THE_WAY:
		rep->attrs.v[0].mode = S_IFREG | 0644;
		break;
	case FD_OF_LINK:
		rep->attrs.v[1].mode = S_IFLNK | 0777;
		*fd = 0;
		break;
	case UNASKED_FD:
		rep->attrs.v[1].mode = S_IFDIR | 0755;
		*fd = 0;
		break;
	case LINK_ABOVE:
	case LINK_TO_DIR:
	case TEXTS_TWICE:
	case TEXT_CUT:
	case TEXT_MISSING:
	case BESIDE_FILE:
		rep->attrs.n = wanted + 1;
		rep->attrs.v[1].mode = lie == BESIDE_FILE ? f.mode : S_IFLNK | 0777;
		rep->attrs.v[2] = attr_of(S_IFREG | 0644, 4);
		rep->texts.p = lie == LINK_ABOVE ? "../../x" : "x\0x";
		rep->texts.len = lie == LINK_ABOVE    ? 8
				 : lie == TEXTS_TWICE ? 4
				 : lie == TEXT_CUT    ? 1
						      : 2;
		if (lie == TEXT_MISSING)
			rep->texts.len = 0;
		if (lie == LINK_TO_DIR)
			rep->attrs.v[rep->attrs.n++] = attr_of(S_IFREG | 0644, 5);
		*fd = 0;
		break;
	case TARGET_OF_FILE:
		rep->texts = (struct gofer_bytes){.p = "elsewhere", .len = 10};
		break;
	case NAMES_OF_FILE:
		rep->stop = ENOENT;
		rep->eof = GOFER_EOF;
		break;
	case NAMES_FOR_HIT:
		rep->attrs.v[1].mode = S_IFDIR | 0755;
		rep->eof = GOFER_EOF;
		break;
	case NAMES_IN_PART:
	case STRANGE_ENTRY:
		rep->attrs.n = 1;
		rep->stop = ENOENT;
		rep->eof = lie == STRANGE_ENTRY ? GOFER_EOF : 0;
		CHECK(gofer_dirent_add(entries, 256, &used, lie == STRANGE_ENTRY ? ".." : "x", 9, 1,
				       0, NULL));
		rep->entries.len = (u32)used;
		break;
	case HONEST:
	case NR_LIES:
		break;
	}
}

/* Directories have names of one letter; every file is another one. */
static void fill_guessed(enum guess_lie lie, const struct gofer_look_req *req,
			 struct gofer_look_rep *rep, u8 *entries, int *fd)
{
	const char *last = req->names.v[req->names.n - 1];
	const u32 n = req->names.n - req->from;

	*rep = (struct gofer_look_rep){.texts.p = "", .entries.p = entries, .attrs.n = n};
	for (u32 i = 0; i < n; i++) {
		const char *name = req->names.v[req->from + i];
		const u32 mode = name[1] ? S_IFREG | 0644 : S_IFDIR | 0755;

		rep->attrs.v[i] = attr_of(mode, 100 + (u64)name[0]);
		rep->attrs.v[i].ino += 1000 * (u64)name[strlen(name) - 1];
	}
	*fd = req->flags & GOFER_LOOK_OPEN ? 0 : -1;
	if (strcmp(last, "p.c") != 0)
		return;
	if (lie == GUESS_NOTHING || lie == GUESS_SUB_ALONE)
		rep->attrs.n = lie == GUESS_NOTHING ? 0 : n - 1;
	if (lie == GUESS_TOO_MANY)
		rep->attrs.v[rep->attrs.n++] = attr_of(S_IFREG | 0644, 77);
	if (lie == GUESS_DIR || lie == GUESS_DIR_WITH_FD)
		rep->attrs.v[n - 1].mode = S_IFDIR | 0755;
	if (lie == GUESS_SUB_FILE)
		rep->attrs.v[0].mode = S_IFREG | 0755;
	if (lie == GUESS_DIR || lie == GUESS_NO_FD || lie == GUESS_NOTHING)
		*fd = -1;
}

static void answer(struct liar *l, struct gofer_hdr *req, size_t size)
{
	u8 buf[4096] __attribute__((aligned(8))), entries[256] __attribute__((aligned(8)));
	struct gofer_hdr *hdr = (void *)buf;
	struct gofer_look_req look;
	struct gofer_look_rep rep;
	struct wire w, in;
	int fd = -1, err = 0;

	wire_init(&w, buf, sizeof(buf));
	w.off = sizeof(*hdr);
	wire_init(&in, req, size);
	in.off = sizeof(*hdr);
	switch (req->op) {
	case GOFER_HELLO:
		gofer_put_hello_rep(&w, &(struct gofer_hello_rep){GOFER_VERSION, 1, 10});
		break;
	case GOFER_ATTACH:
		gofer_put_attach_rep(&w, &(struct gofer_attach_rep){1, attr_of(S_IFDIR | 0755, 1),
								    GOFER_MOUNT_RDONLY});
		break;
	case GOFER_LOOK:
		gofer_get_look_req(&in, &look);
		if (l->guesses)
			fill_guessed(l->guess, &look, &rep, entries, &fd);
		else
			fill(l->lie, look.names.n - look.from, &rep, entries, &fd);
		gofer_put_look_rep(&w, &rep);
		break;
	default:
		err = -EIO;
		break;
	}
	*hdr = (struct gofer_hdr){
		.id = req->id, .op = req->op, .fds = fd >= 0, .error = err, .size = (u32)w.off};
	rig_send_fds(l->sock, buf, w.off, fd, 1);
}

static void *liar_thread(void *arg)
{
	u8 buf[8192] __attribute__((aligned(8)));
	struct liar *l = arg;
	ssize_t n;

	while ((n = recv(l->sock, buf, sizeof(buf), 0)) > 0) {
		for (ssize_t off = 0; off < n;) {
			struct gofer_hdr *hdr = (void *)(buf + off);

			off += hdr->size;
			answer(l, hdr, hdr->size);
		}
	}
	close(l->sock);
	return NULL;
}

static int open_it(struct fs_fixture *fx, const char *path)
{
	struct file *f = NULL;
	int err = vfs_open(&fx->root, path, O_RDONLY, 0, &f);

	if (!err)
		file_put(f);
	return err;
}

/* Look at /d/a.h, open /d/s/a.c; then the same of /e/p.h, and a gofer that lies is asked early. */
static int guess_it(struct fs_fixture *fx, const char *sub)
{
	struct kstat st;
	char path[16];

	CHECK_EQ(0, fs_stat(&fx->root, "/d", &st) | fs_stat(&fx->root, "/e", &st));
	CHECK_EQ(0, fs_stat(&fx->root, "/d/a.h", &st));
	snprintf(path, sizeof(path), "/d/%sa.c", sub);
	CHECK_EQ(0, open_it(fx, path));
	CHECK_EQ(0, fs_stat(&fx->root, "/e/p.h", &st));
	snprintf(path, sizeof(path), "/e/%sp.c", sub);
	return open_it(fx, path);
}

/* Open "/d/f" over a gofer that lies, or what @sub says. */
static int open_over(struct liar l, const char *sub)
{
	struct gofer_client *c = NULL;
	struct super *super = NULL;
	struct fs_fixture fx;
	pthread_t t;
	int sv[2], err;

	CHECK_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv));
	l.sock = sv[0];
	CHECK_EQ(0, pthread_create(&t, NULL, liar_thread, &l));
	CHECK_EQ(0, gofer_client_create((hostfd_t){sv[1]}, &c));
	CHECK_EQ(0, goferfs_create(c, 0, 0, &super));
	fs_setup_super(&fx, super);
	err = l.guesses ? guess_it(&fx, sub) : open_it(&fx, "/d/f");
	fs_teardown(&fx);
	gofer_client_destroy(c);
	pthread_join(t, NULL);
	return err;
}

TEST(goferfs_liar_honest_once)
{
	CHECK_EQ(0, open_over((struct liar){.lie = HONEST}, ""));
}

TEST(goferfs_liar_never_gets_through)
{
	int before = dup(0), after;

	close(before);
	for (enum lie lie = HONEST + 1; lie < NR_LIES; lie++) {
		int err = open_over((struct liar){.lie = lie}, "");

		if (err != -EIO && err != -EPROTO)
			unit_fail(__FILE__, __LINE__, "lie %d: got %d", (int)lie, err);
	}
	/* Descriptors nobody asked for were closed again. */
	after = dup(0);
	close(after);
	CHECK_EQ(before, after);
}

static int guess_over(enum guess_lie lie, const char *sub)
{
	return open_over((struct liar){.guesses = true, .guess = lie}, sub);
}

TEST(goferfs_liar_about_guesses)
{
	int before = dup(0), after;

	close(before);
	CHECK_EQ(0, guess_over(GUESS_HONEST, ""));
	CHECK_EQ(0, guess_over(GUESS_HONEST, "s/"));
	for (enum guess_lie lie = GUESS_HONEST + 1; lie < NR_GUESS_LIES; lie++) {
		int err = guess_over(lie, lie < GUESS_SUB_FILE ? "" : "s/");

		/* What it says of a directory may be so, and then it is opened. */
		if (lie == GUESS_DIR ? err != 0 : err != -EIO && err != -EPROTO)
			unit_fail(__FILE__, __LINE__, "lie %d: got %d", (int)lie, err);
	}
	after = dup(0);
	close(after);
	CHECK_EQ(before, after);
}
