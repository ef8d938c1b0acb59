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
	LINK_TO_PATH,   /* what stands elsewhere, as if it stood beside the link */
	BESIDE_FILE,    /* what stands beside, though there is no link */
	NR_LIES
};

struct liar {
	int sock;
	enum lie lie;
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

	*rep = (struct gofer_look_rep){.target = "", .entries.p = entries};
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
	case LINK_TO_PATH:
	case BESIDE_FILE:
		rep->attrs.n = wanted + 1;
		rep->attrs.v[1].mode = lie == LINK_TO_PATH ? S_IFLNK | 0777 : f.mode;
		rep->attrs.v[2] = attr_of(S_IFREG | 0644, 4);
		rep->target = lie == LINK_TO_PATH ? "../x" : "x";
		*fd = 0;
		break;
	case TARGET_OF_FILE:
		rep->target = "elsewhere";
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

static void send_with_fd(int sock, void *buf, size_t size, int fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {buf, size};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.align), &fd, sizeof(int));
	}
	CHECK_EQ(size, sendmsg(sock, &msg, MSG_NOSIGNAL));
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
		fill(l->lie, look.names.n - look.from, &rep, entries, &fd);
		gofer_put_look_rep(&w, &rep);
		break;
	default:
		err = -EIO;
		break;
	}
	*hdr = (struct gofer_hdr){
		.id = req->id, .op = req->op, .fds = fd >= 0, .error = err, .size = (u32)w.off};
	send_with_fd(l->sock, buf, w.off, fd);
}

static void *liar_thread(void *arg)
{
	u8 buf[8192] __attribute__((aligned(8)));
	struct liar *l = arg;
	ssize_t n;

	while ((n = recv(l->sock, buf, sizeof(buf), 0)) > 0)
		answer(l, (void *)buf, (size_t)n);
	close(l->sock);
	return NULL;
}

/* Open "/d/f" over a gofer that lies. */
static int open_over(enum lie lie)
{
	struct gofer_client *c = NULL;
	struct liar l = {.lie = lie};
	struct super *super = NULL;
	struct file *f = NULL;
	struct fs_fixture fx;
	pthread_t t;
	int sv[2], err;

	CHECK_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv));
	l.sock = sv[0];
	CHECK_EQ(0, pthread_create(&t, NULL, liar_thread, &l));
	CHECK_EQ(0, gofer_client_create((hostfd_t){sv[1]}, &c));
	CHECK_EQ(0, goferfs_create(c, 0, 0, &super));
	fs_setup_super(&fx, super);
	err = vfs_open(&fx.root, "/d/f", O_RDONLY, 0, &f);
	if (!err)
		file_put(f);
	fs_teardown(&fx);
	gofer_client_destroy(c);
	pthread_join(t, NULL);
	return err;
}

TEST(goferfs_liar_honest_once)
{
	CHECK_EQ(0, open_over(HONEST));
}

TEST(goferfs_liar_never_gets_through)
{
	int before = dup(0), after;

	close(before);
	for (enum lie lie = HONEST + 1; lie < NR_LIES; lie++) {
		int err = open_over(lie);

		if (err != -EIO && err != -EPROTO)
			unit_fail(__FILE__, __LINE__, "lie %d: got %d", (int)lie, err);
	}
	/* Descriptors nobody asked for were closed again. */
	after = dup(0);
	close(after);
	CHECK_EQ(before, after);
}
