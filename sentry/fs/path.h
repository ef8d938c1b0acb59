/*
 * struct path: a place in the file tree, and how it is written out.
 *
 * A dentry alone does not say where it is: the same file system may be mounted
 * twice.  A path is passed by value; both members are counted.
 */
#pragma once
#include "lib/base.h"

struct dentry;
struct file;
struct mount;

struct path {
	struct mount *mnt;     /* NULL: in no tree (sockets), or no path at all */
	struct dentry *dentry; /* may be negative only inside namei.c */
};

#define PATH_NONE ((struct path){NULL, NULL})

static inline bool path_valid(const struct path *p)
{
	return p->dentry;
}

static inline bool path_equal(const struct path *a, const struct path *b)
{
	return a->mnt == b->mnt && a->dentry == b->dentry;
}

/* path_get - count both members up; PATH_NONE is fine.  Return: *@p */
struct path path_get(const struct path *p);

/* path_put - drop both; leaves PATH_NONE behind.  Locks: none.  May sleep. */
void path_put(struct path *p);

#define cleanup_path __attribute__((cleanup(path_put)))

/*
 * d_path - the name of @p as seen from @root
 * @buf: where the string is built, from the end backwards; PATH_MAX fits all
 *
 * Removed names end in " (deleted)".  A path that @root does not reach is
 * written from its own top, and *@ret_reached is false: getcwd() then puts
 * "(unreachable)" in front.  @ret_reached may be NULL.
 *
 * Locks: takes LOCK_DCACHE.  Never sleeps long.
 * Return: 0 with *@ret inside @buf, or -ENAMETOOLONG.
 */
int d_path(const struct path *p, const struct path *root, char *buf, size_t size, char **ret,
	   bool *ret_reached) must_check;

/* path_is_public - may anybody search every directory above @p.  Locks: takes LOCK_DCACHE */
bool path_is_public(const struct path *p);

/* d_is_deleted - was the name of @p removed (what getcwd() answers -ENOENT to) */
bool d_is_deleted(const struct path *p);

/*
 * file_path - as d_path, for /proc/PID/fd and maps
 *
 * Files without a path give "anon_inode:[eventfd]", "pipe:[123]", "/memfd:x (deleted)".
 */
int file_path(const struct file *f, const struct path *root, char *buf, size_t size, char **ret)
	must_check;
