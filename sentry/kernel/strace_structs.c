/* Structs of fixed size, as strace prints them (strace.h). */
#include "kernel/strace_internal.h"

#include <linux/capability.h>
#include <linux/stat.h>
#include <mqueue.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <utime.h>

/* The C types stand for Linux's: on x86-64 they are laid out alike. */
_Static_assert(sizeof(struct stat) == 144 && sizeof(struct statfs) == 120, "layout");
_Static_assert(sizeof(struct statx) == 256 && sizeof(struct rusage) == 144, "layout");
_Static_assert(sizeof(struct sysinfo) == 112 && sizeof(siginfo_t) == 128, "layout");
_Static_assert(sizeof(struct epoll_event) == 12 && sizeof(struct msghdr) == 56, "layout");
_Static_assert(sizeof(struct utsname) == 390 && sizeof(struct mq_attr) == 64, "layout");

/* rt_sigaction's own struct, which is not the C library's. */
struct guest_sigaction {
	u64 handler, flags, restorer, mask;
};

void sout_timespec(struct strace_line *l, const struct timespec *ts)
{
	if (ts->tv_nsec == UTIME_NOW)
		sout(l, "UTIME_NOW");
	else if (ts->tv_nsec == UTIME_OMIT)
		sout(l, "UTIME_OMIT");
	else
		sout(l, "{tv_sec=%lld, tv_nsec=%lld}", (long long)ts->tv_sec,
		     (long long)ts->tv_nsec);
}

void sout_timeval(struct strace_line *l, const struct timeval *tv)
{
	sout(l, "{tv_sec=%lld, tv_usec=%lld}", (long long)tv->tv_sec, (long long)tv->tv_usec);
}

static void out_itimerspec(struct strace_line *l, const struct itimerspec *it)
{
	sout(l, "{it_interval=");
	sout_timespec(l, &it->it_interval);
	sout(l, ", it_value=");
	sout_timespec(l, &it->it_value);
	sout(l, "}");
}

static void out_itimerval(struct strace_line *l, const struct itimerval *it)
{
	sout(l, "{it_interval=");
	sout_timeval(l, &it->it_interval);
	sout(l, ", it_value=");
	sout_timeval(l, &it->it_value);
	sout(l, "}");
}

void sout_sigset(struct strace_line *l, u64 set)
{
	bool inverse = __builtin_popcountll(set) > 32;
	const char *sep = "";

	if (inverse)
		set = ~set;
	sout(l, inverse ? "~[" : "[");
	for (int sig = 1; sig <= 64; sig++) {
		if (!(set >> (sig - 1) & 1))
			continue;
		if (sig < 32)
			sout(l, "%s%s", sep, sigabbrev_np(sig));
		else if (sig == 32)
			sout(l, "%sRTMIN", sep);
		else
			sout(l, "%sRT_%d", sep, sig - 32);
		sep = " ";
	}
	sout(l, "]");
}

static void out_sigaction(struct strace_line *l, const struct guest_sigaction *sa)
{
	if (sa->handler <= 1)
		sout(l, "{sa_handler=%s", sa->handler ? "SIG_IGN" : "SIG_DFL");
	else
		sout(l, "{%s=%#llx", sa->flags & SA_SIGINFO ? "sa_sigaction" : "sa_handler",
		     (unsigned long long)sa->handler);
	sout(l, ", sa_mask=");
	sout_sigset(l, sa->mask);
	sout(l, ", sa_flags=");
	sout_sa_flags(l, sa->flags);
	if (sa->restorer)
		sout(l, ", sa_restorer=%#llx", (unsigned long long)sa->restorer);
	sout(l, "}");
}

void sout_siginfo(struct strace_line *l, const siginfo_t *si)
{
	sout(l, "{si_signo=");
	sout_sig(l, si->si_signo);
	sout(l, ", si_code=");
	sout_si_code(l, si->si_signo, si->si_code);
	if (si->si_signo == SIGCHLD && si->si_code > 0) {
		sout(l, ", si_pid=%d, si_uid=%u, si_status=", si->si_pid, si->si_uid);
		if (si->si_code == CLD_EXITED)
			sout(l, "%d", si->si_status);
		else
			sout_sig(l, si->si_status);
	} else if (si->si_code > 0 && (si->si_signo == SIGSEGV || si->si_signo == SIGBUS ||
				       si->si_signo == SIGILL || si->si_signo == SIGFPE)) {
		sout(l, ", si_addr=");
		sout_addr(l, (u64)(uintptr_t)si->si_addr);
	} else if (si->si_code <= 0) {
		sout(l, ", si_pid=%d, si_uid=%u", si->si_pid, si->si_uid);
		if (si->si_code == SI_QUEUE || si->si_code == SI_TIMER)
			sout(l, ", si_int=%d, si_ptr=%p", si->si_int, si->si_ptr);
	}
	sout(l, "}");
}

void sout_wstatus(struct strace_line *l, u32 v)
{
	int status = (int)v;

	sout(l, "[{");
	if (WIFEXITED(status)) {
		sout(l, "WIFEXITED(s) && WEXITSTATUS(s) == %d", WEXITSTATUS(status));
	} else if (WIFSTOPPED(status)) {
		sout(l, "WIFSTOPPED(s) && WSTOPSIG(s) == ");
		sout_sig(l, WSTOPSIG(status));
	} else if (WIFCONTINUED(status)) {
		sout(l, "WIFCONTINUED(s)");
	} else {
		sout(l, "WIFSIGNALED(s) && WTERMSIG(s) == ");
		sout_sig(l, WTERMSIG(status));
		if (WCOREDUMP(status))
			sout(l, " && WCOREDUMP(s)");
	}
	sout(l, "}]");
}

static void out_stat(struct strace_line *l, const struct stat *st)
{
	sout(l, "{st_mode=");
	sout_mode(l, st->st_mode);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		sout(l, ", st_rdev=makedev(%#x, %#x)", major(st->st_rdev), minor(st->st_rdev));
	else
		sout(l, ", st_size=%lld", (long long)st->st_size);
	sout(l, ", ...}");
}

static void out_statx(struct strace_line *l, const struct statx *st)
{
	sout(l, "{stx_mask=");
	sout_set(l, SET_statx, st->stx_mask);
	sout(l, ", stx_attributes=%#llx, stx_mode=", (unsigned long long)st->stx_attributes);
	sout_mode(l, st->stx_mode);
	sout(l, ", stx_size=%llu, ...}", (unsigned long long)st->stx_size);
}

static void out_statfs(struct strace_line *l, const struct statfs *f)
{
	sout(l,
	     "{f_type=%#lx, f_bsize=%ld, f_blocks=%lu, f_bfree=%lu, f_bavail=%lu, f_files=%lu, "
	     "f_ffree=%lu, f_namelen=%ld, f_frsize=%ld, f_flags=%#lx}",
	     (unsigned long)f->f_type, (long)f->f_bsize, (unsigned long)f->f_blocks,
	     (unsigned long)f->f_bfree, (unsigned long)f->f_bavail, (unsigned long)f->f_files,
	     (unsigned long)f->f_ffree, (long)f->f_namelen, (long)f->f_frsize,
	     (unsigned long)f->f_flags);
}

static void out_rlim(struct strace_line *l, const char *name, u64 v)
{
	if (v == RLIM64_INFINITY)
		sout(l, "%s=RLIM64_INFINITY", name);
	else if (v && v % 1024 == 0)
		sout(l, "%s=%llu*1024", name, (unsigned long long)(v / 1024));
	else
		sout(l, "%s=%llu", name, (unsigned long long)v);
}

static void out_rlimit(struct strace_line *l, const struct rlimit64 *r)
{
	out_rlim(l, "{rlim_cur", r->rlim_cur);
	out_rlim(l, ", rlim_max", r->rlim_max);
	sout(l, "}");
}

static void out_rusage(struct strace_line *l, const struct rusage *ru)
{
	sout(l, "{ru_utime=");
	sout_timeval(l, &ru->ru_utime);
	sout(l, ", ru_stime=");
	sout_timeval(l, &ru->ru_stime);
	sout(l, ", ...}");
}

static void out_utsname(struct strace_line *l, const struct utsname *u)
{
	sout(l, "{sysname=");
	sout_bytes(l, u->sysname, strnlen(u->sysname, sizeof(u->sysname)), false);
	sout(l, ", nodename=");
	sout_bytes(l, u->nodename, strnlen(u->nodename, sizeof(u->nodename)), false);
	sout(l, ", release=");
	sout_bytes(l, u->release, strnlen(u->release, sizeof(u->release)), false);
	sout(l, ", ...}");
}

static void out_sysinfo(struct strace_line *l, const struct sysinfo *s)
{
	sout(l, "{uptime=%ld, loads=[%lu, %lu, %lu], totalram=%lu, freeram=%lu, procs=%u, ...}",
	     s->uptime, s->loads[0], s->loads[1], s->loads[2], s->totalram, s->freeram, s->procs);
}

static void out_stack(struct strace_line *l, const stack_t *s)
{
	if (s->ss_flags & SS_DISABLE)
		return sout(l, "{ss_sp=NULL, ss_flags=SS_DISABLE, ss_size=%zu}", s->ss_size);
	sout(l, "{ss_sp=%p, ss_flags=%s, ss_size=%zu}", s->ss_sp,
	     s->ss_flags & SS_ONSTACK ? "SS_ONSTACK" : "0", s->ss_size);
}

static void out_sigevent(struct strace_line *l, const struct sigevent *e)
{
	sout(l, "{sigev_value={sival_int=%d, sival_ptr=%p}, sigev_signo=", e->sigev_value.sival_int,
	     e->sigev_value.sival_ptr);
	sout_sig(l, e->sigev_signo);
	sout(l, ", sigev_notify=%d}", e->sigev_notify);
}

static void out_pollfd(struct strace_line *l, const struct pollfd *p)
{
	sout(l, "{fd=%d, events=", p->fd);
	sout_poll_events(l, (u16)p->events);
	if (p->revents) {
		sout(l, ", revents=");
		sout_poll_events(l, (u16)p->revents);
	}
	sout(l, "}");
}

static void out_epoll_event(struct strace_line *l, const struct epoll_event *e)
{
	sout(l, "{events=");
	sout_epoll_events(l, e->events);
	sout(l, ", data={u32=%u, u64=%#llx}}", e->data.u32, (unsigned long long)e->data.u64);
}

static void out_msghdr(struct strace_line *l, const struct strace_mem *m, const struct msghdr *h)
{
	uaddr_t name = (uintptr_t)h->msg_name, iov = (uintptr_t)h->msg_iov;

	sout(l, "{msg_name=");
	if (!name || !h->msg_namelen || !sout_span(l, m, TYPE_sockaddr, name, h->msg_namelen, 0))
		sout_addr(l, name);
	sout(l, ", msg_namelen=%u, msg_iov=", h->msg_namelen);
	if (!iov || !sout_span(l, m, TYPE_iovec, iov, h->msg_iovlen, SIZE_MAX))
		sout_addr(l, iov);
	sout(l, ", msg_iovlen=%zu, ", h->msg_iovlen);
	if (h->msg_controllen)
		sout(l, "msg_control=%p, ", h->msg_control);
	sout(l, "msg_controllen=%zu, msg_flags=", h->msg_controllen);
	sout_set(l, SET_msg, (u32)h->msg_flags);
	sout(l, "}");
}

static void out_mmsghdr(struct strace_line *l, const struct strace_mem *m, const struct mmsghdr *h)
{
	sout(l, "{msg_hdr=");
	out_msghdr(l, m, &h->msg_hdr);
	sout(l, ", msg_len=%u}", h->msg_len);
}

static void out_sembuf(struct strace_line *l, const u16 *s)
{
	sout(l, "{%u, %d, %#x}", s[0], (s16)s[1], s[2]);
}

static bool out_time_struct(struct strace_line *l, enum syscall_type type, const void *p)
{
	const long *w = p;
	const int *n = p;

	switch (type) {
	case TYPE_timespec:
		sout_timespec(l, p);
		return true;
	case TYPE_timeval:
		sout_timeval(l, p);
		return true;
	case TYPE_itimerspec:
		out_itimerspec(l, p);
		return true;
	case TYPE_itimerval:
		out_itimerval(l, p);
		return true;
	case TYPE_timezone:
		sout(l, "{tz_minuteswest=%d, tz_dsttime=%d}", n[0], n[1]);
		return true;
	case TYPE_utimbuf:
		sout(l, "{actime=%ld, modtime=%ld}", w[0], w[1]);
		return true;
	case TYPE_tms:
		sout(l, "{tms_utime=%ld, tms_stime=%ld, tms_cutime=%ld, tms_cstime=%ld}", w[0],
		     w[1], w[2], w[3]);
		return true;
	default:
		return false;
	}
}

static bool out_number(struct strace_line *l, enum syscall_type type, const void *p)
{
	switch (type) {
	case TYPE_int:
	case TYPE_sched_param:
		sout(l, type == TYPE_int ? "%d" : "[%d]", *(const int *)p);
		return true;
	case TYPE_u32:
		sout(l, "%u", *(const u32 *)p);
		return true;
	case TYPE_u64:
	case TYPE_ulong:
	case TYPE_size:
		sout(l, "%llu", *(const unsigned long long *)p);
		return true;
	case TYPE_long:
	case TYPE_off:
		sout(l, "%lld", *(const long long *)p);
		return true;
	case TYPE_addr:
		sout_addr(l, *(const u64 *)p);
		return true;
	default:
		return false;
	}
}

/* Structs of signals, descriptors and sockets. */
static bool out_io_struct(struct strace_line *l, const struct strace_mem *m, enum syscall_type type,
			  const void *p)
{
	switch (type) {
	case TYPE_sigaction:
		out_sigaction(l, p);
		return true;
	case TYPE_siginfo:
		sout_siginfo(l, p);
		return true;
	case TYPE_stack:
		out_stack(l, p);
		return true;
	case TYPE_sigevent:
		out_sigevent(l, p);
		return true;
	case TYPE_pollfd:
		out_pollfd(l, p);
		return true;
	case TYPE_epoll_event:
		out_epoll_event(l, p);
		return true;
	case TYPE_msghdr:
		out_msghdr(l, m, p);
		return true;
	case TYPE_mmsghdr:
		out_mmsghdr(l, m, p);
		return true;
	default:
		return false;
	}
}

bool sout_elem(struct strace_line *l, const struct strace_mem *m, enum syscall_type type,
	       const void *p)
{
	const u64 *w = p;
	const u32 *n = p;

	switch (type) {
	case TYPE_stat:
		out_stat(l, p);
		return true;
	case TYPE_statx:
		out_statx(l, p);
		return true;
	case TYPE_statfs:
		out_statfs(l, p);
		return true;
	case TYPE_rlimit:
		out_rlimit(l, p);
		return true;
	case TYPE_rusage:
		out_rusage(l, p);
		return true;
	case TYPE_wstatus:
		sout_wstatus(l, n[0]);
		return true;
	case TYPE_utsname:
		out_utsname(l, p);
		return true;
	case TYPE_sysinfo:
		out_sysinfo(l, p);
		return true;
	case TYPE_sembuf:
		out_sembuf(l, p);
		return true;
	case TYPE_cap_header:
		sout(l, "{version=%#x, pid=%d}", n[0], (int)n[1]);
		return true;
	case TYPE_mq_attr:
		sout(l, "{mq_flags=%#llx, mq_maxmsg=%lld, mq_msgsize=%lld, mq_curmsgs=%lld}",
		     (unsigned long long)w[0], (long long)w[1], (long long)w[2], (long long)w[3]);
		return true;
	case TYPE_futex_waitv:
		sout(l, "{val=%#llx, uaddr=%#llx, flags=", (unsigned long long)w[0],
		     (unsigned long long)w[1]);
		sout_set(l, SET_futex2, n[4]);
		sout(l, "}");
		return true;
	default:
		return out_number(l, type, p) || out_time_struct(l, type, p) ||
		       out_io_struct(l, m, type, p);
	}
}

size_t stype_size(enum syscall_type type)
{
	static const u16 size[] = {
#define X(name, bytes) [TYPE_##name] = bytes,
		SYSCALL_TYPES(X)
#undef X
	};

	return size[type];
}
