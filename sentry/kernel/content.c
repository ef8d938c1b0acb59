/*
 * The first bytes of a file, told to the stub with the open: so the reads that follow
 * are answered there.
 *
 * Bytes that nobody reads cost as much as those that somebody does.  So a task is told
 * what it made use of lately: who reads files whole, as interpreters, compilers and
 * searches do, is told small ones whole; who reads their beginnings, as loaders do, some;
 * who only maps them, nothing.
 *
 * A read is more than its bytes: it moves the atime, and is heard of by those who watch
 * the file.  Where it would be, nothing is told; when somebody begins to watch, or the
 * atime is set, the epoch moves.
 *
 * Locks: none; all of it is the owner's.
 */
#include "kernel/content.h"

#include <fcntl.h>

#include "fs/attr.h"
#include "fs/file.h"
#include "kernel/task.h"
#include "lib/iov_iter.h"
#include "platform/facts.h"

#define BEGINNING 4096 /* what most read first is less */
#define UNREAD    3    /* who has not read in so many files only maps them */
#define WHOLE_FOR 3    /* files that are told whole after one that was read so */

bool content_may_tell(const struct file *f)
{
	struct timespec now;

	if (file_flags(f) & O_DIRECT || !path_valid(&f->path))
		return false;
	return file_flags(f) & O_NOATIME || !atime_is_old(f->path.mnt, f->inode, &now);
}

static u32 wanted(const struct readings *r, u64 size)
{
	if (r->whole && size <= VCPU_BYTES_MAX)
		return (u32)size;
	return r->unread < UNREAD ? (u32)min(size, (u64)BEGINNING) : 0;
}

u32 content_read(struct task *t, struct file *f)
{
	u32 len = wanted(&t->tells.habit, inode_size(f->inode));
	void *bytes = len ? vcpu_file_bytes(t->vcpu, len) : NULL;
	struct iov_iter it;
	off_t pos = 0;
	ssize_t n;

	if (!bytes)
		return 0;
	iov_iter_kernel(&it, bytes, len);
	n = f->ops->read(f, &it, &pos);
	return n == (ssize_t)len ? len : 0;
}

void content_learn(struct readings *r, u64 pos, u64 size)
{
	if (size == 0)
		return;
	if (pos >= size)
		r->whole = WHOLE_FOR;
	else if (r->whole)
		r->whole--;
	if (pos)
		r->unread = 0;
	else if (r->unread < UNREAD)
		r->unread++;
}
