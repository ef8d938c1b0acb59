/*
 * File systems made of tables: /proc, /sys and their like.
 *
 * A directory is a table of entries (struct pseudo_entry), each a directory, a
 * file whose text a function writes, or a link; below them a directory may have
 * names that are made on demand (struct pseudo_dyn): process numbers,
 * descriptors, processors.
 *
 * A file's text is made when it is read from the start, as seq_file does, and
 * read on from what was made.
 *
 * Locks: dir_mu is held for lookup and readdir; nothing for the rest.
 */
#pragma once
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/seq.h"
#include "fs/super.h"
#include "lib/base.h"

struct mm;
struct pid;
struct pseudo_entry;

struct pseudo_inode {
	struct inode inode;           /* base */
	const struct pseudo_entry *e; /* immutable */
	struct pid *pid;              /* immutable; counted; whom it tells of, or NULL */
	bool thread;                  /* immutable: below task/ */
	s64 num;                      /* immutable: descriptor, processor; -1 */
};

struct pseudo_file {
	struct file file; /* base */
	struct pseudo_inode *pi;
	struct mm *mm;   /* counted; PSEUDO_MM: of the process when it was opened */
	struct mutex mu; /* LOCK_PSEUDO */
	struct seq text; /* guarded by mu */
	bool made;       /* guarded by mu: text is there */
};

/* pseudo_entry.flags */
#define PSEUDO_MM     (1u << 0) /* opening it asks for ptrace read access and keeps the mm */
#define PSEUDO_ACCESS (1u << 1) /* links: following asks for ptrace read access */
#define PSEUDO_PTRACE (1u << 2) /* opening it asks for ptrace read access */

struct pseudo_dyn {
	/* *@ret: a new reference, or NULL with 0: no such name. */
	int (*lookup)(struct pseudo_inode *dir, const struct qname *name, struct inode **ret);
	/* From ctx->pos - PSEUDO_DYN_POS on; positions are PSEUDO_DYN_POS and more. */
	int (*readdir)(struct pseudo_inode *dir, struct dir_context *ctx);
	/* Is what lookup said still true?  NULL: always.  1 or 0. */
	int (*revalidate)(struct pseudo_inode *dir, const struct qname *name,
			  struct pseudo_inode *child);
};

#define PSEUDO_DYN_POS 1024

/* A table ends with an entry without a name. */
struct pseudo_entry {
	const char *name;
	u32 mode; /* with S_IFMT */
	u32 flags;

	/* Directories. */
	const struct pseudo_entry *entries;
	const struct pseudo_dyn *dyn;

	/* Files; @buf of write ends with a NUL that does not count. */
	int (*show)(struct pseudo_file *pf, struct seq *s);
	ssize_t (*write)(struct pseudo_file *pf, struct task *t, char *buf, size_t len);
	int (*open)(struct pseudo_inode *pi, const struct open_args *args, struct file **ret);
	poll_t (*poll)(struct pseudo_file *pf);

	/* Links: text, and for magic ones the place itself. */
	ssize_t (*readlink)(struct pseudo_inode *pi, struct task *t, char *buf, size_t size);
	int (*get_link)(struct pseudo_inode *pi, struct task *t, struct path *ret);

	/* What the tables do not know of its attributes; NULL: nothing. */
	void (*getattr)(struct pseudo_inode *pi, struct kstat *ret);
	u64 rdev;        /* of a device, as makedev() has it */
	const void *arg; /* for the functions above */
};

#define PSEUDO_DIR(n, table)                                        \
	{                                                           \
		.name = n, .mode = S_IFDIR | 0555, .entries = table \
	}
#define PSEUDO_FILE(n, fn)                                    \
	{                                                     \
		.name = n, .mode = S_IFREG | 0444, .show = fn \
	}
#define PSEUDO_FILE_MODE(n, m, fn)                           \
	{                                                    \
		.name = n, .mode = S_IFREG | (m), .show = fn \
	}
#define PSEUDO_RW(n, m, fn, wfn)                                           \
	{                                                                  \
		.name = n, .mode = S_IFREG | (m), .show = fn, .write = wfn \
	}
/* A file whose text never changes; @text ends with its newline. */
#define PSEUDO_TEXT(n, text)                                                             \
	{                                                                                \
		.name = n, .mode = S_IFREG | 0444, .show = pseudo_show_text, .arg = text \
	}
#define PSEUDO_LINK(n, text)                                                                 \
	{                                                                                    \
		.name = n, .mode = S_IFLNK | 0777, .readlink = pseudo_link_text, .arg = text \
	}

static inline struct pseudo_inode *to_pseudo(const struct inode *inode)
{
	return container_of(inode, struct pseudo_inode, inode);
}

static inline struct pseudo_file *to_pseudo_file(const struct file *f)
{
	return container_of(f, struct pseudo_file, file);
}

/*
 * pseudo_inode_create - an inode of @e; @pid is counted once more
 * Return: 0 or -ENOMEM.
 */
int pseudo_inode_create(struct super *super, const struct pseudo_entry *e, struct pid *pid,
			bool thread, s64 num, struct inode **ret) must_check;

/*
 * pseudo_super_create - a file system whose root is @root
 * @flags: SUPER_*
 */
int pseudo_super_create(const struct pseudo_entry *root, const char *type, u64 magic, u32 flags,
			struct super **ret) must_check;

/* pseudo_super_no_names - a lookup of a name that is not there fails, as in /proc */
void pseudo_super_no_names(struct super *super);

int pseudo_show_text(struct pseudo_file *pf, struct seq *s);
ssize_t pseudo_link_text(struct pseudo_inode *pi, struct task *t, char *buf, size_t size);

/* pseudo_copy_link - @text as readlink gives it: cut at @size, not terminated */
ssize_t pseudo_copy_link(const char *text, char *buf, size_t size);

/* pseudo_parse_u64 - a number of @name without sign or leading zeros; false if it is none */
bool pseudo_parse_num(const struct qname *name, u64 *ret) must_check;

/* pseudo_parse_long - the number written into a file; -EINVAL */
int pseudo_parse_long(const char *buf, s64 min, s64 max, s64 *ret) must_check;
