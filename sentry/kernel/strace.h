/*
 * System calls as text, the way strace(1) prints them.
 *
 * A line is made in two steps, before and after the call, since what the call
 * writes can be read only afterwards:
 *
 *	strace_enter(&line, pid, nr, args, &mem);
 *	ret = the call;
 *	strace_leave(&line, nr, args, ret, &mem);
 *	line.text[0..line.len) is the whole line
 *
 * Everything comes from the argument kinds of syscalls.tbl; there is no code per
 * call.  trace.c writes what strace_enter() made before the call, so that a call
 * that sleeps can be seen sleeping.
 *
 * The memory of the guest may have changed between call and reading: what is
 * printed is for people, never to be decided upon.
 */
#pragma once
#include <signal.h>

#include "lib/base.h"

#define STRACE_LINE     2048
#define STRACE_NR_CALLS 512

/* How guest memory is read: bytes moved, fewer at a fault, or -EFAULT. */
struct strace_mem {
	ssize_t (*read)(void *ctx, void *dst, uaddr_t src, size_t n);
	void *ctx;
};

/* One line being made; the owner writes text[0..len) when it is complete. */
struct strace_line {
	size_t len;
	u8 next;   /* the first argument that is not yet printed */
	u64 in[6]; /* numbers behind pointers as they stood before the call */
	u8 has_in; /* bit per argument: in[] is set */
	char text[STRACE_LINE];
};

/* strace_enter - begin the line of a call; whatever @nr and @args are */
void strace_enter(struct strace_line *l, int pid, u64 nr, const u64 args[6],
		  const struct strace_mem *m);

/* strace_leave - add what the call wrote and returned (@ret: value, -errno, restart code) */
void strace_leave(struct strace_line *l, u64 nr, const u64 args[6], long ret,
		  const struct strace_mem *m);

/* strace_noreturn - the call will not come back: "= ?" */
void strace_noreturn(struct strace_line *l);

/* strace_signal - the line of a signal that is delivered: "--- SIGINT {...} ---" */
void strace_signal(struct strace_line *l, int pid, const siginfo_t *info);

/* strace_exit - the last line of a task: "+++ exited with 1 +++"; @status as wait(2) gives it */
void strace_exit(struct strace_line *l, int pid, int status);

/* Which calls are traced; a value. */
struct strace_filter {
	u64 bits[STRACE_NR_CALLS / 64];
	bool others; /* numbers that Linux does not have */
};

/*
 * strace_filter_parse - what `--trace=CALLS` selects
 * @calls: names and classes (file, desc, memory, signal, process, network, ipc, creds,
 *         clock; with or without %), separated by commas; "!" first: all but these; NULL: all
 *
 * Return: 0, or -EINVAL for a name nobody knows, with *@ret untouched.
 */
int strace_filter_parse(const char *calls, struct strace_filter *ret) must_check;

/* strace_wanted - is call @nr selected */
bool strace_wanted(const struct strace_filter *f, u64 nr);
