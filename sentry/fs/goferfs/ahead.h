/*
 * What is known of a frozen mount before somebody asks: part of internal.h.
 */
#pragma once
#include "fs/goferfs/internal.h"

/* Bytes of a directory whose names, all read, take about as long as one request. */
#define DIR_BYTES_A_REQUEST 1024

/* early.c */

/* early_take - a descriptor to read @gi with, if it was asked for early; may sleep */
bool early_take(struct gofer_inode *gi, hostfd_t *ret);

/* early_list - the first entries of @gd, if they were asked for early, go to what was read ahead */
void early_list(struct gofer_inode *gd);

/*
 * early_lookup - @name in @dir, if it was asked for early
 *
 * With its descriptor or entries.  False: ask.
 */
bool early_lookup(struct gofer_inode *dir, const struct qname *name, struct inode **ret);

/* early_ask - @gi, which has no handle, is opened: ask for what will probably be next; may sleep */
void early_ask(struct gofer_inode *gi);

/*
 * early_guess - @name in @gd is looked at: ask for what will probably be opened then
 *
 * With @b, to be sent by the caller.  May sleep.
 */
void early_guess(struct gofer_inode *gd, const struct qname *name, struct gofer_batch *b);

/* early_drain - forget what was asked for: it holds inodes */
void early_drain(struct gofer_super *s);

/* pairs.c */

/* What may be opened next: @name in the directory @sub, if that is not "", below the one at hand.
 */
struct gofer_guess {
	char sub[PAIR_PART_MAX];
	struct gofer_name name;
	u32 pair, gen, credit;
};

/* pair_looked - @name in @dir was looked at; there is such a file */
void pair_looked(struct gofer_inode *dir, const struct qname *name);

/* pair_opened - @name in @dir, or in its directory @sub, is opened, which nobody guessed */
void pair_opened(struct gofer_inode *dir, const char *sub, const char *name);

/* pair_guess - what is opened after @name was looked at, if that is known */
bool pair_guess(struct gofer_super *s, const struct qname *name, struct gofer_guess *ret);

/* pair_was_right - what becomes of @guess is known */
void pair_was_right(struct gofer_super *s, const struct gofer_guess *guess, bool right);

/* look.c */

/* gi_look - ask for @name in @gd, and for what will be asked next; 0, -errno.  dir_mu is held. */
int gi_look(struct gofer_inode *gd, const struct qname *name, struct inode **ret) must_check;

/*
 * look_finish - the answer to @req, which was started from @gd
 *
 * Return: 0 with the inode of the first name; what stands below it has been found.
 */
int look_finish(struct gofer_inode *gd, struct gofer_call *call, const struct gofer_look_req *req,
		struct inode **ret) must_check;

/* gofer_look_checked - as gofer_look(): -EIO for what cannot be the answer to @req */
int gofer_look_checked(struct gofer_client *c, struct gofer_call *call,
		       const struct gofer_look_req *req, struct gofer_look_rep *ret) must_check;

/* qname_is_looked_at - is @name the end of its path, and not to be opened? */
bool qname_is_looked_at(const struct qname *name);

/* found_add - @name in @dir is @inode, consumed, or NULL: keep it for who asks; the oldest goes */
void found_add(struct gofer_inode *dir, const char *name, struct inode *inode);

/* found_take - has @name in @dir been found? *@ret: NULL, it is known not to be there */
bool found_take(struct gofer_inode *dir, const struct qname *name, struct inode **ret) must_check;

/* found_drain - forget what was found: it holds inodes */
void found_drain(struct gofer_super *s);

/* ahead.c */

/* One reply of a directory read.  On the lists of super and directory as long as there is room. */
struct gofer_ahead {
	struct list_head node, of_dir; /* ahead_mu */
	u32 refs;                      /* ahead_mu: users, and one of the lists */
	u64 cookie;                    /* immutable: where it begins */
	bool eof;                      /* immutable: nothing comes after it */
	bool unread;                   /* ahead_mu: nobody read the directory with it */
	struct gofer_bytes entries;    /* immutable; owned copy */
	size_t size;                   /* immutable: what it counts */
	u32 mask;                      /* size of slots - 1 */
	u16 slots[];                   /* offset / 8 of an entry, by hash, next free one after */
};

/* ahead_add - keep what a read of @dir at @cookie brought; frozen mounts only */
void ahead_add(struct gofer_inode *dir, u64 cookie, const struct gofer_bytes *entries, bool eof);

/*
 * ahead_get - what a read of @dir at @cookie brings, for ahead_put(); NULL: ask
 * @ret_unread: it is the first one
 */
struct gofer_ahead *ahead_get(struct gofer_inode *dir, u64 cookie, bool *ret_unread) must_check;
void ahead_put(struct gofer_super *s, struct gofer_ahead *b); /* NULL is fine */

/* NAMED: it is there, but of its attributes nothing is known */
enum ahead_found { AHEAD_UNKNOWN, AHEAD_ABSENT, AHEAD_NAMED, AHEAD_FOUND };

/* ahead_find - attributes of @name in @dir, or that there is none, if that was read ahead */
enum ahead_found ahead_find(struct gofer_inode *dir, const struct qname *name,
			    struct gofer_attr *ret);

/* ahead_wants_attrs - a directory is read: should attributes come along? */
bool ahead_wants_attrs(struct gofer_super *s);

/* ahead_xattr_flag - attributes are asked for: GOFER_READDIR_XATTR if that is wanted, too */
u32 ahead_xattr_flag(struct gofer_super *s);

/*
 * ahead_xattrs - whether @gi has extended attributes is asked for
 *
 * If others' of its directory were, they are read again with that.  May sleep.
 */
void ahead_xattrs(struct gofer_inode *gi);

/* ahead_watch_attrs - they came with @dir's entries: see whether they are used */
void ahead_watch_attrs(struct gofer_inode *dir);

/*
 * ahead_batch - attributes of @name, NAMED or UNKNOWN, are wanted: are those of others, too?
 * @ret_cookie: where to begin; *@ret_nr: how many entries
 *
 * They are when the entries are gone through in their order, and when many have been
 * asked for one by one.  dir_mu is held.
 */
bool ahead_batch(struct gofer_inode *dir, const struct qname *name, u64 *ret_cookie, u32 *ret_nr)
	must_check;

/* ahead_was_dir - the name of ahead_batch turned out to be a directory.  dir_mu is held. */
void ahead_was_dir(struct gofer_inode *dir);

/* ahead_batched - attributes of @entries came; they are kept already.  dir_mu is held. */
void ahead_batched(struct gofer_inode *dir, u64 cookie, const struct gofer_bytes *entries,
		   bool eof);

/* A file of a directory. */
struct gofer_entry {
	u64 ino;
	struct gofer_name name;
};

/*
 * ahead_follow - @gi is opened: was that expected, and which files of its type stand after it?
 * @ret: [max]; *@ret_n of them
 *
 * Expected is the one after the file of its directory and type that was opened last.
 */
bool ahead_follow(struct gofer_inode *gi, struct gofer_entry *ret, u32 max, u32 *ret_n);

/* ahead_first - @dir is read: its first directories, which are expected then, as is its first file
 */
u32 ahead_first(struct gofer_inode *dir, struct gofer_entry *ret, u32 max);

/* ahead_drop - forget what was read ahead of @dir */
void ahead_drop(struct gofer_inode *dir);
