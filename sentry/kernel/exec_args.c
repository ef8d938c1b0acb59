/*
 * The strings of an execve (exec.h): copied in, counted against their limit.
 *
 * argv, envp and the strings they point at usually stand close together, so the
 * guest's memory is read a page at a time: each page once, into a window that
 * pointers and strings are then taken from.
 */
#include <string.h>
#include <sys/resource.h>

#include "kernel/exec.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"

#define STRING_SPACE_MAX (6ul * 1024 * 1024) /* three quarters of Linux's _STK_LIM */

/* The page of guest memory that was read last: for pointers and for strings one each. */
struct window {
	uaddr_t page; /* 1: none */
	u8 bytes[PAGE_SIZE];
};

enum { WIN_POINTERS, WIN_STRINGS, NR_WINDOWS };

void exec_init(struct exec *x, struct task *t)
{
	*x = (struct exec){0};
	x->space = max(min(task_rlimit(t, RLIMIT_STACK) / 4, STRING_SPACE_MAX), ARG_SPACE_DEFAULT);
}

/* @n bytes at @addr, which may cross into the next page, through window @which if none has them. */
static int window_read(struct window *wins, int which, struct task *t, void *dst, uaddr_t addr,
		       size_t n)
{
	u8 *to = dst;

	while (n) {
		uaddr_t page = addr & PAGE_MASK;
		size_t off = addr - page, part = min(n, PAGE_SIZE - off);
		struct window *w = &wins[wins[!which].page == page ? !which : which];

		if (w->page != page) {
			w->page = 1;
			if (copy_from_user(t, w->bytes, page, PAGE_SIZE))
				return -EFAULT;
			w->page = page;
		}
		memcpy(to, w->bytes + off, part);
		to += part;
		addr += part;
		n -= part;
	}
	return 0;
}

/* Room for @n bytes more behind what is there. */
static int strv_reserve(struct strv *sv, size_t n)
{
	size_t size = sv->size ? sv->size : 1024;
	char *buf;

	while (size - sv->len < n)
		size *= 2;
	if (size == sv->size)
		return 0;
	buf = krealloc(sv->buf, size);
	if (!buf)
		return -ENOMEM;
	sv->buf = buf;
	sv->size = size;
	return 0;
}

/* A string takes its bytes and a pointer. */
static int take_space(struct exec *x, size_t n)
{
	if (n > x->space)
		return -E2BIG;
	x->space -= n;
	return 0;
}

/* One string of the guest's, appended page by page until its NUL. */
static int add_user_string(struct exec *x, struct window *wins, struct task *t, uaddr_t addr,
			   struct strv *sv)
{
	size_t start = sv->len;

	for (;;) {
		size_t part = PAGE_SIZE - (addr & (PAGE_SIZE - 1));
		char *to, *nul;
		int err;

		err = strv_reserve(sv, part);
		if (err)
			return err;
		to = sv->buf + sv->len;
		err = window_read(wins, WIN_STRINGS, t, to, addr, part);
		if (err)
			return err;
		nul = memchr(to, 0, part);
		if (nul)
			part = (size_t)(nul - to) + 1;
		sv->len += part;
		if (sv->len - start > MAX_ARG_STRLEN)
			return -E2BIG;
		err = take_space(x, part);
		if (err)
			return err;
		if (nul)
			break;
		addr += part;
	}
	sv->nr++;
	return take_space(x, sizeof(uaddr_t));
}

static int add_user_strings(struct exec *x, struct task *t, struct window *wins, uaddr_t uaddr,
			    struct strv *sv)
{
	while (uaddr) {
		uaddr_t p;
		int err = window_read(wins, WIN_POINTERS, t, &p, uaddr, sizeof(p));

		if (err || !p)
			return err;
		err = add_user_string(x, wins, t, p, sv);
		if (err)
			return err;
		uaddr += sizeof(p);
	}
	return 0;
}

int exec_strings_user(struct exec *x, struct task *t, uaddr_t argv, uaddr_t envp)
{
	cleanup_free struct window *wins = kzalloc(NR_WINDOWS * sizeof(*wins));
	int err;

	if (!wins)
		return -ENOMEM;
	wins[WIN_POINTERS].page = wins[WIN_STRINGS].page = 1;
	err = add_user_strings(x, t, wins, envp, &x->envp);
	return err ? err : add_user_strings(x, t, wins, argv, &x->argv);
}

int exec_strv_add(struct exec *x, struct strv *sv, const char *str)
{
	size_t n = strlen(str) + 1;
	int err;

	if (n > MAX_ARG_STRLEN)
		return -E2BIG;
	err = take_space(x, n + sizeof(uaddr_t));
	if (!err)
		err = strv_reserve(sv, n);
	if (err)
		return err;
	memcpy(sv->buf + sv->len, str, n);
	sv->len += n;
	sv->nr++;
	return 0;
}

int exec_strv_prepend(struct exec *x, struct strv *sv, u32 drop, const char *const *strs,
		      unsigned n)
{
	struct strv old = *sv;
	size_t off = 0;
	int err = 0;

	*sv = (struct strv){0};
	for (u32 i = 0; i < drop && i < old.nr; i++)
		off += strlen(old.buf + off) + 1;
	x->space += off + min(drop, old.nr) * sizeof(uaddr_t);
	for (unsigned i = 0; i < n && !err; i++)
		err = exec_strv_add(x, sv, strs[i]);
	if (!err)
		err = strv_reserve(sv, old.len - off);
	if (!err) {
		if (old.len > off)
			memcpy(sv->buf + sv->len, old.buf + off, old.len - off);
		sv->len += old.len - off;
		sv->nr += old.nr - min(drop, old.nr);
	}
	kfree(old.buf);
	return err;
}

int exec_set_names(struct exec *x, const char *filename)
{
	x->filename = kstrdup(filename);
	x->interp = kstrdup(filename);
	if (!x->filename || !x->interp)
		return -ENOMEM;
	return take_space(x, strlen(filename) + 1);
}
