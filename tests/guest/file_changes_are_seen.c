/*
 * fstat, lseek, read at the end and stat, asked so often that they may be answered from memory:
 * each answer is that of the moment, whoever has changed the file, its place or its position
 *
 * Works on the files `known`, `fresh` and `gone`, PLAIN bytes of 'a' each, and the directories
 * `place` and `private/inside` of the working directory, of which `private` is the owner's alone.
 * They may be there from before; else they are made.
 */
#include "scm.h"
#include "t.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <termios.h>

#define PLAIN  64
#define ROUNDS 60

static int shared_fd, other_sock;
static pid_t other;
static char cwd[PATH_MAX], place[PATH_MAX + 16], inside[PATH_MAX + 32];

static int open_known(void)
{
	return T_OK(open("known", O_RDONLY));
}

/* What is never answered from memory. */
static struct statx truth(int fd, const char *name)
{
	struct statx x;

	T_OK(statx(fd, name, AT_EMPTY_PATH, STATX_BASIC_STATS, &x));
	return x;
}

static void compare(const struct stat *st, const struct statx *x)
{
	T_EQ(st->st_ino, x->stx_ino);
	T_EQ(st->st_mode, x->stx_mode);
	T_EQ(st->st_nlink, x->stx_nlink);
	T_EQ(st->st_uid, x->stx_uid);
	T_EQ(st->st_gid, x->stx_gid);
	T_EQ(st->st_size, x->stx_size);
	T_EQ(st->st_blocks, x->stx_blocks);
	T_EQ(st->st_blksize, x->stx_blksize);
	T_EQ(st->st_atim.tv_sec, x->stx_atime.tv_sec);
	T_EQ(st->st_atim.tv_nsec, x->stx_atime.tv_nsec);
	T_EQ(st->st_mtim.tv_sec, x->stx_mtime.tv_sec);
	T_EQ(st->st_mtim.tv_nsec, x->stx_mtime.tv_nsec);
	T_EQ(st->st_ctim.tv_sec, x->stx_ctime.tv_sec);
	T_EQ(st->st_ctim.tv_nsec, x->stx_ctime.tv_nsec);
}

/* Asked first: what is true might be remembered. */
static void check_file(int fd)
{
	struct statx x;
	struct stat st;

	memset(&st, 0xff, sizeof(st));
	T_OK(fstat(fd, &st));
	x = truth(fd, "");
	compare(&st, &x);
	for (int i = 0; i < 3; i++) {
		memset(&st, 0xff, sizeof(st));
		T_OK(fstat(fd, &st));
		compare(&st, &x);
		memset(&st, 0xff, sizeof(st));
		T_OK(fstatat(fd, "", &st, AT_EMPTY_PATH));
		compare(&st, &x);
		T_OK((int)syscall(SYS_fstat, fd, &st));
		compare(&st, &x);
	}
}

static void check_place(const char *name)
{
	struct statx x;
	struct stat st;

	memset(&st, 0xff, sizeof(st));
	T_OK(stat(name, &st));
	x = truth(AT_FDCWD, name);
	compare(&st, &x);
	for (int i = 0; i < 3; i++) {
		memset(&st, 0xff, sizeof(st));
		T_OK(stat(name, &st));
		compare(&st, &x);
		T_OK((int)syscall(SYS_stat, name, &st));
		compare(&st, &x);
		T_OK((int)syscall(SYS_lstat, name, &st));
		compare(&st, &x);
	}
}

static void is_at(int fd, off_t pos)
{
	struct termios tio;

	for (int i = 0; i < 3; i++)
		T_EQ(lseek(fd, 0, SEEK_CUR), pos);
	T_ERR(ioctl(fd, TCGETS, &tio), ENOTTY);
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

/* @fn in a child that shares what fork shares. */
static void by_child(void (*fn)(void), int fd)
{
	pid_t pid = T_OK(fork());

	shared_fd = fd;
	if (!pid) {
		fn();
		_exit(0);
	}
	t_reap(pid);
}

/* @fn in a process that is there from the beginning and shares nothing. */
static void by_other(void (*fn)(void))
{
	char c;

	T_EQ(write(other_sock, &fn, sizeof(fn)), sizeof(fn));
	T_EQ(read(other_sock, &c, 1), 1);
}

static void start_other(void)
{
	void (*fn)(void);
	int sv[2];

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
	other = T_OK(fork());
	other_sock = sv[0];
	if (other) {
		T_OK(close(sv[1]));
		return;
	}
	T_OK(close(sv[0]));
	while (read(sv[1], &fn, sizeof(fn)) == sizeof(fn)) {
		fn();
		T_EQ(write(sv[1], "", 1), 1);
	}
	_exit(0);
}

static void child_reads(void)
{
	read_some(shared_fd, 7);
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
	by_child(child_reads, fd);
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

static void make_file(const char *name)
{
	char a[PLAIN];
	int fd = T_OK(open(name, O_WRONLY | O_CREAT, 0644));

	memset(a, 'a', sizeof(a));
	T_EQ(write(fd, a, PLAIN), PLAIN);
	T_OK(close(fd));
}

static long list(int fd, void *buf, size_t size)
{
	return syscall(SYS_getdents64, fd, buf, size);
}

/* Names from where it is to the end; asked for once more, there are none. */
static int entries(int fd)
{
	char buf[96];
	int names = 0;
	long n;

	while ((n = T_OK(list(fd, buf, sizeof(buf))))) {
		for (long i = 0; i < n; names++) {
			unsigned short len;

			memcpy(&len, buf + i + 16, sizeof(len));
			i += len;
		}
	}
	for (int i = 0; i < 3; i++)
		T_EQ(list(fd, buf, sizeof(buf)), 0);
	T_EQ(list(fd, buf, 1), 0);
	T_EQ(read(fd, buf, 1), -1);
	return names;
}

static void child_rewinds(void)
{
	T_EQ(lseek(shared_fd, 0, SEEK_SET), 0);
}

static void listings(void)
{
	int fd = T_OK(open(".", O_RDONLY | O_DIRECTORY)), n;
	char buf[2048];

	check_file(fd);
	is_at(fd, 0);
	T_ERR(list(fd, buf, 1), EINVAL);
	n = entries(fd);
	is_at(fd, lseek(fd, 0, SEEK_CUR));
	check_file(fd);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EQ(entries(fd), n);
	by_child(child_rewinds, fd);
	T_EQ(entries(fd), n);
	T_OK(close(fd));
	T_ERR(list(fd, buf, sizeof(buf)), EBADF);
}

static void other_makes_name(void)
{
	make_file("made");
}

static void other_removes_name(void)
{
	T_OK(unlink("made"));
}

static void listings_change(void)
{
	int fd = T_OK(open(".", O_RDONLY | O_DIRECTORY)), n = entries(fd);

	by_other(other_makes_name);
	check_file(fd);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EQ(entries(fd), n + 1);
	by_other(other_removes_name);
	check_file(fd);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EQ(entries(fd), n);
	T_OK(close(fd));
}

static void other_makes_inside(void)
{
	T_OK(mkdir(inside, 0755));
}

static void other_restricts(void)
{
	T_OK(chmod(place, 0700));
}

static void other_moves(void)
{
	T_OK(rename("place", "elsewhere"));
}

static void other_puts_link(void)
{
	T_OK(symlink("elsewhere", "place"));
}

static void *thread_of(void *arg)
{
	return arg;
}

static void places(void)
{
	struct stat st;

	for (int i = 0; i < ROUNDS; i++)
		check_place(place);
	by_other(other_makes_inside);
	check_place(place);
	check_place(inside);
	by_other(other_restricts);
	check_place(place);
	check_place(inside);
	by_other(other_moves);
	T_ERR(stat(place, &st), ENOENT);
	T_ERR(stat(inside, &st), ENOENT);
	by_other(other_puts_link);
	T_OK(stat(place, &st));
	T_TRUE(S_ISDIR(st.st_mode));
	T_OK(lstat(place, &st));
	T_TRUE(S_ISLNK(st.st_mode));
	T_ERR(stat("", &st), ENOENT);
	T_ERR(syscall(SYS_stat, "/", t_badptr()), EFAULT);
	T_ERR(syscall(SYS_stat, t_badptr(), &st), EFAULT);
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

/* As root: who may no longer search the way, or starts elsewhere. */
static void no_way_there(void)
{
	char name[PATH_MAX + 32];
	struct stat st;
	pid_t pid;

	if (geteuid() != 0)
		return;
	snprintf(name, sizeof(name), "%s/private/inside", cwd);
	pid = T_OK(fork());
	if (!pid) {
		for (int i = 0; i < ROUNDS; i++)
			check_place(name);
		T_OK(seteuid(T_NOBODY));
		T_ERR(stat(name, &st), EACCES);
		T_OK(seteuid(0));
		for (int i = 0; i < ROUNDS; i++)
			check_place(name);
		T_OK(chroot(name));
		T_ERR(stat(name, &st), ENOENT);
		_exit(0);
	}
	t_reap(pid);
}

static void make_all(void)
{
	make_file("known");
	make_file("fresh");
	make_file("gone");
	T_OK(mkdir("place", 0755));
	T_OK(mkdir("private", 0700));
	T_OK(mkdir("private/inside", 0755));
}

int main(void)
{
	pthread_t thread;

	if (access("known", F_OK))
		make_all();
	T_TRUE(getcwd(cwd, sizeof(cwd) - 1));
	snprintf(place, sizeof(place), "%s/place", cwd);
	snprintf(inside, sizeof(inside), "%s/place/inside", cwd);
	start_other();
	for (int i = 0; i < ROUNDS; i++) {
		positions();
		number_is_anothers();
		listings();
	}
	listings_change();
	rewound_by_a_rare_site();
	for (int i = 0; i < 10; i++) {
		vfork_child_reads();
		closed_but_open();
		shared_with_another(true);
		shared_with_another(false);
	}
	no_way_there();
	places();
	seen_first_and_last();
	/* Another thread may close it. */
	T_EQ(pthread_create(&thread, NULL, thread_of, NULL), 0);
	T_EQ(pthread_join(thread, NULL), 0);
	positions();
	changed_by_others();
	T_OK(close(other_sock));
	t_reap(other);
	return 0;
}
