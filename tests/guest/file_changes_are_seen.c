/*
 * fstat, lseek and read at the end, asked so often that they may be answered from memory: each
 * answer is that of the moment, whoever has changed the file or its position
 *
 * Works on the files `known`, `fresh` and `gone` of the working directory, PLAIN bytes of 'a'
 * each.  They may be there from before; else they are made.
 */
#include <sys/syscall.h>

#include "attributes.h"
#include "other.h"
#include "scm.h"
#include "t.h"

#define PLAIN  64
#define ROUNDS 60

static int open_known(void)
{
	return T_OK(open("known", O_RDONLY));
}

static void read_some(int fd, size_t n)
{
	char buf[PLAIN * 2];

	T_EQ(read(fd, buf, n), n);
}

static void read_nothing(int fd)
{
	char buf[4] = "xyz";

	T_EQ(read(fd, buf, sizeof(buf)), 0);
	T_EQ(read(fd, buf, 1), 0);
	T_EQ(read(fd, buf, 0), 0);
	T_STR(buf, "xyz");
}

/* A child that shares what fork shares. */
static void child_reads(int fd, size_t n)
{
	pid_t pid = T_OK(fork());

	if (!pid) {
		read_some(fd, n);
		_exit(0);
	}
	t_reap(pid);
}

static void positions(void)
{
	int fd = open_known(), copy;
	char buf[8];

	is_at(fd, 0);
	check_file(fd);
	read_some(fd, 10);
	is_at(fd, 10);
	T_EQ(pread(fd, buf, 5, 40), 5);
	is_at(fd, 10);
	T_EQ(lseek(fd, 5, SEEK_CUR), 15);
	is_at(fd, 15);
	child_reads(fd, 7);
	is_at(fd, 22);
	copy = T_OK(dup(fd));
	read_some(copy, 3);
	is_at(fd, 25);
	is_at(copy, 25);
	T_OK(close(copy));
	read_some(fd, 1);
	is_at(fd, 26);
	T_EQ(lseek(fd, 0, SEEK_END), PLAIN);
	is_at(fd, PLAIN);
	read_nothing(fd);
	T_EQ(lseek(fd, -1, SEEK_CUR), PLAIN - 1);
	read_some(fd, 1);
	read_nothing(fd);
	T_EQ(lseek(fd, 1, SEEK_SET), 1);
	read_some(fd, 1);
	T_OK(close(fd));
	T_ERR(lseek(fd, 0, SEEK_CUR), EBADF);
}

/* vfork: the child runs where its parent does. */
static void vfork_child_reads(void)
{
	int fd = open_known();
	char c;
	pid_t pid;

	is_at(fd, 0);
	pid = vfork();
	if (!pid) {
		syscall(SYS_read, fd, &c, 1);
		syscall(SYS_lseek, fd, 1, SEEK_CUR);
		_exit(0);
	}
	t_reap(T_OK(pid));
	is_at(fd, 2);
	T_OK(close(fd));
}

static void number_is_anothers(void)
{
	char a[PLAIN], b[4];
	int fd = open_known(), maps;
	struct stat st;

	T_EQ(read(fd, a, PLAIN), PLAIN);
	read_nothing(fd);
	maps = T_OK(open("/proc/self/maps", O_RDONLY));
	T_OK(dup2(maps, fd));
	T_EQ(read(fd, b, sizeof(b)), sizeof(b));
	T_OK(fstat(fd, &st));
	T_EQ(st.st_size, 0);
	T_OK(close(fd));
	T_OK(close(maps));
	fd = open_known();
	T_EQ(read(fd, a, PLAIN), PLAIN);
	T_OK(close(fd));
	T_EQ(T_OK((int)syscall(SYS_openat, AT_FDCWD, "known", O_RDONLY)), fd);
	T_EQ(read(fd, b, 1), 1);
	is_at(fd, 1);
	T_OK(close(fd));
}

/* Sent away, and taken by somebody else (pidfd_getfd). */
static void shared_with_another(bool sent)
{
	int sv[2], fd, theirs = 0, pidfd;
	char c;
	pid_t pid;

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
	pid = T_OK(fork());
	if (!pid) {
		fd = open_known();
		is_at(fd, 0);
		if (sent)
			send_fd(sv[1], fd);
		else
			T_EQ(write(sv[1], &fd, sizeof(fd)), sizeof(fd));
		T_EQ(read(sv[1], &c, 1), 1);
		is_at(fd, c);
		_exit(0);
	}
	if (sent) {
		fd = receive_fd(sv[0]);
	} else {
		T_EQ(read(sv[0], &theirs, sizeof(theirs)), sizeof(theirs));
		pidfd = T_OK((int)syscall(SYS_pidfd_open, pid, 0));
		fd = (int)syscall(SYS_pidfd_getfd, pidfd, theirs, 0);
		T_OK(close(pidfd));
	}
	c = 0;
	if (fd >= 0) {
		read_some(fd, 9);
		T_OK(close(fd));
		c = 9;
	}
	T_EQ(write(sv[0], &c, 1), 1);
	t_reap(pid);
	T_OK(close(sv[0]));
	T_OK(close(sv[1]));
}

static void other_changes_mode(void)
{
	T_OK(chmod("known", 0604));
}

static void other_sets_times(void)
{
	const struct timespec ts[2] = {{1000, 1}, {2000, 2}};

	T_OK(utimensat(AT_FDCWD, "known", ts, 0));
}

static void other_links(void)
{
	T_OK(link("known", "second"));
}

static void other_appends(void)
{
	int fd = T_OK(open("known", O_WRONLY | O_APPEND));

	T_EQ(write(fd, "bb", 2), 2);
	T_OK(close(fd));
}

static void other_truncates(void)
{
	T_OK(truncate("known", 5));
}

static void other_removes(void)
{
	T_OK(unlink("known"));
	T_OK(unlink("second"));
}

/* Each change is seen at once, by position, attributes and the end; the last one removes it. */
static void changed_by_others(void)
{
	int fd = open_known();
	char buf[PLAIN];

	check_file(fd);
	T_EQ(read(fd, buf, PLAIN), PLAIN);
	read_nothing(fd);
	check_file(fd);
	by_other(other_changes_mode);
	check_file(fd);
	by_other(other_sets_times);
	check_file(fd);
	by_other(other_links);
	check_file(fd);
	read_nothing(fd);
	by_other(other_appends);
	check_file(fd);
	T_EQ(read(fd, buf, 3), 2);
	T_MEM(buf, "bb", 2);
	is_at(fd, PLAIN + 2);
	read_nothing(fd);
	by_other(other_truncates);
	check_file(fd);
	is_at(fd, PLAIN + 2);
	by_other(other_removes);
	check_file(fd);
	T_EQ(truth(fd, "").stx_nlink, 0);
	T_OK(close(fd));
}

static void other_removes_gone(void)
{
	T_OK(unlink("gone"));
}

static void seen_first_and_last(void)
{
	int fd = T_OK(open("fresh", O_RDONLY));

	check_file(fd);
	read_some(fd, 3);
	check_file(fd);
	T_OK(close(fd));
	fd = T_OK(open("gone", O_RDONLY));
	check_file(fd);
	by_other(other_removes_gone);
	check_file(fd);
	T_EQ(truth(fd, "").stx_nlink, 0);
	T_OK(close(fd));
}

/* A descriptor is closed though somebody else has the file. */
static void closed_but_open(void)
{
	int fd = open_known(), gate[2];
	struct stat st;
	char c;
	pid_t pid;

	is_at(fd, 0);
	T_OK(pipe(gate));
	pid = T_OK(fork());
	if (!pid) {
		T_OK(close(gate[1]));
		T_EQ(read(gate[0], &c, 1), 0);
		is_at(fd, 0);
		_exit(0);
	}
	T_OK(close(fd));
	T_ERR(fstat(fd, &st), EBADF);
	T_ERR(lseek(fd, 0, SEEK_CUR), EBADF);
	T_OK(close(gate[0]));
	T_OK(close(gate[1]));
	t_reap(pid);
}

/* One site that is never asked a second time. */
static __attribute__((noinline)) long rewind_once(int fd)
{
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(SYS_lseek), "D"((long)fd), "S"(0L), "d"((long)SEEK_SET)
			 : "rcx", "r11", "memory");
	return ret;
}

static void rewound_by_a_rare_site(void)
{
	int fd = open_known();

	read_some(fd, PLAIN);
	read_nothing(fd);
	T_EQ(rewind_once(fd), 0);
	read_some(fd, 4);
	is_at(fd, 4);
	T_OK(close(fd));
}

static void *thread_of(void *arg)
{
	return arg;
}

static void make_file(const char *name)
{
	char a[PLAIN];
	int fd = T_OK(open(name, O_WRONLY | O_CREAT, 0644));

	memset(a, 'a', sizeof(a));
	T_EQ(write(fd, a, PLAIN), PLAIN);
	T_OK(close(fd));
}

int main(void)
{
	pthread_t thread;

	if (access("known", F_OK)) {
		make_file("known");
		make_file("fresh");
		make_file("gone");
	}
	other_start();
	for (int i = 0; i < ROUNDS; i++) {
		positions();
		number_is_anothers();
	}
	rewound_by_a_rare_site();
	for (int i = 0; i < 10; i++) {
		vfork_child_reads();
		closed_but_open();
		shared_with_another(true);
		shared_with_another(false);
	}
	seen_first_and_last();
	/* Another thread may close it. */
	T_EQ(pthread_create(&thread, NULL, thread_of, NULL), 0);
	T_EQ(pthread_join(thread, NULL), 0);
	positions();
	changed_by_others();
	other_end();
	return 0;
}
