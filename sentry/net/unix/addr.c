/*
 * Names of Unix sockets: paths, and abstract ones that begin with a NUL.
 *
 * A path's inode points at the sock that is bound there (weak; guarded by the
 * inode's mu); the sock holds the path, so it is cleared before the sock goes.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "fs/attr.h"
#include "fs/dentry.h"
#include "fs/dirops.h"
#include "fs/inode.h"
#include "fs/namei.h"
#include "kernel/cred.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "net/unix/unix.h"

#include <uthash.h>

#define NAME_OFF   offsetof(struct sockaddr_un, sun_path)
#define NAME_MAX_  sizeof(((struct sockaddr_un *)0)->sun_path)
#define AUTO_NAMES (1u << 20)

struct unix_name {
	UT_hash_handle hh;
	struct unix_sock *sock; /* weak: it removes itself first */
	size_t len;
	char bytes[NAME_MAX_]; /* the leading NUL included */
};

static struct mutex names_mu; /* LOCK_LEAF */
static struct unix_name *names;
static u32 next_auto;

__attribute__((constructor)) static void names_init(void)
{
	mutex_init(&names_mu, LOCK_LEAF);
}

static int check_addr(const struct sockaddr_storage *a, socklen_t len)
{
	if (len < sizeof(sa_family_t) || len > sizeof(struct sockaddr_un))
		return -EINVAL;
	return a->ss_family == AF_UNIX ? 0 : -EINVAL;
}

/* The path in an address: terminated, as long as its first NUL says. */
static void addr_path(const struct sockaddr_storage *a, socklen_t len, char ret[NAME_MAX_ + 1])
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)a;
	size_t n = strnlen(un->sun_path, len - NAME_OFF);

	memcpy(ret, un->sun_path, n);
	ret[n] = '\0';
}

static void set_addr(struct unix_sock *u, const void *bytes, size_t n)
{
	u->addr.sun_family = AF_UNIX;
	memcpy(u->addr.sun_path, bytes, n);
	u->addr_len = (socklen_t)(NAME_OFF + n);
}

static int add_name_locked(struct unix_name *n)
{
	struct unix_name *old;

	HASH_FIND(hh, names, n->bytes, n->len, old);
	if (old)
		return -EADDRINUSE;
	HASH_ADD_KEYPTR(hh, names, n->bytes, n->len, n);
	return 0;
}

static int bind_abstract_locked(struct unix_sock *u, const char *bytes, size_t len)
	REQUIRES(u->sock.mu)
{
	struct unix_name *n = kzalloc(sizeof(*n));
	int err;

	if (!n)
		return -ENOMEM;
	n->sock = u;
	n->len = len;
	memcpy(n->bytes, bytes, len);
	mutex_lock(&names_mu);
	err = add_name_locked(n);
	mutex_unlock(&names_mu);
	if (err) {
		kfree(n);
		return err;
	}
	u->name = n;
	set_addr(u, bytes, len);
	return 0;
}

static int autobind_locked(struct unix_sock *u) REQUIRES(u->sock.mu)
{
	for (u32 i = 0; i < AUTO_NAMES; i++) {
		u32 nr = __atomic_fetch_add(&next_auto, 1, __ATOMIC_RELAXED) % AUTO_NAMES;
		char bytes[8] = "";
		int err;

		snprintf(bytes + 1, sizeof(bytes) - 1, "%05x", nr);
		err = bind_abstract_locked(u, bytes, 6);
		if (err != -EADDRINUSE)
			return err;
	}
	return -ENOSPC;
}

int unix_autobind(struct unix_sock *u)
{
	int err = 0;

	mutex_lock(&u->sock.mu);
	if (!u->addr_len)
		err = autobind_locked(u);
	mutex_unlock(&u->sock.mu);
	return err;
}

static int bind_path_locked(struct unix_sock *u, struct task *t, const char *name)
	REQUIRES(u->sock.mu)
{
	cleanup_namei_base struct namei_base base = {0};
	struct inode *inode;
	int err = namei_base_task(t, AT_FDCWD, name, &base);

	if (!err)
		err = vfs_mknod_path(&base, name, S_IFSOCK | 0777, 0, &u->path);
	if (err)
		return err == -EEXIST ? -EADDRINUSE : err;
	inode = u->path.dentry->inode;
	mutex_lock(&inode->mu);
	inode->unix_sock = u;
	mutex_unlock(&inode->mu);
	set_addr(u, name, strlen(name) + 1);
	return 0;
}

int unix_bind(struct sock *sk, struct task *t, const struct sockaddr_storage *a, socklen_t len)
{
	struct unix_sock *u = to_unix(sk);
	char path[NAME_MAX_ + 1];
	int err = check_addr(a, len);

	if (err)
		return err;
	mutex_lock(&sk->mu);
	if (u->addr_len) {
		err = len == sizeof(sa_family_t) ? 0 : -EINVAL;
	} else if (len == sizeof(sa_family_t)) {
		err = autobind_locked(u);
	} else if (((const struct sockaddr_un *)a)->sun_path[0] == '\0') {
		err = bind_abstract_locked(u, ((const struct sockaddr_un *)a)->sun_path,
					   len - NAME_OFF);
	} else {
		addr_path(a, len, path);
		err = bind_path_locked(u, t, path);
	}
	mutex_unlock(&sk->mu);
	return err;
}

void unix_unbind(struct unix_sock *u)
{
	struct path path;

	mutex_lock(&u->sock.mu);
	path = u->path;
	u->path = PATH_NONE;
	if (path_valid(&path)) {
		struct inode *inode = path.dentry->inode;

		mutex_lock(&inode->mu);
		if (inode->unix_sock == u)
			inode->unix_sock = NULL;
		mutex_unlock(&inode->mu);
	}
	if (u->name) {
		mutex_lock(&names_mu);
		HASH_DEL(names, u->name);
		mutex_unlock(&names_mu);
		kfree(u->name);
		u->name = NULL;
	}
	mutex_unlock(&u->sock.mu);
	path_put(&path);
}

void unix_name_of(struct unix_sock *u, struct sockaddr_storage *ret, socklen_t *len)
{
	mutex_lock(&u->sock.mu);
	*len = u->addr_len;
	memcpy(ret, &u->addr, u->addr_len);
	mutex_unlock(&u->sock.mu);
}

/* Is it a connection whose other end is closed: as on Linux, that one keeps its name. */
static bool had_peer(const struct unix_sock *u)
{
	return u->sock.type != SOCK_DGRAM && u->state == UNIX_CONNECTED;
}

static void lost_name(struct unix_sock *u, struct sockaddr_storage *ret, socklen_t *len)
{
	mutex_lock(&u->sock.mu);
	*len = u->lost_len;
	memcpy(ret, &u->lost, u->lost_len);
	mutex_unlock(&u->sock.mu);
}

int unix_getname(struct sock *sk, bool peer, struct sockaddr_storage *ret, socklen_t *len)
{
	struct unix_sock *u = to_unix(sk), *p = NULL;

	if (peer) {
		p = unix_peer_get(u);
		if (!p && !had_peer(u))
			return -ENOTCONN;
	}
	if (peer && !p)
		lost_name(u, ret, len);
	else
		unix_name_of(p ? p : u, ret, len);
	if (!*len) {
		ret->ss_family = AF_UNIX;
		*len = sizeof(sa_family_t);
	}
	if (p)
		sock_put(&p->sock);
	return 0;
}

static int find_path(struct task *t, const char *name, struct unix_sock **ret)
{
	cleanup_path struct path p = PATH_NONE;
	cleanup_namei_base struct namei_base base = {0};
	struct inode *inode;
	int err = namei_base_task(t, AT_FDCWD, name, &base);

	if (!err)
		err = path_lookup(&base, name, LOOKUP_FOLLOW, &p);
	if (!err)
		err = inode_permission(p.dentry->inode, MAY_WRITE, t->cred);
	if (err)
		return err;
	inode = p.dentry->inode;
	mutex_lock(&inode->mu);
	/* Weak: a sock on its way out has no reference left to take. */
	if (S_ISSOCK(inode->mode) && inode->unix_sock &&
	    ref_get_unless_zero(&inode->unix_sock->sock.ref))
		*ret = inode->unix_sock;
	else
		err = -ECONNREFUSED;
	mutex_unlock(&inode->mu);
	return err;
}

static int find_abstract(const char *bytes, size_t len, struct unix_sock **ret)
{
	struct unix_name *n;
	int err = 0;

	mutex_lock(&names_mu);
	HASH_FIND(hh, names, bytes, len, n);
	if (n && ref_get_unless_zero(&n->sock->sock.ref))
		*ret = n->sock;
	else
		err = -ECONNREFUSED;
	mutex_unlock(&names_mu);
	return err;
}

int unix_find(struct task *t, const struct sockaddr_storage *a, socklen_t len, int type,
	      struct unix_sock **ret)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)a;
	char path[NAME_MAX_ + 1];
	int err = check_addr(a, len);

	if (err)
		return err;
	if (len == sizeof(sa_family_t))
		return -EINVAL;
	if (un->sun_path[0]) {
		addr_path(a, len, path);
		err = find_path(t, path, ret);
	} else {
		err = find_abstract(un->sun_path, len - NAME_OFF, ret);
	}
	if (!err && (*ret)->sock.type != type) {
		sock_put(&(*ret)->sock);
		*ret = NULL;
		err = -EPROTOTYPE;
	}
	return err;
}
