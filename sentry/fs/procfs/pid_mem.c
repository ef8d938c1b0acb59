/* /proc/PID/mem, cmdline, environ, auxv: bytes out of a process. */
#include "fs/procfs/internal.h"
#include "mm/mm.h"
#include "mm/uaccess.h"

#define AREA_MAX  (2ul << 20) /* of strings that one reader makes us hold */
#define MEM_CHUNK (64ul << 10)

/* Append what can be read of [start, end). */
static void add_area(struct seq *s, struct mm *mm, uaddr_t start, uaddr_t end)
{
	char chunk[1024];

	end = min(end, start + AREA_MAX);
	while (start < end) {
		ssize_t n = mm_read(mm, chunk, start, min(sizeof(chunk), end - start));

		if (n <= 0)
			return;
		seq_write(s, chunk, (size_t)n);
		start += (uaddr_t)n;
	}
}

int proc_cmdline(struct pseudo_file *pf, struct seq *s)
{
	cleanup_task struct task *t = proc_task(pf);
	cleanup_mm struct mm *mm = t ? task_mm_get(t) : NULL;
	uaddr_t arg_start, arg_end, env_end;
	size_t len;

	if (!t)
		return -ESRCH;
	if (!mm)
		return 0;
	mutex_lock(&mm->mmap_lock);
	arg_start = mm->arg_start;
	arg_end = mm->arg_end;
	env_end = mm->env_end;
	mutex_unlock(&mm->mmap_lock);
	add_area(s, mm, arg_start, arg_end);
	/* As on Linux: a title written over the arguments may run on into the environment. */
	if (!s->len || s->buf[s->len - 1] == 0 || env_end <= arg_end)
		return 0;
	len = strnlen(s->buf, s->len);
	if (len < s->len) {
		s->len = len;
		return 0;
	}
	add_area(s, mm, arg_end, env_end);
	s->len = strnlen(s->buf, s->len);
	return 0;
}

int proc_environ(struct pseudo_file *pf, struct seq *s)
{
	struct mm *mm = pf->mm;
	uaddr_t start, end;

	if (!mm)
		return 0;
	mutex_lock(&mm->mmap_lock);
	start = mm->env_start;
	end = mm->env_end;
	mutex_unlock(&mm->mmap_lock);
	add_area(s, mm, start, end);
	return 0;
}

int proc_auxv(struct pseudo_file *pf, struct seq *s)
{
	size_t n = 0;

	if (!pf->mm)
		return 0;
	while (n + 2 <= AUXV_MAX && pf->mm->auxv[n])
		n += 2;
	seq_write(s, pf->mm->auxv, min(n + 2, (size_t)AUXV_MAX) * sizeof(u64));
	return 0;
}

/* An open /proc/PID/mem. */
struct mem_file {
	struct file file; /* base */
	struct mm *mm;    /* counted; NULL: the process had none */
};

static struct mem_file *to_mem(struct file *f)
{
	return container_of(f, struct mem_file, file);
}

static ssize_t mem_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct mm *mm = to_mem(f)->mm;
	cleanup_free char *buf = kzalloc(MEM_CHUNK);
	ssize_t done = 0, n = 0;

	if (!buf)
		return -ENOMEM;
	while (mm && iov_iter_count(dst)) {
		ssize_t moved;

		n = mm_read(mm, buf, (uaddr_t)*pos, min(iov_iter_count(dst), MEM_CHUNK));
		if (n <= 0)
			break;
		moved = copy_to_iter_some(dst, buf, (size_t)n);
		if (moved <= 0) {
			n = moved;
			break;
		}
		done += moved;
		*pos += moved;
	}
	if (done || !mm || !iov_iter_count(dst))
		return done;
	return n == -EFAULT ? -EIO : n;
}

static ssize_t mem_write(struct file *f, struct iov_iter *src, off_t *pos)
{
	struct mm *mm = to_mem(f)->mm;
	cleanup_free char *buf = kzalloc(MEM_CHUNK);
	ssize_t done = 0, n = 0;

	if (!buf)
		return -ENOMEM;
	while (mm && iov_iter_count(src)) {
		ssize_t got = copy_from_iter_some(buf, src, min(iov_iter_count(src), MEM_CHUNK));

		if (got <= 0) {
			n = got;
			break;
		}
		n = mm_write(mm, (uaddr_t)*pos, buf, (size_t)got);
		if (n <= 0)
			break;
		done += n;
		*pos += n;
		if (n < got)
			break;
	}
	if (done || !mm || (!n && !iov_iter_count(src)))
		return done;
	return n == -EFAULT ? -EIO : n;
}

static off_t mem_llseek(struct file *f, off_t off, int whence)
{
	if (whence != SEEK_SET && whence != SEEK_CUR)
		return -EINVAL;
	/* Any address, the highest included. */
	return whence == SEEK_SET ? off : f->pos + off;
}

static void mem_release(struct file *f)
{
	struct mem_file *mf = to_mem(f);

	if (mf->mm)
		mm_put(mf->mm);
	kfree(mf);
}

static const struct file_ops mem_ops = {
	.read = mem_read,
	.write = mem_write,
	.llseek = mem_llseek,
	.release = mem_release,
};

int proc_mem_open(struct pseudo_inode *pi, const struct open_args *args, struct file **ret)
{
	cleanup_task struct task *t = pid_task_get(pi->pid, pi->thread);
	struct mem_file *mf;

	if (!t)
		return -ESRCH;
	if (task_may_look(args->task, args->cred, t))
		return -EACCES;
	mf = kzalloc(sizeof(*mf));
	if (!mf)
		return -ENOMEM;
	file_init(&mf->file, &mem_ops, args->flags);
	file_set_inode(&mf->file, &pi->inode);
	mf->mm = task_mm_get(t);
	*ret = &mf->file;
	return 0;
}
