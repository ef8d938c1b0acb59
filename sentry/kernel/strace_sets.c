/*
 * The names behind numbers (strace.h): one table a set of SYSCALL_SETS, and
 * those that only structs use.
 *
 * A set is flags, values, or both: the bits of `values` hold one value out of a
 * list, the rest are flags.  Flags that contain others stand before them.
 */
#include "kernel/strace_internal.h"

#include <asm/prctl.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <linux/mempolicy.h>
#include <linux/openat2.h>
#include <linux/random.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <linux/stat.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

/* What the C library of Debian 12 does not have, or hides. */
#define FUTEX2_PRIVATE 128
#define FUTEX2_NUMA    4
#define PIDFD_NONBLOCK O_NONBLOCK
#define SCHED_DEADLINE 6

#define ALL            (~0ull)

#define NAME_MAX_LEN   56

struct name {
	char name[NAME_MAX_LEN]; /* no pointer: see syscall_desc.h */
	u64 v;
};

struct set {
	const struct name *names;
	size_t nr;
	u64 values; /* the bits that hold one value */
};

#define N(x)                      \
	{                         \
#x, (u64)(u32)(x) \
	}

static const struct name access_names[] = {N(R_OK), N(W_OK), N(X_OK), N(F_OK)};
static const struct name arch_prctl_names[] = {N(ARCH_SET_GS),    N(ARCH_SET_FS),
					       N(ARCH_GET_FS),    N(ARCH_GET_GS),
					       N(ARCH_GET_CPUID), N(ARCH_SET_CPUID)};
static const struct name at_names[] = {
	N(AT_SYMLINK_NOFOLLOW), N(AT_EACCESS),          N(AT_SYMLINK_FOLLOW), N(AT_NO_AUTOMOUNT),
	N(AT_EMPTY_PATH),       N(AT_STATX_FORCE_SYNC), N(AT_STATX_DONT_SYNC)};
static const struct name clone_names[] = {N(CLONE_VM),
					  N(CLONE_FS),
					  N(CLONE_FILES),
					  N(CLONE_SIGHAND),
					  N(CLONE_PIDFD),
					  N(CLONE_PTRACE),
					  N(CLONE_VFORK),
					  N(CLONE_PARENT),
					  N(CLONE_THREAD),
					  N(CLONE_NEWNS),
					  N(CLONE_SYSVSEM),
					  N(CLONE_SETTLS),
					  N(CLONE_PARENT_SETTID),
					  N(CLONE_CHILD_CLEARTID),
					  N(CLONE_DETACHED),
					  N(CLONE_UNTRACED),
					  N(CLONE_CHILD_SETTID),
					  N(CLONE_NEWCGROUP),
					  N(CLONE_NEWUTS),
					  N(CLONE_NEWIPC),
					  N(CLONE_NEWUSER),
					  N(CLONE_NEWPID),
					  N(CLONE_NEWNET),
					  N(CLONE_IO),
					  {"CLONE_CLEAR_SIGHAND", 1ull << 32},
					  {"CLONE_INTO_CGROUP", 1ull << 33}};
static const struct name closerange_names[] = {N(CLOSE_RANGE_UNSHARE), N(CLOSE_RANGE_CLOEXEC)};
static const struct name efd_names[] = {N(EFD_SEMAPHORE), N(EFD_CLOEXEC), N(EFD_NONBLOCK)};
static const struct name epollcreate_names[] = {N(EPOLL_CLOEXEC)};
static const struct name epollctl_names[] = {N(EPOLL_CTL_ADD), N(EPOLL_CTL_DEL), N(EPOLL_CTL_MOD)};
static const struct name fadvise_names[] = {N(POSIX_FADV_NORMAL),     N(POSIX_FADV_RANDOM),
					    N(POSIX_FADV_SEQUENTIAL), N(POSIX_FADV_WILLNEED),
					    N(POSIX_FADV_DONTNEED),   N(POSIX_FADV_NOREUSE)};
static const struct name falloc_names[] = {N(FALLOC_FL_KEEP_SIZE),      N(FALLOC_FL_PUNCH_HOLE),
					   N(FALLOC_FL_COLLAPSE_RANGE), N(FALLOC_FL_ZERO_RANGE),
					   N(FALLOC_FL_INSERT_RANGE),   N(FALLOC_FL_UNSHARE_RANGE)};
static const struct name family_names[] = {N(AF_UNSPEC),    N(AF_UNIX),   N(AF_INET),  N(AF_INET6),
					   N(AF_NETLINK),   N(AF_PACKET), N(AF_VSOCK), N(AF_ALG),
					   N(AF_BLUETOOTH), N(AF_KEY)};
static const struct name fcntl_names[] = {
	N(F_DUPFD),         N(F_GETFD),      N(F_SETFD),      N(F_GETFL),     N(F_SETFL),
	N(F_GETLK),         N(F_SETLK),      N(F_SETLKW),     N(F_SETOWN),    N(F_GETOWN),
	N(F_SETSIG),        N(F_GETSIG),     N(F_SETOWN_EX),  N(F_GETOWN_EX), N(F_OFD_GETLK),
	N(F_OFD_SETLK),     N(F_OFD_SETLKW), N(F_SETLEASE),   N(F_GETLEASE),  N(F_NOTIFY),
	N(F_DUPFD_CLOEXEC), N(F_SETPIPE_SZ), N(F_GETPIPE_SZ), N(F_ADD_SEALS), N(F_GET_SEALS),
	N(F_GET_RW_HINT),   N(F_SET_RW_HINT)};
static const struct name fdflags_names[] = {N(O_CLOEXEC), N(O_NONBLOCK), N(O_DIRECT), N(O_TRUNC)};
static const struct name flock_names[] = {N(LOCK_SH), N(LOCK_EX), N(LOCK_UN), N(LOCK_NB)};
static const struct name futex_names[] = {
	N(FUTEX_WAIT),           N(FUTEX_WAKE),        N(FUTEX_FD),
	N(FUTEX_REQUEUE),        N(FUTEX_CMP_REQUEUE), N(FUTEX_WAKE_OP),
	N(FUTEX_LOCK_PI),        N(FUTEX_UNLOCK_PI),   N(FUTEX_TRYLOCK_PI),
	N(FUTEX_WAIT_BITSET),    N(FUTEX_WAKE_BITSET), N(FUTEX_WAIT_REQUEUE_PI),
	N(FUTEX_CMP_REQUEUE_PI), N(FUTEX_LOCK_PI2),    N(FUTEX_PRIVATE_FLAG),
	N(FUTEX_CLOCK_REALTIME)};
static const struct name futex2_names[] = {{"FUTEX2_SIZE_U8", 0},  {"FUTEX2_SIZE_U16", 1},
					   {"FUTEX2_SIZE_U32", 2}, {"FUTEX2_SIZE_U64", 3},
					   N(FUTEX2_NUMA),         N(FUTEX2_PRIVATE)};
static const struct name idtype_names[] = {N(P_ALL), N(P_PID), N(P_PGID), N(P_PIDFD)};
static const struct name inotify_names[] = {
	N(IN_ACCESS),      N(IN_MODIFY),     N(IN_ATTRIB),   N(IN_CLOSE_WRITE), N(IN_CLOSE_NOWRITE),
	N(IN_OPEN),        N(IN_MOVED_FROM), N(IN_MOVED_TO), N(IN_CREATE),      N(IN_DELETE),
	N(IN_DELETE_SELF), N(IN_MOVE_SELF),  N(IN_ONLYDIR),  N(IN_DONT_FOLLOW), N(IN_EXCL_UNLINK),
	N(IN_MASK_CREATE), N(IN_MASK_ADD),   N(IN_ISDIR),    N(IN_ONESHOT)};
static const struct name inotifyinit_names[] = {N(IN_CLOEXEC), N(IN_NONBLOCK)};
static const struct name ioctl_names[] = {
	N(TCGETS),        N(TCSETS),          N(TCSETSW),         N(TCSETSF),      N(TCGETA),
	N(TCSETA),        N(TCSETAW),         N(TCSETAF),         N(TCSBRK),       N(TCXONC),
	N(TCFLSH),        N(TIOCEXCL),        N(TIOCNXCL),        N(TIOCSCTTY),    N(TIOCGPGRP),
	N(TIOCSPGRP),     N(TIOCOUTQ),        N(TIOCSTI),         N(TIOCGWINSZ),   N(TIOCSWINSZ),
	N(TIOCMGET),      N(FIONREAD),        N(TIOCCONS),        N(TIOCPKT),      N(FIONBIO),
	N(TIOCNOTTY),     N(TIOCSETD),        N(TIOCGETD),        N(TCSBRKP),      N(TIOCGSID),
	N(TIOCGPTN),      N(TIOCSPTLCK),      N(TIOCGPTPEER),     N(FIONCLEX),     N(FIOCLEX),
	N(FIOASYNC),      N(FIOQSIZE),        N(SIOCGIFNAME),     N(SIOCGIFCONF),  N(SIOCGIFFLAGS),
	N(SIOCSIFFLAGS),  N(SIOCGIFADDR),     N(SIOCSIFADDR),     N(SIOCGIFINDEX), N(SIOCGIFMTU),
	N(SIOCGIFHWADDR), N(SIOCGIFNETMASK),  N(SIOCGIFBRDADDR),  N(SIOCATMARK),   N(FICLONE),
	N(FICLONERANGE),  N(FS_IOC_GETFLAGS), N(FS_IOC_SETFLAGS), N(FIGETBSZ),     N(BLKGETSIZE64),
	N(BLKSSZGET),     N(RNDGETENTCNT)};
static const struct name ipcctl_names[] = {N(IPC_RMID), N(IPC_SET), N(IPC_STAT), N(IPC_INFO),
					   N(GETPID),   N(GETVAL),  N(GETALL),   N(GETNCNT),
					   N(GETZCNT),  N(SETVAL),  N(SETALL)};
static const struct name ipcget_names[] = {N(IPC_CREAT), N(IPC_EXCL)};
static const struct name ipcmsg_names[] = {N(IPC_NOWAIT), N(MSG_NOERROR), N(MSG_EXCEPT),
					   N(MSG_COPY)};
static const struct name itimer_names[] = {N(ITIMER_REAL), N(ITIMER_VIRTUAL), N(ITIMER_PROF)};
static const struct name madvise_names[] = {
	N(MADV_NORMAL),        N(MADV_RANDOM),    N(MADV_SEQUENTIAL),  N(MADV_WILLNEED),
	N(MADV_DONTNEED),      N(MADV_FREE),      N(MADV_REMOVE),      N(MADV_DONTFORK),
	N(MADV_DOFORK),        N(MADV_MERGEABLE), N(MADV_UNMERGEABLE), N(MADV_HUGEPAGE),
	N(MADV_NOHUGEPAGE),    N(MADV_DONTDUMP),  N(MADV_DODUMP),      N(MADV_WIPEONFORK),
	N(MADV_KEEPONFORK),    N(MADV_COLD),      N(MADV_PAGEOUT),     N(MADV_POPULATE_READ),
	N(MADV_POPULATE_WRITE)};
static const struct name map_names[] = {
	N(MAP_SHARED),         N(MAP_PRIVATE), N(MAP_SHARED_VALIDATE), N(MAP_FIXED),
	N(MAP_ANONYMOUS),      N(MAP_32BIT),   N(MAP_GROWSDOWN),       N(MAP_DENYWRITE),
	N(MAP_EXECUTABLE),     N(MAP_LOCKED),  N(MAP_NORESERVE),       N(MAP_POPULATE),
	N(MAP_NONBLOCK),       N(MAP_STACK),   N(MAP_HUGETLB),         N(MAP_SYNC),
	N(MAP_FIXED_NOREPLACE)};
static const struct name membarrier_names[] = {
	N(MEMBARRIER_CMD_QUERY),
	N(MEMBARRIER_CMD_GLOBAL),
	N(MEMBARRIER_CMD_GLOBAL_EXPEDITED),
	N(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED),
	N(MEMBARRIER_CMD_PRIVATE_EXPEDITED),
	N(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED),
	N(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE),
	N(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE),
	N(MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ),
	N(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ)};
static const struct name mfd_names[] = {N(MFD_CLOEXEC), N(MFD_ALLOW_SEALING), N(MFD_HUGETLB)};
static const struct name mlock2_names[] = {N(MLOCK_ONFAULT)};
static const struct name mlockall_names[] = {N(MCL_CURRENT), N(MCL_FUTURE), N(MCL_ONFAULT)};
static const struct name mount_names[] = {
	N(MS_RDONLY),      N(MS_NOSUID),   N(MS_NODEV),   N(MS_NOEXEC),  N(MS_SYNCHRONOUS),
	N(MS_REMOUNT),     N(MS_MANDLOCK), N(MS_DIRSYNC), N(MS_NOATIME), N(MS_NODIRATIME),
	N(MS_BIND),        N(MS_MOVE),     N(MS_REC),     N(MS_SILENT),  N(MS_POSIXACL),
	N(MS_UNBINDABLE),  N(MS_PRIVATE),  N(MS_SLAVE),   N(MS_SHARED),  N(MS_RELATIME),
	N(MS_STRICTATIME), N(MS_LAZYTIME)};
static const struct name mpol_names[] = {
	N(MPOL_DEFAULT),         N(MPOL_PREFERRED), N(MPOL_BIND),
	N(MPOL_INTERLEAVE),      N(MPOL_LOCAL),     N(MPOL_F_STATIC_NODES),
	N(MPOL_F_RELATIVE_NODES)};
static const struct name mremap_names[] = {N(MREMAP_MAYMOVE), N(MREMAP_FIXED), N(MREMAP_DONTUNMAP)};
static const struct name msg_names[] = {
	N(MSG_OOB),      N(MSG_PEEK), N(MSG_DONTROUTE),  N(MSG_CTRUNC),   N(MSG_TRUNC),
	N(MSG_DONTWAIT), N(MSG_EOR),  N(MSG_WAITALL),    N(MSG_CONFIRM),  N(MSG_ERRQUEUE),
	N(MSG_NOSIGNAL), N(MSG_MORE), N(MSG_WAITFORONE), N(MSG_FASTOPEN), N(MSG_CMSG_CLOEXEC)};
static const struct name msync_names[] = {N(MS_ASYNC), N(MS_INVALIDATE), N(MS_SYNC)};
static const struct name open_names[] = {
	N(O_RDONLY),  N(O_WRONLY),  N(O_RDWR),      {"O_TMPFILE", O_TMPFILE},
	N(O_SYNC),    N(O_CREAT),   N(O_EXCL),      N(O_NOCTTY),
	N(O_TRUNC),   N(O_APPEND),  N(O_NONBLOCK),  N(O_DSYNC),
	N(O_ASYNC),   N(O_DIRECT),  N(O_DIRECTORY), N(O_NOFOLLOW),
	N(O_NOATIME), N(O_CLOEXEC), N(O_PATH)};
static const struct name personality_names[] = {
	N(PER_LINUX),      N(ADDR_NO_RANDOMIZE), N(READ_IMPLIES_EXEC), N(ADDR_COMPAT_LAYOUT),
	N(SHORT_INODE),    N(WHOLE_SECONDS),     N(STICKY_TIMEOUTS),   N(UNAME26),
	N(MMAP_PAGE_ZERO), N(ADDR_LIMIT_32BIT),  N(ADDR_LIMIT_3GB)};
static const struct name pidfd_names[] = {N(PIDFD_NONBLOCK)};
static const struct name prctl_names[] = {N(PR_SET_PDEATHSIG),
					  N(PR_GET_PDEATHSIG),
					  N(PR_GET_DUMPABLE),
					  N(PR_SET_DUMPABLE),
					  N(PR_GET_KEEPCAPS),
					  N(PR_SET_KEEPCAPS),
					  N(PR_SET_NAME),
					  N(PR_GET_NAME),
					  N(PR_GET_SECCOMP),
					  N(PR_SET_SECCOMP),
					  N(PR_CAPBSET_READ),
					  N(PR_CAPBSET_DROP),
					  N(PR_GET_TSC),
					  N(PR_SET_TSC),
					  N(PR_GET_SECUREBITS),
					  N(PR_SET_SECUREBITS),
					  N(PR_SET_TIMERSLACK),
					  N(PR_GET_TIMERSLACK),
					  N(PR_SET_MM),
					  N(PR_SET_PTRACER),
					  N(PR_SET_CHILD_SUBREAPER),
					  N(PR_GET_CHILD_SUBREAPER),
					  N(PR_SET_NO_NEW_PRIVS),
					  N(PR_GET_NO_NEW_PRIVS),
					  N(PR_GET_TID_ADDRESS),
					  N(PR_SET_THP_DISABLE),
					  N(PR_GET_THP_DISABLE),
					  N(PR_CAP_AMBIENT),
					  N(PR_GET_SPECULATION_CTRL),
					  N(PR_SET_SPECULATION_CTRL),
					  N(PR_SET_VMA)};
static const struct name prio_names[] = {N(PRIO_PROCESS), N(PRIO_PGRP), N(PRIO_USER)};
static const struct name prot_names[] = {N(PROT_READ),      N(PROT_WRITE),   N(PROT_EXEC),
					 N(PROT_GROWSDOWN), N(PROT_GROWSUP), N(PROT_NONE)};
static const struct name ptrace_names[] = {
	N(PTRACE_TRACEME),    N(PTRACE_PEEKTEXT),    N(PTRACE_PEEKDATA),
	N(PTRACE_PEEKUSER),   N(PTRACE_POKETEXT),    N(PTRACE_POKEDATA),
	N(PTRACE_POKEUSER),   N(PTRACE_CONT),        N(PTRACE_KILL),
	N(PTRACE_SINGLESTEP), N(PTRACE_GETREGS),     N(PTRACE_SETREGS),
	N(PTRACE_GETFPREGS),  N(PTRACE_SETFPREGS),   N(PTRACE_ATTACH),
	N(PTRACE_DETACH),     N(PTRACE_SYSCALL),     N(PTRACE_SYSEMU),
	N(PTRACE_SETOPTIONS), N(PTRACE_GETEVENTMSG), N(PTRACE_GETSIGINFO),
	N(PTRACE_SETSIGINFO), N(PTRACE_GETREGSET),   N(PTRACE_SETREGSET),
	N(PTRACE_SEIZE),      N(PTRACE_INTERRUPT),   N(PTRACE_LISTEN),
	N(PTRACE_GETSIGMASK), N(PTRACE_SETSIGMASK),  N(PTRACE_GET_SYSCALL_INFO)};
static const struct name random_names[] = {N(GRND_NONBLOCK), N(GRND_RANDOM), N(GRND_INSECURE)};
static const struct name rename_names[] = {N(RENAME_NOREPLACE), N(RENAME_EXCHANGE),
					   N(RENAME_WHITEOUT)};
static const struct name rlimit_names[] = {
	N(RLIMIT_CPU),      N(RLIMIT_FSIZE), N(RLIMIT_DATA),   N(RLIMIT_STACK),
	N(RLIMIT_CORE),     N(RLIMIT_RSS),   N(RLIMIT_NPROC),  N(RLIMIT_NOFILE),
	N(RLIMIT_MEMLOCK),  N(RLIMIT_AS),    N(RLIMIT_LOCKS),  N(RLIMIT_SIGPENDING),
	N(RLIMIT_MSGQUEUE), N(RLIMIT_NICE),  N(RLIMIT_RTPRIO), N(RLIMIT_RTTIME)};
static const struct name rusage_names[] = {N(RUSAGE_SELF), N(RUSAGE_CHILDREN), N(RUSAGE_THREAD)};
static const struct name rwf_names[] = {N(RWF_HIPRI), N(RWF_DSYNC), N(RWF_SYNC), N(RWF_NOWAIT),
					N(RWF_APPEND)};
static const struct name sched_names[] = {N(SCHED_OTHER),        N(SCHED_FIFO), N(SCHED_RR),
					  N(SCHED_BATCH),        N(SCHED_IDLE), N(SCHED_DEADLINE),
					  N(SCHED_RESET_ON_FORK)};
static const struct name seccomp_names[] = {N(SECCOMP_SET_MODE_STRICT), N(SECCOMP_SET_MODE_FILTER),
					    N(SECCOMP_GET_ACTION_AVAIL),
					    N(SECCOMP_GET_NOTIF_SIZES)};
static const struct name sfd_names[] = {N(SFD_CLOEXEC), N(SFD_NONBLOCK)};
static const struct name shmat_names[] = {N(SHM_RDONLY), N(SHM_RND), N(SHM_REMAP), N(SHM_EXEC)};
static const struct name shut_names[] = {N(SHUT_RD), N(SHUT_WR), N(SHUT_RDWR)};
static const struct name sighow_names[] = {N(SIG_BLOCK), N(SIG_UNBLOCK), N(SIG_SETMASK)};
static const struct name sock_names[] = {N(SOCK_CLOEXEC), N(SOCK_NONBLOCK)};
static const struct name socktype_names[] = {N(SOCK_STREAM),  N(SOCK_DGRAM),     N(SOCK_RAW),
					     N(SOCK_RDM),     N(SOCK_SEQPACKET), N(SOCK_CLOEXEC),
					     N(SOCK_NONBLOCK)};
static const struct name sol_names[] = {N(SOL_IP),   N(SOL_SOCKET), N(SOL_TCP),    N(SOL_UDP),
					N(SOL_IPV6), N(SOL_RAW),    N(SOL_PACKET), N(SOL_NETLINK)};
static const struct name splice_names[] = {N(SPLICE_F_MOVE), N(SPLICE_F_NONBLOCK), N(SPLICE_F_MORE),
					   N(SPLICE_F_GIFT)};
static const struct name statx_names[] = {
	N(STATX_ALL), N(STATX_BASIC_STATS), N(STATX_TYPE),   N(STATX_MODE),  N(STATX_NLINK),
	N(STATX_UID), N(STATX_GID),         N(STATX_ATIME),  N(STATX_MTIME), N(STATX_CTIME),
	N(STATX_INO), N(STATX_SIZE),        N(STATX_BLOCKS), N(STATX_BTIME), N(STATX_MNT_ID)};
static const struct name syncrange_names[] = {
	N(SYNC_FILE_RANGE_WAIT_BEFORE), N(SYNC_FILE_RANGE_WRITE), N(SYNC_FILE_RANGE_WAIT_AFTER)};
static const struct name tfd_names[] = {N(TFD_CLOEXEC), N(TFD_NONBLOCK)};
static const struct name tfdset_names[] = {N(TFD_TIMER_ABSTIME), N(TFD_TIMER_CANCEL_ON_SET)};
static const struct name timer_names[] = {N(TIMER_ABSTIME)};
static const struct name umount_names[] = {N(MNT_FORCE), N(MNT_DETACH), N(MNT_EXPIRE),
					   N(UMOUNT_NOFOLLOW)};
static const struct name unlinkat_names[] = {N(AT_REMOVEDIR)};
static const struct name wait_names[] = {N(WNOHANG), N(WSTOPPED),    N(WEXITED), N(WCONTINUED),
					 N(WNOWAIT), N(__WNOTHREAD), N(__WALL),  N(__WCLONE)};
static const struct name whence_names[] = {N(SEEK_SET), N(SEEK_CUR), N(SEEK_END), N(SEEK_DATA),
					   N(SEEK_HOLE)};
static const struct name xattr_names[] = {N(XATTR_CREATE), N(XATTR_REPLACE)};

static const struct name poll_names[] = {N(POLLIN),     N(POLLPRI),    N(POLLOUT),    N(POLLERR),
					 N(POLLHUP),    N(POLLNVAL),   N(POLLRDNORM), N(POLLRDBAND),
					 N(POLLWRNORM), N(POLLWRBAND), N(POLLMSG),    N(POLLRDHUP)};
static const struct name epoll_names[] = {
	N(EPOLLIN),     N(EPOLLPRI),       N(EPOLLOUT),    N(EPOLLERR),     N(EPOLLHUP),
	N(EPOLLRDNORM), N(EPOLLRDBAND),    N(EPOLLWRNORM), N(EPOLLWRBAND),  N(EPOLLMSG),
	N(EPOLLRDHUP),  N(EPOLLEXCLUSIVE), N(EPOLLWAKEUP), N(EPOLLONESHOT), N(EPOLLET)};
static const struct name sa_names[] = {{"SA_RESTORER", 0x04000000},
				       N(SA_NOCLDSTOP),
				       N(SA_NOCLDWAIT),
				       N(SA_SIGINFO),
				       N(SA_ONSTACK),
				       N(SA_RESTART),
				       N(SA_NODEFER),
				       N(SA_RESETHAND)};
static const struct name resolve_names[] = {N(RESOLVE_NO_XDEV),     N(RESOLVE_NO_MAGICLINKS),
					    N(RESOLVE_NO_SYMLINKS), N(RESOLVE_BENEATH),
					    N(RESOLVE_IN_ROOT),     N(RESOLVE_CACHED)};
static const struct name clock_names[] = {N(CLOCK_REALTIME),
					  N(CLOCK_MONOTONIC),
					  N(CLOCK_PROCESS_CPUTIME_ID),
					  N(CLOCK_THREAD_CPUTIME_ID),
					  N(CLOCK_MONOTONIC_RAW),
					  N(CLOCK_REALTIME_COARSE),
					  N(CLOCK_MONOTONIC_COARSE),
					  N(CLOCK_BOOTTIME),
					  N(CLOCK_REALTIME_ALARM),
					  N(CLOCK_BOOTTIME_ALARM),
					  N(CLOCK_TAI)};
static const struct name si_names[] = {N(SI_USER),  N(SI_KERNEL),  N(SI_QUEUE), N(SI_TIMER),
				       N(SI_MESGQ), N(SI_ASYNCIO), N(SI_SIGIO), N(SI_TKILL)};
static const struct name chld_names[] = {N(CLD_EXITED),  N(CLD_KILLED),  N(CLD_DUMPED),
					 N(CLD_TRAPPED), N(CLD_STOPPED), N(CLD_CONTINUED)};
static const struct name segv_names[] = {N(SEGV_MAPERR), N(SEGV_ACCERR), N(SEGV_BNDERR),
					 N(SEGV_PKUERR)};
static const struct name bus_names[] = {N(BUS_ADRALN), N(BUS_ADRERR), N(BUS_OBJERR)};
static const struct name ill_names[] = {N(ILL_ILLOPC), N(ILL_ILLOPN), N(ILL_ILLADR), N(ILL_ILLTRP),
					N(ILL_PRVOPC), N(ILL_PRVREG), N(ILL_COPROC), N(ILL_BADSTK)};
static const struct name fpe_names[] = {N(FPE_INTDIV), N(FPE_INTOVF), N(FPE_FLTDIV), N(FPE_FLTOVF),
					N(FPE_FLTUND), N(FPE_FLTRES), N(FPE_FLTINV), N(FPE_FLTSUB)};
static const struct name trap_names[] = {N(TRAP_BRKPT), N(TRAP_TRACE)};
static const struct name type_names[] = {N(S_IFSOCK), N(S_IFLNK), N(S_IFREG), N(S_IFBLK),
					 N(S_IFDIR),  N(S_IFCHR), N(S_IFIFO)};

static const struct set sets[] = {
	[SET_access] = {access_names, ARRAY_SIZE(access_names), 0},
	[SET_arch_prctl] = {arch_prctl_names, ARRAY_SIZE(arch_prctl_names), ALL},
	[SET_at] = {at_names, ARRAY_SIZE(at_names), 0},
	[SET_clone] = {clone_names, ARRAY_SIZE(clone_names), CSIGNAL},
	[SET_closerange] = {closerange_names, ARRAY_SIZE(closerange_names), 0},
	[SET_efd] = {efd_names, ARRAY_SIZE(efd_names), 0},
	[SET_epollcreate] = {epollcreate_names, ARRAY_SIZE(epollcreate_names), 0},
	[SET_epollctl] = {epollctl_names, ARRAY_SIZE(epollctl_names), ALL},
	[SET_fadvise] = {fadvise_names, ARRAY_SIZE(fadvise_names), ALL},
	[SET_falloc] = {falloc_names, ARRAY_SIZE(falloc_names), 0},
	[SET_family] = {family_names, ARRAY_SIZE(family_names), ALL},
	[SET_fcntl] = {fcntl_names, ARRAY_SIZE(fcntl_names), ALL},
	[SET_fdflags] = {fdflags_names, ARRAY_SIZE(fdflags_names), 0},
	[SET_flock] = {flock_names, ARRAY_SIZE(flock_names), ~(u64)LOCK_NB},
	[SET_futex] = {futex_names, ARRAY_SIZE(futex_names), FUTEX_CMD_MASK},
	[SET_futex2] = {futex2_names, ARRAY_SIZE(futex2_names), 3},
	[SET_idtype] = {idtype_names, ARRAY_SIZE(idtype_names), ALL},
	[SET_inotify] = {inotify_names, ARRAY_SIZE(inotify_names), 0},
	[SET_inotifyinit] = {inotifyinit_names, ARRAY_SIZE(inotifyinit_names), 0},
	[SET_ioctl] = {ioctl_names, ARRAY_SIZE(ioctl_names), ALL},
	[SET_ipcctl] = {ipcctl_names, ARRAY_SIZE(ipcctl_names), ALL},
	[SET_ipcget] = {ipcget_names, ARRAY_SIZE(ipcget_names), 0777},
	[SET_ipcmsg] = {ipcmsg_names, ARRAY_SIZE(ipcmsg_names), 0},
	[SET_itimer] = {itimer_names, ARRAY_SIZE(itimer_names), ALL},
	[SET_madvise] = {madvise_names, ARRAY_SIZE(madvise_names), ALL},
	[SET_map] = {map_names, ARRAY_SIZE(map_names), MAP_TYPE},
	[SET_membarrier] = {membarrier_names, ARRAY_SIZE(membarrier_names), ALL},
	[SET_mfd] = {mfd_names, ARRAY_SIZE(mfd_names), 0},
	[SET_mlock2] = {mlock2_names, ARRAY_SIZE(mlock2_names), 0},
	[SET_mlockall] = {mlockall_names, ARRAY_SIZE(mlockall_names), 0},
	[SET_mount] = {mount_names, ARRAY_SIZE(mount_names), 0},
	[SET_mpol] = {mpol_names, ARRAY_SIZE(mpol_names), 0xff},
	[SET_mremap] = {mremap_names, ARRAY_SIZE(mremap_names), 0},
	[SET_msg] = {msg_names, ARRAY_SIZE(msg_names), 0},
	[SET_msync] = {msync_names, ARRAY_SIZE(msync_names), 0},
	[SET_open] = {open_names, ARRAY_SIZE(open_names), O_ACCMODE},
	[SET_personality] = {personality_names, ARRAY_SIZE(personality_names), 0xff},
	[SET_pidfd] = {pidfd_names, ARRAY_SIZE(pidfd_names), 0},
	[SET_prctl] = {prctl_names, ARRAY_SIZE(prctl_names), ALL},
	[SET_prio] = {prio_names, ARRAY_SIZE(prio_names), ALL},
	[SET_prot] = {prot_names, ARRAY_SIZE(prot_names), 0},
	[SET_ptrace] = {ptrace_names, ARRAY_SIZE(ptrace_names), ALL},
	[SET_random] = {random_names, ARRAY_SIZE(random_names), 0},
	[SET_rename] = {rename_names, ARRAY_SIZE(rename_names), 0},
	[SET_rlimit] = {rlimit_names, ARRAY_SIZE(rlimit_names), ALL},
	[SET_rusage] = {rusage_names, ARRAY_SIZE(rusage_names), ALL},
	[SET_rwf] = {rwf_names, ARRAY_SIZE(rwf_names), 0},
	[SET_sched] = {sched_names, ARRAY_SIZE(sched_names), 0xff},
	[SET_seccomp] = {seccomp_names, ARRAY_SIZE(seccomp_names), ALL},
	[SET_sfd] = {sfd_names, ARRAY_SIZE(sfd_names), 0},
	[SET_shmat] = {shmat_names, ARRAY_SIZE(shmat_names), 0},
	[SET_shut] = {shut_names, ARRAY_SIZE(shut_names), ALL},
	[SET_sighow] = {sighow_names, ARRAY_SIZE(sighow_names), ALL},
	[SET_sock] = {sock_names, ARRAY_SIZE(sock_names), 0},
	[SET_socktype] = {socktype_names, ARRAY_SIZE(socktype_names), 0xf},
	[SET_sol] = {sol_names, ARRAY_SIZE(sol_names), ALL},
	[SET_splice] = {splice_names, ARRAY_SIZE(splice_names), 0},
	[SET_statx] = {statx_names, ARRAY_SIZE(statx_names), 0},
	[SET_syncrange] = {syncrange_names, ARRAY_SIZE(syncrange_names), 0},
	[SET_tfd] = {tfd_names, ARRAY_SIZE(tfd_names), 0},
	[SET_tfdset] = {tfdset_names, ARRAY_SIZE(tfdset_names), 0},
	[SET_timer] = {timer_names, ARRAY_SIZE(timer_names), 0},
	[SET_umount] = {umount_names, ARRAY_SIZE(umount_names), 0},
	[SET_unlinkat] = {unlinkat_names, ARRAY_SIZE(unlinkat_names), 0},
	[SET_wait] = {wait_names, ARRAY_SIZE(wait_names), 0},
	[SET_whence] = {whence_names, ARRAY_SIZE(whence_names), ALL},
	[SET_xattr] = {xattr_names, ARRAY_SIZE(xattr_names), 0},
};

_Static_assert(ARRAY_SIZE(sets) == NR_SYSCALL_SETS, "a set has no names");

/* The name of exactly @v among the values of a table, or NULL. */
static const char *value_name(const struct set *s, u64 v)
{
	for (size_t i = 0; i < s->nr; i++)
		if (s->names[i].v == v && !(s->names[i].v & ~s->values))
			return s->names[i].name;
	return NULL;
}

static void out_in(struct strace_line *l, const struct set *s, u64 v)
{
	const char *sep = "", *name = s->values ? value_name(s, v & s->values) : NULL;
	u64 flags = v & ~s->values;

	if (name || (s->values && (v & s->values))) {
		if (name)
			sout(l, "%s", name);
		else
			sout(l, "%#llx", (unsigned long long)(v & s->values));
		sep = "|";
	}
	for (size_t i = 0; i < s->nr; i++) {
		u64 bits = s->names[i].v;

		if (!bits || !(bits & ~s->values) || (flags & bits) != bits)
			continue;
		sout(l, "%s%s", sep, s->names[i].name);
		flags &= ~bits;
		sep = "|";
	}
	if (flags) {
		sout(l, "%s%#llx", sep, (unsigned long long)flags);
	} else if (!*sep) {
		name = value_name(&(struct set){s->names, s->nr, ALL}, 0);
		sout(l, "%s", name ? name : "0");
	}
}

/* clone's low byte is a signal. */
static void out_clone(struct strace_line *l, u64 v)
{
	out_in(l, &(struct set){clone_names, ARRAY_SIZE(clone_names), 0}, v & ~(u64)CSIGNAL);
	if (v & CSIGNAL) {
		sout(l, "|");
		sout_sig(l, (int)(v & CSIGNAL));
	}
}

/* A private futex shows in the name of the operation. */
static void out_futex(struct strace_line *l, u64 v)
{
	const char *name = value_name(&sets[SET_futex], v & FUTEX_CMD_MASK);

	if (!name || !(v & FUTEX_PRIVATE_FLAG))
		return out_in(l, &sets[SET_futex], v);
	sout(l, "%s_PRIVATE", name);
	if (v & FUTEX_CLOCK_REALTIME)
		sout(l, "|FUTEX_CLOCK_REALTIME");
}

/* Permissions of IPC objects are octal. */
static void out_ipcget(struct strace_line *l, u64 v)
{
	if (v & ~0777ull) {
		out_in(l, &(struct set){ipcget_names, ARRAY_SIZE(ipcget_names), 0}, v & ~0777ull);
		sout(l, "|");
	}
	sout(l, "%#llo", (unsigned long long)(v & 0777));
}

void sout_set(struct strace_line *l, enum syscall_set set, u64 v)
{
	if (set == SET_clone)
		out_clone(l, v);
	else if (set == SET_futex)
		out_futex(l, v);
	else if (set == SET_ipcget)
		out_ipcget(l, v);
	else
		out_in(l, &sets[set], v);
}

#define OUT_FLAGS(l, table, v) out_in(l, &(struct set){table, ARRAY_SIZE(table), 0}, v)

void sout_poll_events(struct strace_line *l, u64 v)
{
	OUT_FLAGS(l, poll_names, v);
}

void sout_epoll_events(struct strace_line *l, u64 v)
{
	OUT_FLAGS(l, epoll_names, v);
}

void sout_sa_flags(struct strace_line *l, u64 v)
{
	OUT_FLAGS(l, sa_names, (u32)v);
}

void sout_resolve(struct strace_line *l, u64 v)
{
	OUT_FLAGS(l, resolve_names, v);
}

void sout_mode(struct strace_line *l, u32 mode)
{
	out_in(l, &(struct set){type_names, ARRAY_SIZE(type_names), ALL}, mode & S_IFMT);
	sout(l, "|%#o", mode & 07777);
}

void sout_clock(struct strace_line *l, int clock)
{
	if (clock >= 0)
		out_in(l, &(struct set){clock_names, ARRAY_SIZE(clock_names), ALL}, (u64)clock);
	else
		sout(l, "%d", clock);
}

void sout_sig(struct strace_line *l, int sig)
{
	if (sig > 0 && sig < 32)
		sout(l, "SIG%s", sigabbrev_np(sig));
	else if (sig == 32)
		sout(l, "SIGRTMIN");
	else if (sig > 32 && sig <= 64)
		sout(l, "SIGRT_%d", sig - 32);
	else
		sout(l, "%d", sig);
}

void sout_si_code(struct strace_line *l, int sig, int code)
{
#define CODES(table)                          \
	(struct set)                          \
	{                                     \
		table, ARRAY_SIZE(table), ALL \
	}
	struct set s = CODES(si_names);

	if (code > 0 && code != SI_KERNEL) {
		switch (sig) {
		case SIGCHLD:
			s = CODES(chld_names);
			break;
		case SIGSEGV:
			s = CODES(segv_names);
			break;
		case SIGBUS:
			s = CODES(bus_names);
			break;
		case SIGILL:
			s = CODES(ill_names);
			break;
		case SIGFPE:
			s = CODES(fpe_names);
			break;
		case SIGTRAP:
			s = CODES(trap_names);
			break;
		default:
			break;
		}
	}
#undef CODES
	if (value_name(&s, (u32)code))
		sout(l, "%s", value_name(&s, (u32)code));
	else
		sout(l, "%d", code);
}
