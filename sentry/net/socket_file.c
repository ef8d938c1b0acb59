/*
 * The file a descriptor of a socket reaches, and the families.
 *
 * Sockets have inodes of a file system of their own, so that fstat(2) says
 * S_IFSOCK and /proc/PID/fd "socket:[7]".
 */

#include "fs/dentry.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/super.h"
#include "kernel/cred.h"
#include "lib/alloc.h"
#include "lib/park.h"
#include "net/internal.h"
#include "net/scm.h"
#include "net/sock.h"

#define SOCKFS_MAGIC 0x534f434b
#define FAMILIES_MAX 8

struct socket_file {
	struct file file;  /* base; sf_release() frees the whole */
	struct sock *sock; /* immutable; counted */
};

static const struct file_ops socket_ops;
static struct super *sockfs;
static struct mount *sockfs_mnt; /* seen by nobody: what a socket's path stands on */
static const struct sock_family *families[FAMILIES_MAX];
static unsigned nr_families;

static struct socket_file *to_socket(const struct file *f)
{
	return container_of(f, struct socket_file, file);
}

struct sock *file_to_sock(const struct file *f)
{
	return f->ops == &socket_ops ? to_socket(f)->sock : NULL;
}

static ssize_t sf_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct sock *sk = to_socket(f)->sock;
	struct sock_msg m = {.iter = dst, .flags = file_nonblock(f) ? MSG_DONTWAIT : 0};
	ssize_t n;

	(void)pos;
	if (!sk->ops->recvmsg)
		return -EOPNOTSUPP;
	/* As on Linux, an empty read of a stream does not wait for bytes. */
	if (!iov_iter_count(dst))
		return 0;
	n = sk->ops->recvmsg(sk, &m);
	scm_free(m.scm);
	return n;
}

static ssize_t sf_write(struct file *f, struct iov_iter *src, off_t *pos)
{
	struct sock *sk = to_socket(f)->sock;
	struct sock_msg m = {
		.task = park_self()->owner,
		.iter = src,
		.flags = file_nonblock(f) ? MSG_DONTWAIT : 0,
	};

	(void)pos;
	if (sk->type == SOCK_SEQPACKET)
		m.flags |= MSG_EOR;
	return sk->ops->sendmsg ? sk->ops->sendmsg(sk, &m) : -EOPNOTSUPP;
}

struct sock_owner sock_owner(const struct sock *sk)
{
	struct spinlock *lock = (struct spinlock *)(uintptr_t)&sk->file_lock;
	struct sock_owner o = {0};

	spin_lock(lock);
	if (sk->file && sk->file->inode)
		o = (struct sock_owner){sk->file->inode->uid, sk->file->inode->ino};
	spin_unlock(lock);
	return o;
}

static poll_t sf_poll(struct file *f)
{
	struct sock *sk = to_socket(f)->sock;

	return sk->ops->poll(sk);
}

static long sf_ioctl(struct file *f, struct task *t, unsigned cmd, u64 arg)
{
	struct sock *sk = to_socket(f)->sock;

	return sk->ops->ioctl ? sk->ops->ioctl(sk, t, cmd, arg) : -ENOTTY;
}

static void sf_release(struct file *f)
{
	struct socket_file *sf = to_socket(f);
	struct sock *sk = sf->sock;

	spin_lock(&sk->file_lock);
	sk->file = NULL;
	spin_unlock(&sk->file_lock);
	if (sk->ops->close)
		sk->ops->close(sk);
	sock_put(sk);
	kfree(sf);
}

static const struct file_ops socket_ops = {
	.read = sf_read,
	.write = sf_write,
	.poll = sf_poll,
	.ioctl = sf_ioctl,
	.release = sf_release,
};

static void sockfs_inode_release(struct inode *inode)
{
	inode_fini(inode);
	kfree(inode);
}

static const struct inode_ops sockfs_inode_ops = {
	.release = sockfs_inode_release,
};

static void sockfs_release(struct super *super)
{
	super_fini(super);
	kfree(super);
}

static const struct super_ops sockfs_super_ops = {
	.release = sockfs_release,
};

static int give_inode(struct file *f, const struct cred *cred)
{
	cleanup_inode struct inode *inode = kzalloc(sizeof(*inode));
	cleanup_dentry struct dentry *d = NULL;
	struct path p = PATH_NONE;
	char name[32];
	int err;

	if (!inode)
		return -ENOMEM;
	inode_init(inode, sockfs, &sockfs_inode_ops, super_new_ino(sockfs), S_IFSOCK | 0777);
	inode->uid = cred->fsuid;
	inode->gid = cred->fsgid;
	snprintf(name, sizeof(name), "socket:[%llu]", (unsigned long long)inode->ino);
	err = dentry_create_pseudo(inode, name, &d);
	if (err)
		return err;
	file_set_inode(f, inode);
	p.dentry = d;
	p.mnt = sockfs_mnt;
	file_set_path(f, &p);
	return 0;
}

int socket_file_create_take(struct sock *sk, int flags, const struct cred *cred, struct file **ret)
{
	struct socket_file *sf = kzalloc(sizeof(*sf));
	int err;

	if (!sf) {
		sock_discard(sk);
		return -ENOMEM;
	}
	file_init(&sf->file, &socket_ops, O_RDWR | (flags & SOCK_NONBLOCK ? O_NONBLOCK : 0));
	sf->file.wq = &sk->wq;
	sf->sock = sk;
	err = give_inode(&sf->file, cred);
	if (err) {
		file_put(&sf->file);
		return err;
	}
	spin_lock(&sk->file_lock);
	sk->file = &sf->file;
	spin_unlock(&sk->file_lock);
	*ret = &sf->file;
	return 0;
}

void sock_family_register(const struct sock_family *f)
{
	if (nr_families == FAMILIES_MAX)
		panic("more than %d socket families", FAMILIES_MAX);
	families[nr_families++] = f;
}

static const struct sock_family *family_find(int family)
{
	for (unsigned i = 0; i < nr_families; i++)
		if (families[i]->family == family)
			return families[i];
	return NULL;
}

int socket_create(struct task *t, int family, int type, int protocol, struct sock **ret)
{
	const struct sock_family *f = family_find(family);

	if (family < 0 || family >= AF_MAX)
		return -EAFNOSUPPORT;
	if (type < 0 || type > SOCK_PACKET)
		return -EINVAL;
	return f ? f->create(t, type, protocol, ret) : -EAFNOSUPPORT;
}

int socket_pair(struct task *t, int family, int type, int protocol, struct sock *ret[2])
{
	const struct sock_family *f = family_find(family);
	struct sock *probe;
	int err;

	if (f && f->pair)
		return f->pair(t, type, protocol, ret);
	err = socket_create(t, family, type, protocol, &probe);
	if (err)
		return err;
	sock_put(probe);
	return -EOPNOTSUPP;
}

static int sockfs_root(void)
{
	cleanup_inode struct inode *inode = kzalloc(sizeof(*inode));

	if (!inode)
		return -ENOMEM;
	inode_init(inode, sockfs, &sockfs_inode_ops, super_new_ino(sockfs), S_IFDIR | 0555);
	return super_set_root(sockfs, inode);
}

int sockfs_init(void)
{
	int err;

	sockfs = kzalloc(sizeof(*sockfs));
	if (!sockfs)
		return -ENOMEM;
	err = super_init(sockfs, &sockfs_super_ops, "sockfs", SOCKFS_MAGIC, SUPER_NOUSER);
	if (!err)
		err = sockfs_root();
	return err ? err : mount_create(sockfs, NULL, "sockfs", 0, &sockfs_mnt);
}
