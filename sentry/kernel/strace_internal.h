/* What the files of strace share. */
#pragma once
#include "kernel/strace.h"
#include "sys/syscall_desc.h"

#define STRACE_STR   32 /* bytes of a buffer that are shown */
#define STRACE_ELEMS 16 /* elements of an array that are shown */

/* sout - append; what does not fit is dropped, room for the result is kept */
void sout(struct strace_line *l, const char *fmt, ...) printf_like(2, 3);

/* sfetch - @n bytes of the guest's; false: some cannot be read */
bool sfetch(const struct strace_mem *m, void *dst, uaddr_t src, size_t n) must_check;

/* sout_addr - an address, or NULL */
void sout_addr(struct strace_line *l, u64 addr);

/* sout_set - a value of a named set */
void sout_set(struct strace_line *l, enum syscall_set set, u64 v);

/* sout_sig, sout_clock - by name where there is one */
void sout_sig(struct strace_line *l, int sig);
void sout_clock(struct strace_line *l, int clock);

/* Names that only structs use: events of poll and epoll, sa_flags, file modes, signal codes. */
void sout_poll_events(struct strace_line *l, u64 v);
void sout_epoll_events(struct strace_line *l, u64 v);
void sout_sa_flags(struct strace_line *l, u64 v);
void sout_resolve(struct strace_line *l, u64 v);
void sout_si_code(struct strace_line *l, int sig, int code);
void sout_mode(struct strace_line *l, u32 mode);

/* sout_bytes - quoted and escaped bytes of ours; @more: "..." behind the quotes */
void sout_bytes(struct strace_line *l, const void *bytes, size_t n, bool more);

/* sout_buffer, sout_string - the same of the guest's; a string ends with its NUL */
void sout_buffer(struct strace_line *l, const struct strace_mem *m, uaddr_t addr, size_t n);
void sout_string(struct strace_line *l, const struct strace_mem *m, uaddr_t addr, size_t max);

/* sout_sigset, sout_siginfo, sout_wstatus, sout_timespec, sout_timeval - of ours */
void sout_sigset(struct strace_line *l, u64 set);
void sout_siginfo(struct strace_line *l, const siginfo_t *si);
void sout_wstatus(struct strace_line *l, u32 status);
struct timespec;
struct timeval;
void sout_timespec(struct strace_line *l, const struct timespec *ts);
void sout_timeval(struct strace_line *l, const struct timeval *tv);
void sout_sockaddr(struct strace_line *l, const void *sa, size_t n);

/* sout_elem - one element of fixed size, already fetched; false: nobody knows the type */
bool sout_elem(struct strace_line *l, const struct strace_mem *m, enum syscall_type type,
	       const void *elem) must_check;

/*
 * sout_span - memory whose printer wants address and length; false: it has none
 * @n: bytes, or what the length argument counts
 * @done: bytes that the call has moved, for vectors it fills; SIZE_MAX: all
 */
bool sout_span(struct strace_line *l, const struct strace_mem *m, enum syscall_type type,
	       uaddr_t addr, size_t n, size_t done) must_check;

/* stype_size - bytes of one element; 0: see SYSCALL_TYPES */
size_t stype_size(enum syscall_type type);
