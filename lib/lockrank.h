/*
 * Every lock of the sentry, outermost first.  The list is the document and the
 * checker's input: mutex_lock() aborts when a lock is taken after one that
 * stands behind it here.  Two locks of one rank: mutex_lock_pair() only.
 *
 * Below LOCK_SPIN_FROM_HERE stand spinlocks: no sleeping, no guest copy, no
 * gofer call, no put of a reference while one is held.
 */
#pragma once

#define LOCK_RANKS(X)                                                                          \
	X(LOCK_EXEC, "tgroup: one exec or exit_group at a time")                               \
	X(LOCK_FILEPOS, "file: position")                                                      \
	X(LOCK_PSEUDO, "open file of /proc or /sys: its text; making it takes others")         \
	X(LOCK_RENAME, "directory renames, whole file system")                                 \
	X(LOCK_MOUNTS, "mount tree")                                                           \
	X(LOCK_EPOLL_TREE,                                                                     \
	  "epolls and what they watch: joining one to another, the end of a file")             \
	X(LOCK_EPOLL, "epoll: interest list of one instance; nested ones parent first")        \
	X(LOCK_SOCKET, "socket: state; pairs by address")                                      \
	X(LOCK_PORTS, "inet: the table of bound ports")                                        \
	X(LOCK_DIR, "inode: entries of a directory; ancestor first, then by address")          \
	X(LOCK_INODE, "inode: data and attributes; the upper of an overlay before its layers") \
	X(LOCK_COPYUP, "overlay: one copy-up at a time; held across the copy and gofer calls") \
	X(LOCK_LAYER_DIR, "as LOCK_DIR, in a file system under an overlay")                    \
	X(LOCK_LAYER, "as LOCK_INODE, in a file system under an overlay")                      \
	X(LOCK_FSNOTIFY, "inotify: which queue watches which inode")                           \
	X(LOCK_TTY, "tty: line discipline, sessions, window size")                             \
	X(LOCK_PIPE, "pipe: ring and end counts")                                              \
	X(LOCK_EVENTFD, "eventfd, timerfd, signalfd, inotify: the state of one")               \
	X(LOCK_IPC, "System V and POSIX message objects")                                      \
	X(LOCK_SOCKBUF, "socket receive queue")                                                \
	X(LOCK_MMAP, "mm: vma tree; a guest copy may take it")                                 \
	X(LOCK_FDTABLE, "fdtable: slots and close-on-exec bits")                               \
	X(LOCK_FS, "fs_struct: root, cwd, umask")                                              \
	X(LOCK_FLOCK, "flock and record locks of one inode")                                   \
	X(LOCK_GOFER, "gofer client: the request ring")                                        \
	X(LOCK_DCACHE, "dentry tree: parents, names, children, the LRU")                       \
	X(LOCK_TASKS, "task tree: parents, children, sessions, process groups, pids")          \
	X(LOCK_SIGHAND, "signals: handlers and pending sets of a tgroup, stop state")          \
	X(LOCK_FUTEX, "one futex bucket; pairs by address")                                    \
	X(LOCK_VCPU, "platform: address spaces, pool, vcpus")                                  \
	X(LOCK_LEAF, "small leaf mutexes: nothing is taken under them")

enum lock_rank {
#define X(rank, what) rank,
	LOCK_RANKS(X)
#undef X
		NR_LOCK_RANKS
};
