/*
 * sendfile and copy_file_range (splice.h): through a buffer of the sentry.
 *
 * The source has positions, so what the destination did not take is simply read
 * again next time.
 */
#include "fs/splice.h"

#include <fcntl.h>

#include "fs/file.h"
#include "fs/inode.h"
#include "lib/alloc.h"

#define CHUNK (64ul * 1024)

/*
 * The file's own position is asked and set by llseek: a standard stream's is the
 * host's, shared with whoever passed it on.
 */
static off_t pos_of(struct file *f)
{
	return vfs_llseek(f, 0, SEEK_CUR);
}

static int set_pos(struct file *f, off_t pos)
{
	off_t at = vfs_llseek(f, pos, SEEK_SET);

	return at < 0 ? (int)at : 0;
}

/* One buffer full.  @out_pos NULL: @out's own position. */
static ssize_t copy_chunk(struct file *in, off_t in_pos, struct file *out, off_t *out_pos, u8 *buf,
			  size_t len, struct write_opts *opts)
{
	struct iov_iter it;
	ssize_t n;

	iov_iter_kernel(&it, buf, len);
	n = vfs_pread(in, &it, &in_pos);
	if (n <= 0)
		return n;
	iov_iter_kernel(&it, buf, (size_t)n);
	return out_pos ? vfs_pwrite_opts(out, &it, out_pos, opts) : vfs_write_opts(out, &it, opts);
}

static ssize_t copy_all(struct file *in, off_t *in_pos, struct file *out, off_t *out_pos,
			size_t len, struct write_opts *opts)
{
	cleanup_free u8 *buf = kzalloc(min(len, CHUNK));
	size_t done = 0;
	ssize_t n = 0;

	if (!buf)
		return -ENOMEM;
	while (done < len) {
		size_t part = min(len - done, CHUNK);

		n = copy_chunk(in, *in_pos, out, out_pos, buf, part, opts);
		if (n <= 0)
			break;
		*in_pos += n;
		done += (size_t)n;
	}
	return done ? (ssize_t)done : n;
}

ssize_t vfs_sendfile(struct file *in, off_t *in_pos, struct file *out, size_t count,
		     struct write_opts *opts)
{
	off_t own = 0;
	ssize_t n;

	if (!(in->mode & FMODE_READ) || !(out->mode & FMODE_WRITE))
		return -EBADF;
	if (in_pos && !(in->mode & FMODE_PREAD))
		return -ESPIPE;
	if (!(in->mode & FMODE_PREAD) || file_is_dir(in))
		return -EINVAL;
	if (file_flags(out) & O_APPEND && !(out->mode & FMODE_STREAM))
		return -EINVAL;
	if (in_pos && *in_pos < 0)
		return -EINVAL;
	if (!count)
		return 0;
	count = min(count, (size_t)(INT32_MAX & PAGE_MASK));
	if (in_pos)
		return copy_all(in, in_pos, out, NULL, count, opts);
	own = pos_of(in);
	if (own < 0)
		return own;
	n = copy_all(in, &own, out, NULL, count, opts);
	if (n > 0 && set_pos(in, own))
		return -EIO;
	return n;
}

static int check_range(struct file *in, off_t pin, struct file *out, off_t pout, size_t *len)
{
	off_t in_end, out_end;

	if (file_is_dir(in) || file_is_dir(out))
		return -EISDIR;
	if (!file_is_reg(in) || !file_is_reg(out))
		return -EINVAL;
	if (!(in->mode & FMODE_READ) || !(out->mode & FMODE_WRITE) || file_flags(out) & O_APPEND)
		return -EBADF;
	if (out->inode->flags & INODE_IMMUTABLE)
		return -EPERM;
	if (pin < 0 || pout < 0)
		return -EINVAL;
	*len = min(*len, (size_t)(INT32_MAX & PAGE_MASK));
	if (__builtin_add_overflow(pin, (off_t)*len, &in_end) ||
	    __builtin_add_overflow(pout, (off_t)*len, &out_end))
		return -EOVERFLOW;
	if (in->inode != out->inode)
		return 0;
	/* Only what is there is copied, so only that can overlap. */
	if (pin >= (off_t)inode_size(in->inode))
		*len = 0;
	else
		*len = min(*len, inode_size(in->inode) - (u64)pin);
	return pin < pout + (off_t)*len && pout < pin + (off_t)*len ? -EINVAL : 0;
}

ssize_t vfs_copy_range(struct file *in, off_t *in_pos, struct file *out, off_t *out_pos, size_t len,
		       struct write_opts *opts)
{
	off_t pin = in_pos ? *in_pos : pos_of(in);
	off_t pout = out_pos ? *out_pos : pos_of(out);
	ssize_t n;
	int err = check_range(in, pin, out, pout, &len);

	if (err || !len)
		return err;
	n = copy_all(in, &pin, out, &pout, len, opts);
	if (n <= 0)
		return n;
	if (in_pos)
		*in_pos = pin;
	else
		err = set_pos(in, pin);
	if (out_pos)
		*out_pos = pout;
	else if (!err)
		err = set_pos(out, pout);
	return err ? err : n;
}
