/* What stays as it is (still.h). */
#include "fs/still.h"

#include "fs/dcache.h"
#include "fs/mount.h"
#include "fs/super.h"

static u64 own = 1;
static u64 *epoch = &own; /* the word is atomic */

void still_count_in(u64 *word)
{
	epoch = word ? word : &own;
}

u64 still_epoch(void)
{
	return __atomic_load_n(epoch, __ATOMIC_SEQ_CST);
}

void still_broken(void)
{
	__atomic_add_fetch(epoch, 1, __ATOMIC_SEQ_CST);
}

/* Does the text end with "/" and the name of @d?  Then *@len is what stands before. */
static bool cut_name(const struct dentry *d, const char *name, size_t *len)
{
	size_t n = d->name.len;

	if (*len < n + 1 || memcmp(name + *len - n, d->name.str, n) || name[*len - n - 1] != '/')
		return false;
	*len -= n + 1;
	return true;
}

bool path_is_still(const struct path *p, const struct path *root, const char *name, size_t len)
{
	struct dentry *d = p->dentry;
	struct dcache *dc = d->super->dcache;
	bool is = p->mnt == root->mnt && !(d->inode && S_ISLNK(inode_mode(d->inode)));

	mutex_lock(&dc->mu);
	for (; is && d != root->dentry; d = d->parent)
		is = d != d->parent && d->inode && inode_is_still(d->inode) &&
		     d->flags & DENTRY_HASHED && cut_name(d, name, &len);
	is = is && len == 0 && inode_is_still(d->inode);
	mutex_unlock(&dc->mu);
	return is;
}
