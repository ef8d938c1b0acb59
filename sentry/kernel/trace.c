/*
 * Writes the lines that strace.c makes (trace.h).
 *
 * The beginning of a line is written before the call, so that a task that
 * sleeps is seen sleeping; the rest follows when the call is done.  Whoever
 * writes in between ends the open line first.
 *
 * Locks: out_mu guards the descriptor and open_line, and is held while a line
 * is written: a reader who is slow slows the guest, as strace does.
 */
#include "kernel/trace.h"

#include "host/host.h"
#include "kernel/task.h"
#include "lib/iov_iter.h"
#include "sys/syscall_desc.h"

static bool enabled;                /* immutable once tasks run */
static struct strace_filter filter; /* immutable once tasks run */
static hostfd_t out_fd;             /* immutable once tasks run */

static struct mutex out_mu;          /* LOCK_LEAF */
static const struct task *open_line; /* guarded by out_mu: whose call the last line shows; NULL */

int trace_enable(const char *calls, hostfd_t fd)
{
	int err = strace_filter_parse(calls, &filter);

	if (err)
		return err;
	mutex_init(&out_mu, LOCK_LEAF);
	out_fd = fd;
	enabled = true;
	return 0;
}

bool trace_is_on(void)
{
	return enabled;
}

bool trace_wants(u64 nr)
{
	return unlikely(enabled) && strace_wanted(&filter, nr);
}

/* When the reader is gone the lines are lost, and the guest goes on. */
static void write_all(const char *text, size_t len)
{
	while (len) {
		ssize_t n = host_write(out_fd, text, len);

		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

static void end_open_line_locked(const struct task *t) REQUIRES(out_mu)
{
	static const char unfinished[] = " <unfinished ...>\n";

	if (open_line && open_line != t)
		write_all(unfinished, sizeof(unfinished) - 1);
	open_line = NULL;
}

/* A whole line, or with @keep_open its beginning. */
static void write_line(const struct task *t, const char *text, size_t len, bool keep_open)
{
	mutex_lock(&out_mu);
	end_open_line_locked(NULL);
	write_all(text, len);
	open_line = keep_open ? t : NULL;
	mutex_unlock(&out_mu);
}

/* The rest of the line that @t began. */
static void write_rest(const struct task *t, u64 nr, const char *text, size_t len)
{
	const struct syscall_desc *d = syscall_lookup(nr);
	char head[80];
	int n;

	mutex_lock(&out_mu);
	if (open_line != t) {
		end_open_line_locked(t);
		n = snprintf(head, sizeof(head), "%d <... %s resumed>", task_tid(t),
			     d ? d->name : "unknown call");
		write_all(head, (size_t)n);
	}
	write_all(text, len);
	open_line = NULL;
	mutex_unlock(&out_mu);
}

static ssize_t read_guest(void *ctx, void *dst, uaddr_t src, size_t n)
{
	struct task *t = ctx;
	struct iov_iter it;

	if (!t->mm)
		return -EFAULT;
	iov_iter_guest(&it, t->mm, src, n);
	return copy_from_iter_some(dst, &it, n);
}

long trace_call(struct task *t, u64 nr, const u64 args[6],
		long (*serve)(struct task *t, u64 nr, const u64 args[6]))
{
	const struct strace_mem mem = {.read = read_guest, .ctx = t};
	const struct syscall_desc *d = syscall_lookup(nr);
	bool returns = !d || !(d->flags & CALL_noret);
	struct strace_line l;
	size_t written;
	long ret;

	strace_enter(&l, task_tid(t), nr, args, &mem);
	if (!returns)
		strace_noreturn(&l);
	written = l.len;
	write_line(t, l.text, written, returns);
	ret = serve(t, nr, args);
	if (returns) {
		strace_leave(&l, nr, args, ret, &mem);
		write_rest(t, nr, l.text + written, l.len - written);
	}
	return ret;
}

void trace_signal(struct task *t, const siginfo_t *info)
{
	struct strace_line l;

	if (likely(!enabled))
		return;
	strace_signal(&l, task_tid(t), info);
	write_line(t, l.text, l.len, false);
}

void trace_exit(struct task *t, int status)
{
	struct strace_line l;

	if (likely(!enabled))
		return;
	strace_exit(&l, task_tid(t), status);
	write_line(t, l.text, l.len, false);
}
