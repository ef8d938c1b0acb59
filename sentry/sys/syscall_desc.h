/*
 * What is known of every system call, from syscalls.tbl: the dispatch table and
 * the shapes of the arguments.
 *
 * The tables are generated (gensyscalls): gen/sys_kinds.c describes the calls,
 * gen/sys_table.c has the handlers.  SYSCALL_TYPES and SYSCALL_SETS below are read by the
 * generator too: a type or flag set that is not listed here stops the build.
 */
#pragma once
#include "lib/base.h"

struct task;

/*
 * Types behind pointers: X(name, bytes of one element on x86-64).
 *
 * Where the length argument of the table counts bytes (sockaddr, sigset, dirent,
 * char, the extensible structs) an element is one byte.  0: the bytes cannot be
 * told from the arguments alone (an fdset counts bits, strv and envv end with NULL).
 * The bases of a riovec are filled by the call, those of an iovec are read.
 */
#define SYSCALL_TYPES(X)   \
	X(u8, 1)           \
	X(u32, 4)          \
	X(u64, 8)          \
	X(int, 4)          \
	X(long, 8)         \
	X(ulong, 8)        \
	X(size, 8)         \
	X(off, 8)          \
	X(addr, 8)         \
	X(char, 1)         \
	X(strv, 0)         \
	X(envv, 0)         \
	X(optval, 1)       \
	X(fdset, 0)        \
	X(sigset, 1)       \
	X(sockaddr, 1)     \
	X(dirent, 1)       \
	X(dirent64, 1)     \
	X(clone_args, 1)   \
	X(open_how, 1)     \
	X(iovec, 16)       \
	X(riovec, 16)      \
	X(msghdr, 56)      \
	X(mmsghdr, 64)     \
	X(pollfd, 8)       \
	X(epoll_event, 12) \
	X(stat, 144)       \
	X(statx, 256)      \
	X(statfs, 120)     \
	X(timespec, 16)    \
	X(timeval, 16)     \
	X(timezone, 8)     \
	X(itimerval, 32)   \
	X(itimerspec, 32)  \
	X(utimbuf, 16)     \
	X(timex, 208)      \
	X(tms, 32)         \
	X(rusage, 144)     \
	X(rlimit, 16)      \
	X(wstatus, 4)      \
	X(utsname, 390)    \
	X(sysinfo, 112)    \
	X(siginfo, 128)    \
	X(sigaction, 32)   \
	X(stack, 24)       \
	X(sigevent, 64)    \
	X(sched_param, 4)  \
	X(cap_header, 8)   \
	X(sembuf, 6)       \
	X(mq_attr, 64)     \
	X(futex_waitv, 24)

/* Named values: X(name).  The names behind them stand in kernel/strace_sets.c. */
#define SYSCALL_SETS(X) \
	X(access)       \
	X(arch_prctl)   \
	X(at)           \
	X(clone)        \
	X(closerange)   \
	X(efd)          \
	X(epollcreate)  \
	X(epollctl)     \
	X(fadvise)      \
	X(falloc)       \
	X(family)       \
	X(fcntl)        \
	X(fdflags)      \
	X(flock)        \
	X(futex)        \
	X(futex2)       \
	X(idtype)       \
	X(inotify)      \
	X(inotifyinit)  \
	X(ioctl)        \
	X(ipcctl)       \
	X(ipcget)       \
	X(ipcmsg)       \
	X(itimer)       \
	X(madvise)      \
	X(map)          \
	X(membarrier)   \
	X(mfd)          \
	X(mlock2)       \
	X(mlockall)     \
	X(mount)        \
	X(mpol)         \
	X(mremap)       \
	X(msg)          \
	X(msync)        \
	X(open)         \
	X(personality)  \
	X(pidfd)        \
	X(prctl)        \
	X(prio)         \
	X(prot)         \
	X(ptrace)       \
	X(random)       \
	X(rename)       \
	X(rlimit)       \
	X(rusage)       \
	X(rwf)          \
	X(sched)        \
	X(seccomp)      \
	X(sfd)          \
	X(shmat)        \
	X(shut)         \
	X(sighow)       \
	X(sock)         \
	X(socktype)     \
	X(sol)          \
	X(splice)       \
	X(statx)        \
	X(syncrange)    \
	X(tfd)          \
	X(tfdset)       \
	X(timer)        \
	X(umount)       \
	X(unlinkat)     \
	X(wait)         \
	X(whence)       \
	X(xattr)

enum syscall_type {
#define X(name, size) TYPE_##name,
	SYSCALL_TYPES(X)
#undef X
		NR_SYSCALL_TYPES
};

enum syscall_set {
#define X(name) SET_##name,
	SYSCALL_SETS(X)
#undef X
		NR_SYSCALL_SETS
};

/* The C type of an argument, and how it is printed. */
enum arg_kind {
	ARG_fd,     /* int */
	ARG_dirfd,  /* int; AT_FDCWD too */
	ARG_int,    /* int */
	ARG_uint,   /* u32 */
	ARG_long,   /* long */
	ARG_ulong,  /* unsigned long */
	ARG_size,   /* size_t */
	ARG_off,    /* off_t */
	ARG_mode,   /* mode_t */
	ARG_pid,    /* pid_t */
	ARG_uid,    /* u32 */
	ARG_gid,    /* u32 */
	ARG_sig,    /* int */
	ARG_clk,    /* int: a clock */
	ARG_addr,   /* uaddr_t nobody but the handler understands */
	ARG_flags,  /* int with names */
	ARG_uflags, /* u32 with names */
	ARG_lflags, /* unsigned long with names */
	ARG_path,   /* uaddr_t of a string that names a file */
	ARG_str,    /* uaddr_t of a string */
	ARG_mem,    /* uaddr_t of memory that the fields below describe */
};

#define ARG_IN  1 /* the call reads what stands there */
#define ARG_OUT 2 /* the call writes it */

/* How many elements stand behind a pointer. */
enum arg_len {
	LEN_const, /* len */
	LEN_arg,   /* what argument number len says */
	LEN_ptr,   /* what the u32 behind argument number len says */
};

/*
 * Names stand in the tables, not behind pointers: a pointer would have to be
 * relocated at each start of each role, which costs a copy of its page.
 */
#define ARG_NAME_MAX     20
#define SYSCALL_NAME_MAX 26

/* One argument; all immutable. */
struct arg_desc {
	char name[ARG_NAME_MAX];
	u8 kind;     /* enum arg_kind */
	u8 set;      /* *flags: enum syscall_set */
	u8 dir;      /* mem: ARG_IN, ARG_OUT or both */
	u8 type;     /* mem: enum syscall_type */
	u8 len_kind; /* mem: enum arg_len */
	u8 len;      /* mem: see len_kind */
	bool null;   /* path, str, mem: NULL is allowed */
};

enum syscall_status { STATUS_none, STATUS_part, STATUS_stub, STATUS_full };
enum syscall_path { PATH_enosys, PATH_trap, PATH_leaf, PATH_local, PATH_kill };

/* What a call returns when it does not fail. */
enum syscall_ret {
	RET_zero, /* 0 */
	RET_size, /* bytes, or elements */
	RET_fd,
	RET_addr,
	RET_pid, /* 0 too: the child of a fork, no child of a wait */
	RET_int,
	RET_none, /* it does not return: exit, rt_sigreturn */
};

/* Bits of syscall_desc.flags: the classes of strace, then behaviour. */
#define CALL_file    0x0001
#define CALL_desc    0x0002
#define CALL_mm      0x0004
#define CALL_sig     0x0008
#define CALL_proc    0x0010
#define CALL_net     0x0020
#define CALL_ipc     0x0040
#define CALL_time    0x0080
#define CALL_cred    0x0100
#define CALL_block   0x0200 /* may sleep for as long as the guest likes */
#define CALL_restart 0x0400 /* may return a restart code */
#define CALL_newfd   0x0800 /* makes descriptors */
#define CALL_nofail  0x1000 /* returns no errno */
#define CALL_noret   0x2000 /* does not return to where it was called */

/* One system call; all immutable. */
struct syscall_desc {
	char name[SYSCALL_NAME_MAX]; /* "": Linux has no such number */
	u16 flags;                   /* CALL_* */
	u8 nr_args;
	u8 ret;    /* enum syscall_ret */
	u8 path;   /* enum syscall_path */
	u8 status; /* enum syscall_status */
};

extern const struct syscall_desc syscall_table[];
extern const struct arg_desc syscall_args[][6];
extern const unsigned nr_syscalls; /* the last number plus one */

/* What serves a call; NULL: ENOSYS.  nr_syscalls of them, apart from what describes the calls. */
typedef long (*syscall_fn)(struct task *t, const u64 a[6]);
extern const syscall_fn syscall_handlers[];

/* syscall_lookup - what is known of call @nr; NULL when Linux has no such call */
static inline const struct syscall_desc *syscall_lookup(u64 nr)
{
	return nr < nr_syscalls && syscall_table[nr].name[0] ? &syscall_table[nr] : NULL;
}
