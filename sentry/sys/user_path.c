/* Path arguments (user_path.h). */
#include "sys/user_path.h"

#include <fcntl.h>

#include "mm/uaccess.h"

int user_path_get(struct task *t, int dirfd, uaddr_t upath, struct user_path *ret)
{
	ssize_t n;

	ret->base = (struct namei_base){.cred = NULL};
	n = strncpy_from_user(t, ret->name, upath, sizeof(ret->name));
	if (n < 0)
		return (int)n;
	return namei_base_task(t, dirfd, ret->name, &ret->base);
}

void user_path_put(struct user_path *up)
{
	namei_base_fini(&up->base);
}

unsigned user_path_flags(int flags)
{
	unsigned lookup = 0;

	if (!(flags & AT_SYMLINK_NOFOLLOW))
		lookup |= LOOKUP_FOLLOW;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	return lookup;
}

int user_path_lookup(struct task *t, int dirfd, uaddr_t upath, int flags, struct path *ret)
{
	return path_lookup_user(t, dirfd, upath, user_path_flags(flags), ret);
}
