/* Root, working directory and umask of tasks (fs_struct.h). */
#include "fs/fs_struct.h"

#include "fs/mount.h"
#include "fs/still.h"
#include "lib/alloc.h"

int fs_struct_create(const struct path *root, const struct path *cwd, struct fs_struct **ret)
{
	struct fs_struct *fs = kzalloc(sizeof(*fs));

	if (!fs)
		return -ENOMEM;
	ref_init(&fs->ref);
	mutex_init(&fs->mu, LOCK_FS);
	fs->root = path_get(root);
	fs->cwd = path_get(cwd);
	fs->umask = 022;
	*ret = fs;
	return 0;
}

int fs_struct_copy(struct fs_struct *old, struct fs_struct **ret)
{
	cleanup_path struct path root = PATH_NONE;
	cleanup_path struct path cwd = PATH_NONE;
	int err;

	fs_struct_paths(old, &root, &cwd);
	err = fs_struct_create(&root, &cwd, ret);
	if (!err)
		(*ret)->umask = fs_struct_umask(old);
	return err;
}

struct fs_struct *fs_struct_get(struct fs_struct *fs)
{
	ref_get(&fs->ref);
	return fs;
}

void fs_struct_put(struct fs_struct *fs)
{
	if (!ref_put(&fs->ref))
		return;
	path_put(&fs->root);
	path_put(&fs->cwd);
	kfree(fs);
}

void fs_struct_paths(struct fs_struct *fs, struct path *ret_root, struct path *ret_cwd)
{
	mutex_lock(&fs->mu);
	if (ret_root)
		*ret_root = path_get(&fs->root);
	if (ret_cwd)
		*ret_cwd = path_get(&fs->cwd);
	mutex_unlock(&fs->mu);
}

bool fs_struct_sees_all(struct fs_struct *fs)
{
	cleanup_path struct path root = PATH_NONE;
	cleanup_path struct path above = PATH_NONE;

	fs_struct_paths(fs, &root, NULL);
	return root.dentry == root.mnt->root && !mount_point(root.mnt, &above);
}

static void set_path(struct fs_struct *fs, struct path *which, const struct path *p)
{
	cleanup_path struct path old = PATH_NONE;

	mutex_lock(&fs->mu);
	old = *which;
	*which = path_get(p);
	mutex_unlock(&fs->mu);
}

void fs_struct_set_root(struct fs_struct *fs, const struct path *p)
{
	still_broken();
	set_path(fs, &fs->root, p);
	still_broken();
}

void fs_struct_set_cwd(struct fs_struct *fs, const struct path *p)
{
	set_path(fs, &fs->cwd, p);
}
