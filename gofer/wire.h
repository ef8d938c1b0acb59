/*
 * The gofer protocol: what a message is made of.
 *
 * A message is a header, then the fields that proto.tbl lists, each padded to
 * eight bytes.  One or more of them are a packet of a SOCK_SEQPACKET socket; those
 * that say so have a descriptor each, in the order of the messages.  Both ends run
 * on one machine, so numbers are in its own order.  Strings carry their length and
 * end in a NUL, so that a decoded one is used where it lies.
 *
 * Either side may have been taken over by an attacker.  A decoder accepts a
 * message only if every length fits, every value is one the protocol has, and
 * nothing is left over; what it returns needs no further check but whether a
 * handle is known.
 */
#pragma once
#include "lib/base.h"

#define GOFER_VERSION     7

#define GOFER_MSG_MAX     (72u * 1024) /* of a whole packet */
#define GOFER_XATTR_MAX   65536u
#define GOFER_PATH_MAX    4095u /* without the NUL */
#define GOFER_NAME_MAX    255u
#define GOFER_WALK_MAX    16u
#define GOFER_CLUNK_MAX   128u
#define GOFER_READDIR_MAX 65536u /* bytes of entries in one reply */
#define GOFER_TEXTS_MAX   1024u  /* bytes of symlinks' texts in the reply to a look */
#define GOFER_PACKET_MAX  17u    /* messages in one packet, at most as many descriptors */

/* attach: flags of the mount */
#define GOFER_MOUNT_RDONLY 1u
#define GOFER_MOUNT_SHARED 2u /* others change it too: revalidate */
#define GOFER_MOUNT_MASK   3u

/* open, create, tmpfile */
#define GOFER_OPEN_READ  1u
#define GOFER_OPEN_WRITE 2u
#define GOFER_OPEN_MASK  3u

/* setattr: which fields count; NOW: the host's time instead of the field's */
#define GOFER_SET_MODE         1u
#define GOFER_SET_UID          2u
#define GOFER_SET_GID          4u
#define GOFER_SET_SIZE         8u
#define GOFER_SET_ATIME        16u
#define GOFER_SET_MTIME        32u
#define GOFER_SET_ATIME_NOW    64u
#define GOFER_SET_MTIME_NOW    128u
#define GOFER_SET_MASK         255u

#define GOFER_UNLINK_DIR       1u
#define GOFER_UNLINK_MASK      1u

#define GOFER_RENAME_NOREPLACE 1u
#define GOFER_RENAME_EXCHANGE  2u
#define GOFER_RENAME_MASK      3u

#define GOFER_READDIR_ATTR     1u /* put attributes to the names */
#define GOFER_READDIR_FEW      2u /* if there are only a few */
#define GOFER_READDIR_XATTR    4u /* with ATTR: also who has no extended attributes */
#define GOFER_READDIR_MASK     7u
#define GOFER_EOF              1u

#define GOFER_LOOK_OPEN        1u /* a regular file at the end, for reading */
#define GOFER_LOOK_NAMES       2u /* a directory's entries where it has not the name, if they fit */
#define GOFER_LOOK_LINKS       4u /* go on where symlinks on the way lead; "/" is the handle */
#define GOFER_LOOK_FOLLOW      8u /* with LINKS: also where one at the end leads */
#define GOFER_LOOK_MASK        15u
#define GOFER_LOOK_NAMES_MAX   8192u /* bytes of them */

#define GOFER_XATTR_CREATE     1u
#define GOFER_XATTR_REPLACE    2u
#define GOFER_XATTR_MASK       3u

#define GOFER_SYNC_DATA        1u
#define GOFER_SYNC_MASK        1u

struct gofer_hdr {
	u32 id;  /* the sentry's; a reply repeats it */
	u16 op;  /* enum gofer_op */
	u16 fds; /* descriptors that go along: 0 or 1 */
	union {
		s32 error; /* replies: 0 or -errno, and then no fields follow */
		u32 core;  /* requests: where the sentry's guests are, plus 1; 0: on any */
	};
	u32 size; /* of the whole message */
};

struct gofer_time {
	s64 sec;
	u32 nsec;
	u32 zero;
};

/* gofer_attr.flags */
#define GOFER_ATTR_BTIME 1u /* btime is known */
#define GOFER_ATTR_VOID  2u /* a file system of the host's own (/proc...): shown empty */
#define GOFER_ATTR_PLAIN 4u /* it has no extended attributes */
#define GOFER_ATTR_MASK  7u

struct gofer_attr {
	u64 dev, ino, rdev, size, blocks;
	u32 mode, nlink, uid, gid, blksize, flags;
	struct gofer_time atime, mtime, ctime, btime;
};

struct gofer_statfs {
	u64 type, bsize, frsize, blocks, bfree, bavail, files, ffree, namelen;
};

struct gofer_node {
	u32 handle;
	u32 zero;
	struct gofer_attr attr;
};

/* One entry of a readdir reply; the attributes, if has_attr, then the name, follow. */
struct gofer_dirent {
	u64 ino;
	u64 next; /* cookie of the entry after this one */
	u16 size; /* of it all, a multiple of 8 */
	u8 type;  /* DT_* */
	u8 has_attr;
	u32 name_len;
};

struct gofer_bytes {
	const void *p;
	u32 len;
};

struct gofer_names {
	u32 n;
	const char *v[GOFER_WALK_MAX];
};

struct gofer_handles {
	u32 n;
	u32 v[GOFER_CLUNK_MAX];
};

struct gofer_nodes {
	u32 n;
	struct gofer_node v[GOFER_WALK_MAX];
};

struct gofer_attrs {
	u32 n;
	struct gofer_attr v[GOFER_WALK_MAX];
};

/*
 * A message being written or read: the first error sticks and the rest does
 * nothing.  The buffer is aligned to eight bytes and private memory.
 */
struct wire {
	u8 *buf;
	size_t size; /* room (writing), length (reading) */
	size_t off;
	bool bad;
};

void wire_init(struct wire *w, void *buf, size_t size);

/*
 * The kinds of proto.tbl.  put appends; get returns or fills the field, and
 * marks the message bad when it is not one.  Pointers from get lead into the
 * buffer.
 */
void wire_put_u32(struct wire *w, u32 v);
void wire_put_u64(struct wire *w, u64 v);
void wire_put_s64(struct wire *w, s64 v);
void wire_put_flags(struct wire *w, u32 v, u32 mask);
void wire_put_handle(struct wire *w, u32 v);
void wire_put_handles(struct wire *w, const struct gofer_handles *v);
void wire_put_time(struct wire *w, const struct gofer_time *v);
void wire_put_attr(struct wire *w, const struct gofer_attr *v);
void wire_put_attrs(struct wire *w, const struct gofer_attrs *v);
void wire_put_statfs(struct wire *w, const struct gofer_statfs *v);
void wire_put_name(struct wire *w, const char *s);
void wire_put_names(struct wire *w, const struct gofer_names *v);
void wire_put_nodes(struct wire *w, const struct gofer_nodes *v);
void wire_put_path(struct wire *w, const char *s);
void wire_put_xname(struct wire *w, const char *s);
void wire_put_bytes(struct wire *w, const struct gofer_bytes *v, u32 limit);
void wire_put_dirents(struct wire *w, const struct gofer_bytes *v);

u32 wire_get_u32(struct wire *w);
u64 wire_get_u64(struct wire *w);
s64 wire_get_s64(struct wire *w);
u32 wire_get_flags(struct wire *w, u32 mask);
u32 wire_get_handle(struct wire *w);
void wire_get_handles(struct wire *w, struct gofer_handles *ret);
void wire_get_time(struct wire *w, struct gofer_time *ret);
void wire_get_attr(struct wire *w, struct gofer_attr *ret);
void wire_get_attrs(struct wire *w, struct gofer_attrs *ret);
void wire_get_statfs(struct wire *w, struct gofer_statfs *ret);
const char *wire_get_name(struct wire *w);
void wire_get_names(struct wire *w, struct gofer_names *ret);
void wire_get_nodes(struct wire *w, struct gofer_nodes *ret);
const char *wire_get_path(struct wire *w);
const char *wire_get_xname(struct wire *w);
void wire_get_bytes(struct wire *w, struct gofer_bytes *ret, u32 limit);
void wire_get_dirents(struct wire *w, struct gofer_bytes *ret);

/* wire_put_end - 0, or -EMSGSIZE when it did not fit or a field was none */
int wire_put_end(const struct wire *w) must_check;

/* wire_get_end - 0, or -EPROTO when a field was bad or bytes are left */
int wire_get_end(const struct wire *w) must_check;

/* gofer_name_ok - one component: 1 to 255 bytes, no slash, not "." or ".." */
bool gofer_name_ok(const char *name, size_t len);

/*
 * gofer_dirent_add - append an entry to a readdir reply
 * @attr: NULL for none
 *
 * Return: false when @size has no room for it.
 */
bool gofer_dirent_add(void *buf, size_t size, size_t *used, const char *name, u64 ino, u64 next,
		      u8 type, const struct gofer_attr *attr) must_check;

/*
 * gofer_dirent_next - step through checked entries
 * @off: 0 at first, moved on
 * @ret_attr: NULL when the entry has none
 *
 * Return: the entry and, through @ret_name, its name; NULL at the end.
 */
const struct gofer_dirent *gofer_dirent_next(const struct gofer_bytes *entries, size_t *off,
					     const char **ret_name,
					     const struct gofer_attr **ret_attr);
