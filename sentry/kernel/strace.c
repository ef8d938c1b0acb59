/*
 * One system call as a line of text (strace.h): the order of things.
 *
 * Arguments are printed as far as the first one that the call itself fills,
 * then the call is made, then the rest.  Numbers behind pointers that the call
 * replaces are read before as well, and printed "[before => after]".
 */
#include "kernel/strace.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "kernel/strace_internal.h"
#include "lib/text.h"

/* Room that is kept for " = -1 ENOENT (No such file or directory)". */
#define ROOM_FOR_RESULT 160

#define RET_PENDING     LONG_MIN

static const char *const restart_name[] = {
	[ERESTARTSYS - ERESTARTSYS] = "ERESTARTSYS (To be restarted if SA_RESTART is set)",
	[ERESTARTNOINTR - ERESTARTSYS] = "ERESTARTNOINTR (To be restarted)",
	[ERESTARTNOHAND - ERESTARTSYS] = "ERESTARTNOHAND (To be restarted if no handler)",
	[ERESTART_RESTARTBLOCK - ERESTARTSYS] = "ERESTART_RESTARTBLOCK (Interrupted by signal)",
};

/* Values of a set after which fewer arguments than the table has mean anything. */
static const struct {
	enum syscall_set set;
	u64 value;
	u8 nr_args;
} shorter[] = {
	{SET_futex, FUTEX_WAIT, 4},       {SET_futex, FUTEX_WAKE, 3},
	{SET_futex, FUTEX_LOCK_PI, 4},    {SET_futex, FUTEX_UNLOCK_PI, 2},
	{SET_futex, FUTEX_TRYLOCK_PI, 2}, {SET_fcntl, F_GETFD, 2},
	{SET_fcntl, F_GETFL, 2},          {SET_fcntl, F_GETOWN, 2},
	{SET_fcntl, F_GETSIG, 2},         {SET_fcntl, F_GETLEASE, 2},
	{SET_fcntl, F_GETPIPE_SZ, 2},     {SET_fcntl, F_GET_SEALS, 2},
	{SET_prctl, PR_SET_NAME, 2},      {SET_prctl, PR_GET_NAME, 2},
	{SET_prctl, PR_SET_PDEATHSIG, 2}, {SET_prctl, PR_GET_PDEATHSIG, 2},
	{SET_prctl, PR_SET_DUMPABLE, 2},  {SET_prctl, PR_GET_DUMPABLE, 1},
	{SET_prctl, PR_CAPBSET_READ, 2},  {SET_prctl, PR_SET_CHILD_SUBREAPER, 2},
};

/* One call on its way to text. */
struct view {
	struct strace_line *l;
	const struct syscall_desc *d;
	const struct arg_desc *arg; /* of all arguments */
	const u64 *args;
	const struct strace_mem *m;
	long ret; /* RET_PENDING before the call */
};

void sout(struct strace_line *l, const char *fmt, ...)
{
	va_list ap;

	if (l->len >= sizeof(l->text) - ROOM_FOR_RESULT)
		return;
	va_start(ap, fmt);
	text_append(l->text, sizeof(l->text) - ROOM_FOR_RESULT, &l->len, fmt, ap);
	va_end(ap);
}

/* Append what must be there: the room sout() keeps is for it. */
static void sout_end(struct strace_line *l, const char *fmt, ...) printf_like(2, 3);
static void sout_end(struct strace_line *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_append(l->text, sizeof(l->text), &l->len, fmt, ap);
	va_end(ap);
}

bool sfetch(const struct strace_mem *m, void *dst, uaddr_t src, size_t n)
{
	return src && m->read(m->ctx, dst, src, n) == (ssize_t)n;
}

void sout_addr(struct strace_line *l, u64 addr)
{
	if (addr)
		sout(l, "0x%llx", (unsigned long long)addr);
	else
		sout(l, "NULL");
}

/* read_number - the number of @type behind @addr */
static bool read_number(const struct strace_mem *m, enum syscall_type type, uaddr_t addr, u64 *ret)
{
	u32 v32;

	if (stype_size(type) == 8)
		return sfetch(m, ret, addr, 8);
	if (!sfetch(m, &v32, addr, 4))
		return false;
	*ret = type == TYPE_int ? (u64)(s64)(s32)v32 : v32;
	return true;
}

static bool is_number(const struct arg_desc *a)
{
	switch (a->type) {
	case TYPE_int:
	case TYPE_u32:
	case TYPE_u64:
	case TYPE_long:
	case TYPE_ulong:
	case TYPE_size:
	case TYPE_off:
	case TYPE_addr:
		return a->len_kind == LEN_const && a->len == 1;
	default:
		return false;
	}
}

/* Is argument @i printed only after the call? */
static bool is_late(const struct arg_desc *a)
{
	if (a->kind != ARG_mem)
		return false;
	if (a->dir == ARG_OUT || a->type == TYPE_riovec)
		return true;
	if (a->dir == ARG_IN)
		return false;
	return is_number(a) || a->type == TYPE_msghdr || a->type == TYPE_mmsghdr;
}

/* How many elements (or bytes) stand behind argument @i; 0 when that cannot be read. */
static size_t nr_elems(const struct view *v, const struct arg_desc *a)
{
	u64 n = a->len;
	u32 behind;

	if (a->len_kind == LEN_arg)
		n = v->args[a->len];
	else if (a->len_kind == LEN_ptr)
		n = sfetch(v->m, &behind, v->args[a->len], 4) ? behind : 0;
	if (a->len_kind == LEN_arg && v->arg[a->len].kind == ARG_int)
		n = (int)n > 0 ? n : 0;
	/* What a call fills is as long as the call says, where it says so. */
	if (a->dir == ARG_OUT && a->len_kind != LEN_const && v->ret >= 0 &&
	    (v->d->ret == RET_size || v->d->ret == RET_int) && a->type != TYPE_sockaddr)
		n = min(n, (u64)v->ret);
	return min(n, (u64)SIZE_MAX / 512);
}

/* The elements behind an address, in brackets if the table counts them. */
static void out_elems(struct view *v, const struct arg_desc *a, u64 addr, size_t n)
{
	u64 elem[64]; /* aligned; the largest type has 390 bytes */
	size_t size = stype_size(a->type);
	bool counted = a->len_kind != LEN_const || a->len != 1 || is_number(a);

	_Static_assert(sizeof(elem) >= 390, "an element does not fit");
	if (counted && !n)
		return sout(v->l, "[]");
	for (size_t i = 0; i < n; i++) {
		if (i == STRACE_ELEMS) {
			sout(v->l, ", ...");
			break;
		}
		if (!sfetch(v->m, elem, addr + i * size, size)) {
			if (i == 0)
				return sout_addr(v->l, addr);
			sout(v->l, ", 0x%llx", (unsigned long long)(addr + i * size));
			break;
		}
		sout(v->l, "%s", i ? ", " : counted ? "[" : "");
		if (!sout_elem(v->l, v->m, a->type, elem))
			sout(v->l, "0x%llx", (unsigned long long)(addr + i * size));
	}
	if (counted)
		sout(v->l, "]");
}

/* Has the call left argument @a alone, so that what stands there means nothing? */
static bool is_unwritten(const struct view *v, const struct arg_desc *a)
{
	if (!(a->dir & ARG_OUT) || v->ret == RET_PENDING)
		return false;
	/* The time that was left is told only when a sleep was interrupted. */
	if (a->type == TYPE_timespec && a->dir == ARG_OUT && (v->d->flags & CALL_block))
		return v->ret != -EINTR && v->ret != -ERESTART_RESTARTBLOCK;
	return v->ret < 0 || (v->ret == 0 && v->d->ret == RET_pid);
}

static void out_mem(struct view *v, size_t i)
{
	const struct arg_desc *a = &v->arg[i];
	size_t done = v->ret >= 0 && v->d->ret == RET_size ? (size_t)v->ret : SIZE_MAX;
	size_t n;
	u64 now;

	if (!v->args[i] || (a->dir == ARG_OUT && is_unwritten(v, a)))
		return sout_addr(v->l, v->args[i]);
	if ((v->l->has_in >> i & 1) && !is_unwritten(v, a) &&
	    read_number(v->m, a->type, v->args[i], &now) && now != v->l->in[i])
		return sout(v->l, "[%lld => %lld]", (long long)v->l->in[i], (long long)now);
	if (a->type == TYPE_riovec && v->ret < 0)
		done = 0;
	n = nr_elems(v, a);
	if (!sout_span(v->l, v->m, a->type, v->args[i], n, done))
		out_elems(v, a, v->args[i], n);
}

/* The argument of fcntl(2), where its command says what it is; false: nobody knows. */
static bool out_fcntl(struct view *v, size_t i)
{
	u64 arg = v->args[i];

	if (i == 0 || v->arg[i - 1].kind != ARG_flags || v->arg[i - 1].set != SET_fcntl)
		return false;
	switch ((int)v->args[i - 1]) {
	case F_SETFD:
		if (arg == FD_CLOEXEC)
			sout(v->l, "FD_CLOEXEC");
		else
			sout(v->l, "%#llx", (unsigned long long)arg);
		return true;
	case F_SETFL:
		sout_set(v->l, SET_open, arg);
		return true;
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
	case F_SETOWN:
	case F_SETPIPE_SZ:
		sout(v->l, "%d", (int)arg);
		return true;
	default:
		return false;
	}
}

static void out_arg(struct view *v, size_t i)
{
	const struct arg_desc *a = &v->arg[i];
	struct strace_line *l = v->l;
	u64 arg = v->args[i];

	switch ((enum arg_kind)a->kind) {
	case ARG_dirfd:
		if ((int)arg == AT_FDCWD)
			return sout(l, "AT_FDCWD");
		return sout(l, "%d", (int)arg);
	case ARG_fd:
	case ARG_int:
	case ARG_pid:
		return sout(l, "%d", (int)arg);
	case ARG_uint:
		return sout(l, "%u", (u32)arg);
	case ARG_uid:
	case ARG_gid:
		return sout(l, "%lld", (u32)arg == (u32)-1 ? -1ll : (long long)(u32)arg);
	case ARG_long:
	case ARG_off:
		return sout(l, "%lld", (long long)arg);
	case ARG_size:
		return sout(l, "%llu", (unsigned long long)arg);
	case ARG_ulong:
		if (!out_fcntl(v, i))
			sout(l, arg < 4096 ? "%llu" : "0x%llx", (unsigned long long)arg);
		return;
	case ARG_mode:
		return sout(l, "%#o", (u32)arg);
	case ARG_sig:
		return sout_sig(l, (int)arg);
	case ARG_clk:
		return sout_clock(l, (int)arg);
	case ARG_addr:
		return sout_addr(l, arg);
	case ARG_flags:
	case ARG_uflags:
		return sout_set(l, a->set, (u32)arg);
	case ARG_lflags:
		return sout_set(l, a->set, arg);
	case ARG_path:
		return sout_string(l, v->m, arg, STRACE_LINE);
	case ARG_str:
		return sout_string(l, v->m, arg, STRACE_LINE / 2);
	case ARG_mem:
		return out_mem(v, i);
	}
}

/* How many arguments are worth printing, as earlier ones say. */
static size_t nr_wanted(const struct view *v)
{
	size_t nr = v->d->nr_args;

	for (size_t i = 0; i < nr; i++) {
		const struct arg_desc *a = &v->arg[i];
		u64 value = (u32)v->args[i];

		/* The mode of a file that is not made. */
		if (a->kind == ARG_mode && i && v->arg[i - 1].kind == ARG_flags &&
		    v->arg[i - 1].set == SET_open && !(v->args[i - 1] & (O_CREAT | __O_TMPFILE)))
			return i;
		if (a->kind != ARG_flags)
			continue;
		if (a->set == SET_futex)
			value &= FUTEX_CMD_MASK;
		for (size_t k = 0; k < ARRAY_SIZE(shorter); k++)
			if (shorter[k].set == a->set && shorter[k].value == value)
				return min(nr, (size_t)shorter[k].nr_args);
	}
	return nr;
}

static bool view_init(struct view *v, struct strace_line *l, u64 nr, const u64 args[6],
		      const struct strace_mem *m, long ret)
{
	*v = (struct view){.l = l, .args = args, .m = m, .ret = ret};
	v->d = syscall_lookup(nr);
	if (!v->d)
		return false;
	v->arg = syscall_args[nr];
	return true;
}

static void out_args(struct view *v, bool late)
{
	size_t nr = nr_wanted(v);

	for (; v->l->next < nr; v->l->next++) {
		if (!late && is_late(&v->arg[v->l->next]))
			return;
		if (v->l->next)
			sout(v->l, ", ");
		out_arg(v, v->l->next);
	}
}

static void line_init(struct strace_line *l, int pid)
{
	l->len = 0;
	l->next = 0;
	l->has_in = 0;
	sout(l, "%d ", pid);
}

void strace_enter(struct strace_line *l, int pid, u64 nr, const u64 args[6],
		  const struct strace_mem *m)
{
	struct view v;

	line_init(l, pid);
	if (!view_init(&v, l, nr, args, m, RET_PENDING)) {
		sout(l, "syscall_%#llx(", (unsigned long long)nr);
		for (int i = 0; i < 6; i++)
			sout(l, "%s%#llx", i ? ", " : "", (unsigned long long)args[i]);
		return;
	}
	sout(l, "%s(", v.d->name);
	for (size_t i = 0; i < v.d->nr_args; i++) {
		const struct arg_desc *a = &v.arg[i];

		if (a->kind == ARG_mem && a->dir == (ARG_IN | ARG_OUT) && is_number(a) &&
		    read_number(m, a->type, args[i], &l->in[i]))
			l->has_in |= (u8)(1u << i);
	}
	out_args(&v, false);
}

static const char *restart_of(long ret)
{
	long i = -ret - ERESTARTSYS;

	return i >= 0 && i < (long)ARRAY_SIZE(restart_name) ? restart_name[i] : NULL;
}

static void out_result(struct strace_line *l, const struct syscall_desc *d, long ret)
{
	int err = ret < 0 && ret >= -4095 ? (int)-ret : 0;

	if (l->len >= sizeof(l->text) - ROOM_FOR_RESULT - 1)
		sout_end(l, "...");
	if (err && restart_of(ret))
		return sout_end(l, ") = ? %s", restart_of(ret));
	if (err && strerrorname_np(err))
		return sout_end(l, ") = -1 %s (%s)", strerrorname_np(err), strerrordesc_np(err));
	if (d && d->ret == RET_addr)
		return sout_end(l, ret ? ") = %#lx" : ") = NULL", (unsigned long)ret);
	sout_end(l, ") = %ld", ret);
}

/* What stands now behind arguments that were printed before the call already. */
static void out_changed(struct view *v)
{
	const char *sep = " (";

	if (v->ret <= 0)
		return;
	for (size_t i = 0; i < v->d->nr_args; i++) {
		const struct arg_desc *a = &v->arg[i];

		if (a->kind != ARG_mem || a->dir != (ARG_IN | ARG_OUT) || is_late(a) ||
		    !v->args[i] || (a->type != TYPE_pollfd && a->type != TYPE_fdset))
			continue;
		sout_end(v->l, "%s%s ", sep, a->name);
		out_mem(v, i);
		sep = ", ";
	}
	if (*sep == ',')
		sout_end(v->l, ")");
}

void strace_leave(struct strace_line *l, u64 nr, const u64 args[6], long ret,
		  const struct strace_mem *m)
{
	struct view v;
	bool known = view_init(&v, l, nr, args, m, ret);

	if (known)
		out_args(&v, true);
	out_result(l, v.d, ret);
	if (known)
		out_changed(&v);
	sout_end(l, "\n");
}

void strace_noreturn(struct strace_line *l)
{
	sout_end(l, ") = ?\n");
}

void strace_signal(struct strace_line *l, int pid, const siginfo_t *info)
{
	line_init(l, pid);
	sout(l, "--- ");
	sout_sig(l, info->si_signo);
	sout(l, " ");
	sout_siginfo(l, info);
	sout_end(l, " ---\n");
}

void strace_exit(struct strace_line *l, int pid, int status)
{
	line_init(l, pid);
	if (WIFSIGNALED(status)) {
		sout(l, "+++ killed by ");
		sout_sig(l, WTERMSIG(status));
		sout_end(l, "%s +++\n", WCOREDUMP(status) ? " (core dumped)" : "");
	} else {
		sout_end(l, "+++ exited with %d +++\n", WEXITSTATUS(status));
	}
}
