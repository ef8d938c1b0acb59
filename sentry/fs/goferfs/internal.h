/*
 * What the files of goferfs share.
 *
 *	gofer_super --table--> gofer_inode (weak) --handle--> the gofer's node
 *	gofer_file --inode--> gofer_inode --ro, rw--> donated host descriptors
 */
#pragma once
#include "fs/file.h"
#include "fs/goferfs/client.h"
#include "fs/goferfs/goferfs.h"
#include "fs/inode.h"
#include "fs/super.h"
#include "host/host.h"
#include "lib/base.h"

#define GOFERFS_MAGIC 0x01021997 /* as 9p: what a guest of a virtual machine would see */

/* Inodes that nobody has open but whose descriptors are kept: at most, and this part of all. */
#define IDLE_FDS_MAX  12288
#define IDLE_FDS_PART 2

/* File systems below one mount that are told apart in inode numbers. */
#define DEVS_MAX 64

/* Directories on frozen mounts that have a handle because they are deep. */
#define ANCHORS_MAX 8

struct gofer_anchor;

/* How the name of what is opened comes from that of what was looked at (pairs.c). */
#define PAIRS_MAX     8
#define PAIR_PART_MAX 40

struct gofer_pair {
	char from[PAIR_PART_MAX]; /* what the first one's name ends with */
	char sub[PAIR_PART_MAX];  /* the directory below, where the second is; or "" */
	char to[PAIR_PART_MAX];   /* what its name ends with instead */
	u32 credit;               /* for guesses that were right */
	u32 gen;                  /* tells pairs apart that were in this place */
	u64 used;                 /* clock of the last one that was right; 0: no pair */
};

struct gofer_pairs {
	struct gofer_pair v[PAIRS_MAX];
	u64 clock;
	u64 looked_dir; /* what was looked at last, in the directory of that number */
	char looked[NAME_LEN_MAX + 1]; /* "": none */
};

struct gofer_super {
	struct super super;     /* base; gs_release() frees the whole */
	struct gofer_client *c; /* immutable */
	u32 root_handle;        /* immutable */
	bool shared;            /* immutable: the host changes it too, nothing is believed */
	bool frozen;            /* immutable: nobody changes it: names stay where they are */

	struct mutex table_mu;        /* LOCK_LEAF */
	struct gofer_inode **buckets; /* guarded by table_mu: [nr_buckets], weak */
	u32 nr_buckets, nr_inodes;    /* guarded by table_mu */
	u64 devs[DEVS_MAX];           /* guarded by table_mu: 0 ends the list */

	struct mutex ahead_mu; /* LOCK_LEAF */
	struct list_head
		ahead;      /* guarded by ahead_mu: what directory reads brought, oldest first */
	size_t ahead_bytes; /* guarded by ahead_mu */

	u32 max_idle; /* immutable */
	struct spinlock early_lock;
	struct list_head
		early; /* guarded by early_lock: opens that nobody asked for yet (early.c) */
	u32 nr_early;  /* guarded by early_lock */
	struct gofer_pairs pairs; /* guarded by early_lock */

	struct spinlock found_lock;
	struct list_head found; /* guarded by found_lock: names nobody asked for yet (look.c) */
	u32 nr_found;           /* guarded by found_lock */

	struct spinlock anchor_lock;
	struct gofer_anchor *anchors[ANCHORS_MAX]; /* guarded by anchor_lock: where.c */
	u32 next_anchor;                           /* guarded by anchor_lock */

	u32 want_attrs;  /* ahead_mu: directories that are still to be read with attributes */
	u32 want_xattrs; /* ahead_mu: and with the word whether there are extended ones */

	struct spinlock idle_lock;
	struct list_head idle; /* guarded by idle_lock: inodes, longest idle first; weak */
	u32 nr_idle;           /* guarded by idle_lock */
	u64 map_bytes;         /* atomic: sizes of mapped files */
};

struct gofer_inode {
	struct inode inode;            /* base; gi_release() frees the whole */
	u32 handle;                    /* immutable: or 0: @name in @parent leads to it */
	struct gofer_inode *parent;    /* immutable; counted; or NULL */
	char *name;                    /* immutable; or NULL */
	u64 dev, ino;                  /* immutable: the host's */
	struct gofer_time btime;       /* immutable; 0 if not known */
	struct gofer_inode *hash_next; /* table_mu */
	bool empty;    /* immutable: a directory of a file system that is not shown */
	bool no_btime; /* immutable */
	bool anchored; /* atomic, written under anchor_lock: it has an anchor, or so */

	struct list_head ahead; /* a directory's; guarded by the super's ahead_mu */
	/* ahead_mu: the file and the directory that stand after those opened last */
	u64 expected_file, expected_dir;
	bool attrs_unused; /* ahead_mu: attributes were read that nobody asked for yet */

	/* A directory's; dir_mu */
	u32 nr_xattrs;    /* atomic: files whose extended attributes were asked for one by one */
	u32 nr_missed;    /* names that were asked for one by one and are not there */
	u32 singles;      /* entries whose attributes were asked for one by one, weighed */
	u32 nr_batches;   /* and many at a time */
	u64 single_next;  /* cookie after the entry whose attributes were asked for last */
	u64 batch_cookie; /* where those begin that no batch has brought */
	bool batched_all; /* there are none */
	bool sub_known;   /* atomic: the directory in it where a pair's second is (pairs.c) */

	bool stale;     /* atomic: the host knows attributes that we do not */
	bool mapped;    /* atomic: was mapped for writing: size and times move by themselves */
	bool no_xattrs; /* atomic: it was seen to have none; exclusive mounts only */

	struct mutex open_mu; /* LOCK_GOFER; held across the gofer call that opens */
	hostfd_t ro, rw;      /* guarded by open_mu; kept while nr_open, and then for a while */
	hostfd_t old;         /* guarded by open_mu: ro before it was renewed; gone with them */

	/* mapped.c; gone with ro and rw */
	u8 *map;         /* set under open_mu, read atomically; valid for users of ro and rw */
	size_t map_len;  /* as map; addresses */
	u64 map_size;    /* as map; of the file when it was mapped */
	u32 nr_reads;    /* atomic */
	bool unmappable; /* atomic: the host said no */

	u32 nr_open;           /* guarded by idle_lock: users of ro and rw */
	struct list_head idle; /* guarded by idle_lock */
};

static inline struct gofer_super *to_gofer_super(struct super *super)
{
	return container_of(super, struct gofer_super, super);
}

static inline struct gofer_inode *to_gofer_inode(struct inode *inode)
{
	return container_of(inode, struct gofer_inode, inode);
}

static inline struct gofer_super *inode_gofer_super(struct inode *inode)
{
	return to_gofer_super(inode->super);
}

/*
 * Does @attr belong to the file that @gi stands for?
 *
 * The host may give the number of a file that is gone to a new one, unless a handle or
 * descriptor holds it: when it was made tells them apart.
 */
static inline bool gi_is(const struct gofer_inode *gi, const struct gofer_attr *attr)
{
	return gi->ino == attr->ino && gi->dev == attr->dev && gi->btime.sec == attr->btime.sec &&
	       gi->btime.nsec == attr->btime.nsec;
}

/* A name as the protocol wants it: terminated. */
struct gofer_name {
	char s[NAME_LEN_MAX + 1];
};

static inline void gofer_name_set(struct gofer_name *n, const struct qname *q)
{
	memcpy(n->s, q->str, q->len);
	n->s[q->len] = 0;
}

/* table.c */

/*
 * gi_obtain - the inode of a node that the gofer gave out
 * @handle: consumed
 *
 * Return: 0 with a reference, -ENOMEM, -EIO for a node that cannot be.
 */
int gi_obtain(struct gofer_super *s, u32 handle, const struct gofer_attr *attr, struct inode **ret)
	must_check;

/*
 * gi_obtain_lazy - the inode of an entry that was read ahead, @name in @dir
 *
 * It has no handle: what is asked about it is asked by its name.
 */
int gi_obtain_lazy(struct gofer_inode *dir, const char *name, const struct gofer_attr *attr,
		   struct inode **ret) must_check;
void gi_release(struct inode *inode);

/* gs_ino - the inode number guests see for one of the host's */
u64 gs_ino(struct gofer_super *s, u64 dev, u64 ino);
int gs_table_init(struct gofer_super *s) must_check;
void gs_table_fini(struct gofer_super *s);

/* gs_make_room - the gofer is out of handles: give back what nobody uses */
void gs_make_room(struct gofer_super *s);

/* where.c */

/*
 * gi_handle - a handle of the gofer's for @gi, for gi_handle_put()
 *
 * One without gets one for this caller only.  May sleep.
 */
int gi_handle(struct gofer_inode *gi, u32 *ret) must_check;
void gi_handle_put(struct gofer_inode *gi, u32 handle); /* 0 is fine */

/* Where a file without a handle is: @names below @dir. */
struct gofer_where {
	u32 dir;
	u32 temp;                    /* a handle that was needed to get this far, or 0 */
	struct gofer_anchor *anchor; /* counted: whose handle @dir is, or NULL */
	struct gofer_names names;
};

/*
 * gi_where - @gi (@name NULL), which has no handle, or @name in it; for gi_where_fini()
 *
 * Its strings are those of @gi and its parents, and @name.  May ask the gofer when they are many.
 */
int gi_where(struct gofer_inode *gi, const char *name, struct gofer_where *ret) must_check;
void gi_where_fini(struct gofer_inode *gi, struct gofer_where *w);

/* anchors_drain - give back the handles of directories on long ways */
void anchors_drain(struct gofer_super *s);

/* gi_is_file - does @attr belong to the file that @gi stands for; 0 or -ESTALE */
int gi_is_file(const struct gofer_inode *gi, const struct gofer_attr *attr) must_check;

/* fds.c */

/*
 * gi_fd_get - a descriptor to read (or, @write, also to write) @gi's data with
 *
 * Stays the inode's; valid until gi_fd_put().  May sleep; takes LOCK_GOFER.
 */
int gi_fd_get(struct gofer_inode *gi, bool write, hostfd_t *ret) must_check;
void gi_fd_put(struct gofer_inode *gi);

/* gi_fd_adopt - @fd came with the creation of @gi, or (not @write) its lookup; consumed */
void gi_fd_adopt(struct gofer_inode *gi, hostfd_t fd, bool write);

/* gi_fd_peek - a descriptor that happens to be open, counted as by gi_fd_get; false: none */
bool gi_fd_peek(struct gofer_inode *gi, bool write, hostfd_t *ret);

/* gi_fds_close - for gi_release() */
void gi_fds_close(struct gofer_inode *gi);

/* gs_close_idle_maps - close idle descriptors, oldest first, until @max bytes are mapped */
void gs_close_idle_maps(struct gofer_super *s, u64 max);

/* mapped.c */

/*
 * gi_read_mapped - read @count bytes at @pos, all of which the file has, if it is hot
 *
 * For users of @fd, which is @gi's.  May take LOCK_GOFER.
 * Return: bytes moved, fewer than @count where something faulted, 0 if it is not
 * mapped: pread(2) is to go on from there.  -EFAULT: the guest's memory.
 */
ssize_t gi_read_mapped(struct gofer_inode *gi, hostfd_t fd, struct iov_iter *dst, size_t count,
		       off_t pos) must_check;

/* gi_remap_locked - what is mapped, if anything, is @fd's from now on; open_mu is held */
int gi_remap_locked(struct gofer_inode *gi, hostfd_t fd) must_check;

/* gi_unmap - nobody uses @gi's descriptors; open_mu is held, or @gi is going */
void gi_unmap(struct gofer_inode *gi);

/* attr.c */

/* gi_update_locked - what the gofer says now; inode->mu is held */
void gi_update_locked(struct gofer_inode *gi, const struct gofer_attr *attr);
void gi_update(struct gofer_inode *gi, const struct gofer_attr *attr);

/* gi_refresh_locked - ask for attributes if ours may be old; inode->mu is held */
int gi_refresh_locked(struct gofer_inode *gi) must_check;

static inline void gi_mark_stale(struct gofer_inode *gi)
{
	__atomic_store_n(&gi->stale, true, __ATOMIC_RELEASE);
}

/* inode operations of every kind of file */
int gi_getattr(struct inode *inode, struct kstat *ret) must_check;
int gi_setattr(struct inode *inode, const struct iattr *attr) must_check;
ssize_t gi_getxattr(struct inode *inode, const char *name, void *buf, size_t size) must_check;
int gi_setxattr(struct inode *inode, const char *name, const void *value, size_t size, int flags)
	must_check;
ssize_t gi_listxattr(struct inode *inode, char *buf, size_t size) must_check;
ssize_t gi_readlink(struct inode *inode, struct task *t, char *buf, size_t size) must_check;

/* names.c */

/* gs_walk_one - look up one name, once more with room made if handles have run out */
int gs_walk_one(struct gofer_super *s, u32 dir, const char *name, struct gofer_node *ret)
	must_check;

/* The inode operations of directories, and the table of them all. */
extern const struct inode_ops gofer_inode_ops;
int gs_revalidate(struct inode *dir, const struct qname *name, struct inode *inode) must_check;

/* file.c, dir.c */
int gf_open(struct inode *inode, const struct open_args *args, struct file **ret) must_check;
int gd_open(struct inode *inode, const struct open_args *args, struct file **ret) must_check;

/*
 * gd_ask - one request for the entries of @gd from @cookie on, kept if it is frozen
 * @size: bytes of them at most
 * @flags: GOFER_READDIR_*
 *
 * Entries are in @call.
 */
int gd_ask(struct gofer_inode *gd, u64 cookie, u32 size, u32 flags, struct gofer_call *call,
	   struct gofer_readdir_rep *ret) must_check;
