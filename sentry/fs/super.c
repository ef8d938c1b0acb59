/*
 * Supers and the list of file system types.
 */
#include "fs/super.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "fs/dcache.h"
#include "fs/dentry.h"
#include "fs/inode.h"

static u32 next_minor; /* atomic */
static struct fs_type *types;

int super_init(struct super *super, const struct super_ops *ops, const char *type, u64 magic,
	       u32 flags)
{
	ref_init(&super->ref);
	super->ops = ops;
	super->type = type;
	super->magic = magic;
	super->flags = flags;
	super->blksize = PAGE_SIZE;
	super->maxbytes = INT64_MAX;
	super->dev = makedev(0, __atomic_add_fetch(&next_minor, 1, __ATOMIC_RELAXED));
	mutex_init(&super->rename_mu, LOCK_RENAME);
	return dcache_create(&super->dcache);
}

void super_fini(struct super *super)
{
	dcache_destroy(super->dcache);
}

struct super *super_get(struct super *super)
{
	ref_get(&super->ref);
	return super;
}

void super_put(struct super *super)
{
	if (ref_put(&super->ref))
		super->ops->release(super);
}

void super_shutdown(struct super *super)
{
	struct dentry *root = super->root;

	dcache_shrink(super);
	super->root = NULL;
	if (root)
		dentry_put(root);
	if (super->ops->shutdown)
		super->ops->shutdown(super);
}

void fs_type_register(struct fs_type *type)
{
	struct fs_type **pp = &types;

	while (*pp)
		pp = &(*pp)->next;
	type->next = NULL;
	*pp = type;
}

const struct fs_type *fs_type_find(const char *name)
{
	const struct fs_type *type = types;

	while (type && strcmp(type->name, name) != 0)
		type = type->next;
	return type;
}

const struct fs_type *fs_type_first(void)
{
	return types;
}
