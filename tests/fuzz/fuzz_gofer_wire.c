/*
 * The gofer protocol under libFuzzer, from both ends.
 *
 * Even first byte: the rest is one request to a real server over a scratch
 * directory, as a sentry that was taken over would send it; nothing beside the
 * directory may change or be reached.  Odd: the rest is a reply, as a gofer that
 * was taken over would send it; what is decoded must keep its limits.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gen/gofer_proto.h"
#include "gofer/internal.h"
#include "gofer/server.h"
#include "lib/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int top = -1;
static struct stat secret;

static void put_file(int dir, const char *name)
{
	int fd = openat(dir, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, "secret", 6) != 6)
		abort();
	close(fd);
}

static void start(void)
{
	char path[] = "/tmp/fuzz-gofer-XXXXXX";

	umask(0);
	if (!mkdtemp(path) || (top = open(path, O_DIRECTORY | O_CLOEXEC)) < 0)
		abort();
	put_file(top, "secret");
	if (fstatat(top, "secret", &secret, 0) || gofer_sys_init())
		abort();
}

/* Remove @name in @dir, with what is in it. */
static void remove_all(int dir, const char *name)
{
	int fd = openat(dir, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirent *e;
	DIR *d;

	if (fd < 0) {
		unlinkat(dir, name, 0);
		return;
	}
	fchmod(fd, 0700);
	d = fdopendir(fd);
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			remove_all(fd, e->d_name);
	closedir(d);
	unlinkat(dir, name, AT_REMOVEDIR);
}

/* The same few files for every input. */
static void reset(void)
{
	int root;

	remove_all(top, "root");
	if (mkdirat(top, "root", 0755))
		abort();
	root = openat(top, "root", O_DIRECTORY | O_CLOEXEC);
	put_file(root, "f");
	if (mkdirat(root, "d", 0755) || symlinkat("../secret", root, "s") ||
	    mkfifoat(root, "p", 0666))
		abort();
	close(root);
}

static struct gofer_server *make_server(bool rdonly)
{
	struct gofer_table t = {.mounts = kcalloc(1, sizeof(*t.mounts)), .nr = 1};
	struct gofer_server *s;

	t.mounts[0].fd = openat(top, "root", O_PATH | O_CLOEXEC);
	t.mounts[0].rdonly = rdonly;
	if (gofer_server_create(&t, 32, &s))
		abort();
	return s;
}

/* Send one request built here: attach, or a walk to the file and the directory. */
static void ask(struct gofer_server *s, u16 op, struct wire *w)
{
	static u8 reply[GOFER_MSG_MAX] __attribute__((aligned(8)));
	int fd = -1;

	*(struct gofer_hdr *)(void *)w->buf = (struct gofer_hdr){.op = op, .size = (u32)w->off};
	if (gofer_server_handle(s, w->buf, w->off, -1, reply, &fd) < 0)
		abort();
	if (fd >= 0)
		close(fd);
}

static void open_handles(struct gofer_server *s)
{
	static const char *const names[] = {"f", "d", "s", "p"};
	u8 buf[1024] __attribute__((aligned(8)));
	struct wire w;

	wire_init(&w, buf, sizeof(buf));
	w.off = sizeof(struct gofer_hdr);
	gofer_put_attach_req(&w, &(struct gofer_attach_req){0});
	ask(s, GOFER_ATTACH, &w);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		wire_init(&w, buf, sizeof(buf));
		w.off = sizeof(struct gofer_hdr);
		gofer_put_walk_req(&w, &(struct gofer_walk_req){1, {1, {names[i]}}});
		ask(s, GOFER_WALK, &w);
	}
}

/* A donated descriptor leads to nothing outside, and writes only where it may. */
static void check_fd(int fd, bool rdonly)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_ino == secret.st_ino)
		abort();
	if (rdonly && (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY)
		abort();
	close(fd);
}

static void check_outside(void)
{
	struct stat st;

	if (fstatat(top, "secret", &st, AT_SYMLINK_NOFOLLOW) || st.st_ino != secret.st_ino ||
	    st.st_size != secret.st_size || st.st_mode != secret.st_mode ||
	    st.st_mtim.tv_sec != secret.st_mtim.tv_sec || st.st_nlink != 1)
		abort();
}

/* @data: which request, whether read-only, then its fields. */
static void fuzz_request(const uint8_t *data, size_t size)
{
	static u8 msg[GOFER_MSG_MAX] __attribute__((aligned(8)));
	static u8 reply[GOFER_MSG_MAX] __attribute__((aligned(8)));
	struct gofer_hdr *hdr = (void *)msg;
	struct gofer_server *s;
	bool rdonly;
	int fd = -1;

	if (size < 2 || size - 2 > sizeof(msg) - sizeof(*hdr))
		return;
	rdonly = data[1] & 1;
	reset();
	s = make_server(rdonly);
	open_handles(s);
	*hdr = (struct gofer_hdr){.id = 1, .op = data[0], .size = (u32)(size - 2 + sizeof(*hdr))};
	memcpy(msg + sizeof(*hdr), data + 2, size - 2);
	if (gofer_server_handle(s, msg, hdr->size, -1, reply, &fd) >= 0 && fd >= 0)
		check_fd(fd, rdonly);
	check_outside();
	gofer_server_destroy(s);
}

static void check_nodes(const struct gofer_nodes *n)
{
	assert(n->n <= GOFER_WALK_MAX);
	for (u32 i = 0; i < n->n; i++)
		assert(n->v[i].handle && n->v[i].attr.mtime.nsec < 1000000000);
}

static void check_dirents(const struct gofer_bytes *entries)
{
	const struct gofer_attr *attr;
	const struct gofer_dirent *d;
	const char *name;
	size_t off = 0;

	while ((d = gofer_dirent_next(entries, &off, &name, &attr))) {
		assert(off <= entries->len);
		assert(strlen(name) == d->name_len && gofer_name_ok(name, d->name_len));
		assert(!attr || attr->size <= INT64_MAX);
	}
}

static void fuzz_reply(const uint8_t *data, size_t size)
{
	static u8 msg[GOFER_MSG_MAX] __attribute__((aligned(8)));
	struct gofer_getxattr_rep xattr;
	struct gofer_readlink_rep link;
	struct gofer_setattr_rep attr;
	struct gofer_create_rep create;
	struct gofer_readdir_rep dir;
	struct gofer_statfs_rep st;
	struct gofer_walk_rep walk;
	struct gofer_look_rep look;
	struct wire w;

	if (size < 1 || size - 1 > sizeof(msg))
		return;
	memcpy(msg, data + 1, size - 1);
	wire_init(&w, msg, size - 1);
	switch (data[0] % 8) {
	case 0:
		gofer_get_walk_rep(&w, &walk);
		if (!wire_get_end(&w))
			check_nodes(&walk.nodes);
		break;
	case 1:
		gofer_get_readdir_rep(&w, &dir);
		if (!wire_get_end(&w))
			check_dirents(&dir.entries);
		break;
	case 2:
		gofer_get_readlink_rep(&w, &link);
		assert(strlen(link.target) <= GOFER_PATH_MAX);
		break;
	case 3:
		gofer_get_getxattr_rep(&w, &xattr);
		assert(xattr.value.len <= GOFER_XATTR_MAX);
		break;
	case 4:
		gofer_get_setattr_rep(&w, &attr);
		break;
	case 5:
		gofer_get_create_rep(&w, &create);
		assert(wire_get_end(&w) || create.node);
		break;
	case 6:
		gofer_get_statfs_rep(&w, &st);
		break;
	case 7:
		gofer_get_look_rep(&w, &look);
		assert(look.attrs.n <= GOFER_WALK_MAX && look.texts.len <= GOFER_TEXTS_MAX);
		if (!wire_get_end(&w))
			check_dirents(&look.entries);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (top < 0)
		start();
	if (!size)
		return 0;
	if (data[0] & 1)
		fuzz_reply(data + 1, size - 1);
	else
		fuzz_request(data + 1, size - 1);
	return 0;
}
