/*
 * read and pread of a file that was just opened, so often that its bytes may be told ahead: they
 * are those of the moment, and the position is where the reads have come, whoever asks for it
 *
 * Works on files of the working directory that may be there from before, made by `make` as the
 * only argument; else they are made.  `dusty` has not been read for days.
 */
#include "other.h"
#include "scm.h"
#include "t.h"

#include <linux/limits.h>
#include <sys/inotify.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define SIZE   3000
#define LARGE  40000
#define ROUNDS 30

static char text[LARGE], room[2 * LARGE];
static const char *self;

static const struct {
	const char *name;
	size_t size;
} files[] = {
	{"text", SIZE},    {"large", LARGE},  {"empty", 0},          {"dusty", SIZE},
	{"written", SIZE}, {"cut", SIZE},     {"grows", SIZE},       {"removed", SIZE},
	{"moved", SIZE},   {"watched", SIZE}, {"overwritten", SIZE},
};

static int open_it(const char *name)
{
	return T_OK(open(name, O_RDONLY));
}

static void is_at(int fd, off_t pos)
{
	T_EQ(lseek(fd, 0, SEEK_CUR), pos);
	T_EQ(lseek(fd, 0, SEEK_CUR), pos);
}

/* The next @n bytes are those from @pos on, and nothing behind them is touched. */
static void reads(int fd, size_t n, size_t want, off_t pos)
{
	memset(room, '#', n + 1 < sizeof(room) ? n + 1 : sizeof(room));
	T_EQ(read(fd, room, n), want);
	T_MEM(room, text + pos, want);
	T_EQ(room[want], '#');
}

static void preads(int fd, size_t n, size_t want, off_t pos)
{
	memset(room, '#', n + 1);
	T_EQ(pread(fd, room, n, pos), want);
	T_MEM(room, text + pos, want);
	T_EQ(room[want], '#');
}

/* What reads a file whole, as most programs do. */
static void whole(const char *name, size_t size)
{
	int fd = open_it(name);

	reads(fd, size + 1, size, 0);
	reads(fd, 1, 0, 0);
	is_at(fd, (off_t)size);
	T_OK(close(fd));
}

static void in_parts(const char *name, size_t size)
{
	static const size_t parts[] = {1, 7, 8, 31, 255, 256, 257, 0, 500, 1000};
	int fd = open_it(name);
	size_t pos = 0, n;

	for (unsigned i = 0; pos < size; i++) {
		n = parts[i % (sizeof(parts) / sizeof(*parts))];
		reads(fd, n, n < size - pos ? n : size - pos, (off_t)pos);
		pos += n < size - pos ? n : size - pos;
		is_at(fd, (off_t)pos);
	}
	T_EQ(read(fd, room, sizeof(room)), 0);
	T_EQ(lseek(fd, 5, SEEK_SET), 5);
	reads(fd, 600, 600, 5);
	T_EQ(lseek(fd, -5, SEEK_CUR), 600);
	reads(fd, 10, 10, 600);
	T_EQ(lseek(fd, (off_t)size + 10, SEEK_SET), size + 10);
	reads(fd, 10, 0, 0);
	is_at(fd, (off_t)size + 10);
	T_OK(close(fd));
}

static void at_places(const char *name, size_t size)
{
	int fd = open_it(name);

	preads(fd, 100, 100, 0);
	preads(fd, 700, 700, 11);
	preads(fd, size, size - 50, 50);
	preads(fd, 100, 0, (off_t)size);
	preads(fd, 100, 0, (off_t)size + 1);
	preads(fd, 0, 0, 3);
	T_ERR(pread(fd, room, 10, -1), EINVAL);
	T_ERR(pread(fd, room, 10, INT64_MAX - 9), EINVAL);
	is_at(fd, 0);
	reads(fd, 9, 9, 0);
	preads(fd, 9, 9, 0);
	is_at(fd, 9);
	T_OK(close(fd));
}

/* Only as far as there is memory, and none that cannot be written. */
static void bad_buffers(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fd = open_it("text");
	char *p = T_OK(
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	T_OK(mprotect(p + page, page, PROT_READ));
	T_ERR(read(fd, t_badptr(), 100), EFAULT);
	T_ERR(read(fd, p + page, 1), EFAULT);
	T_ERR(read(fd, (void *)-4096, 10), EFAULT);
	is_at(fd, 0);
	T_EQ(read(fd, p + page - 300, 500), 300);
	T_MEM(p + page - 300, text, 300);
	is_at(fd, 300);
	T_EQ(pread(fd, p + page - 10, 500, 7), 10);
	T_MEM(p + page - 10, text + 7, 10);
	T_OK(munmap(p, 2 * page));
	T_OK(close(fd));
}

/* By calls that are always made by the kernel. */
static void by_other_calls(void)
{
	int fd = open_it("text"), fds[2];
	struct iovec iov[2] = {{room, 5}, {room + 5, 6}};
	char line[256], path[64];
	FILE *f;
	long pos = -1;

	reads(fd, 10, 10, 0);
	T_EQ(readv(fd, iov, 2), 11);
	T_MEM(room, text + 10, 11);
	reads(fd, 4, 4, 21);
	T_OK(pipe(fds));
	T_EQ(sendfile(fds[1], fd, NULL, 20), 20);
	T_EQ(read(fds[0], room, 100), 20);
	T_MEM(room, text + 25, 20);
	reads(fd, 5, 5, 45);
	T_EQ(splice(fd, NULL, fds[1], NULL, 10, 0), 10);
	T_EQ(read(fds[0], room, 100), 10);
	T_MEM(room, text + 50, 10);
	reads(fd, 3, 3, 60);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = T_OK(fopen(path, "r"));
	while (fgets(line, sizeof(line), f) && sscanf(line, "pos: %ld", &pos) != 1)
		;
	fclose(f);
	T_EQ(pos, 63);
	T_OK(close(fds[0]));
	T_OK(close(fds[1]));
	T_OK(close(fd));
}

static void two_descriptors(void)
{
	int a = open_it("text"), b, c;

	reads(a, 100, 100, 0);
	b = open_it("large");
	reads(b, 50, 50, 0);
	reads(a, 100, 100, 100);
	reads(b, 50, 50, 50);
	c = T_OK(dup(b));
	reads(c, 50, 50, 100);
	reads(b, 50, 50, 150);
	T_OK(close(c));
	reads(b, 50, 50, 200);
	T_OK(dup2(a, b));
	reads(b, 10, 10, 200);
	is_at(a, 210);
	T_OK(close(a));
	T_OK(close(b));
}

static void by_child(void)
{
	int fd = open_it("text");
	pid_t pid;

	reads(fd, 100, 100, 0);
	pid = T_OK(fork());
	if (!pid) {
		reads(fd, 10, 10, 100);
		_exit(0);
	}
	t_reap(pid);
	reads(fd, 10, 10, 110);
	pid = vfork();
	if (!pid) {
		syscall(SYS_read, fd, room, 5);
		_exit(0);
	}
	t_reap(T_OK(pid));
	reads(fd, 10, 10, 125);
	T_OK(close(fd));
}

/* A program that is started has it where it was. */
static void by_program(void)
{
	int fd = open_it("text");
	char number[16];
	pid_t pid;

	reads(fd, 100, 100, 0);
	snprintf(number, sizeof(number), "%d", fd);
	pid = T_OK(fork());
	if (!pid) {
		T_OK(close(fd));
		fd = open_it("text");
		reads(fd, 123, 123, 0);
		execl(self, self, "at", number, (char *)NULL);
		_exit(1);
	}
	t_reap(pid);
	is_at(fd, 100);
	T_OK(close(fd));
}

/* Sent to, or taken by, somebody who goes on reading. */
static void by_another(bool sent)
{
	int sv[2], fd = -1, theirs = -1, pidfd;
	char c = 0;
	pid_t pid;

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
	pid = T_OK(fork());
	if (!pid) {
		fd = open_it("text");
		reads(fd, 100, 100, 0);
		if (sent)
			send_fd(sv[1], fd);
		else
			T_EQ(write(sv[1], &fd, sizeof(fd)), sizeof(fd));
		T_EQ(read(sv[1], &c, 1), 1);
		reads(fd, 10, 10, 100 + c);
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
	if (fd >= 0) {
		reads(fd, 9, 9, 100);
		T_OK(close(fd));
		c = 9;
	}
	T_EQ(write(sv[0], &c, 1), 1);
	t_reap(pid);
	T_OK(close(sv[0]));
	T_OK(close(sv[1]));
}

/* The direction in which string instructions go is the program's. */
static void downwards(void)
{
	int fd = open_it("text");
	long ret;

	memset(room, '#', 1000);
	__asm__ volatile("std\n\tmov %1, %%eax\n\tsyscall\n\tcld"
			 : "=&a"(ret)
			 : "i"(SYS_read), "D"((long)fd), "S"(room), "d"(900L)
			 : "rcx", "r11", "memory", "cc");
	T_EQ(ret, 900);
	T_MEM(room, text, 900);
	T_EQ(room[900], '#');
	is_at(fd, 900);
	T_OK(close(fd));
}

static void *reads_beside(void *arg)
{
	reads(*(int *)arg, 10, 10, 10);
	return NULL;
}

static void by_thread(void)
{
	int fd = open_it("text");
	pthread_t thread;

	reads(fd, 10, 10, 0);
	T_EQ(pthread_create(&thread, NULL, reads_beside, &fd), 0);
	T_EQ(pthread_join(thread, NULL), 0);
	reads(fd, 10, 10, 20);
	T_OK(close(fd));
}

static void write_at(const char *name, off_t pos, const char *bytes)
{
	int fd = T_OK(open(name, O_WRONLY));

	T_EQ(pwrite(fd, bytes, strlen(bytes), pos), strlen(bytes));
	T_OK(close(fd));
}

static void other_writes(void)
{
	write_at("written", 0, "new beginning");
	write_at("written", 150, "new middle");
}

static void other_cuts(void)
{
	T_OK(truncate("cut", 120));
}

static void other_appends(void)
{
	write_at("grows", SIZE, "more");
}

static void other_removes(void)
{
	T_OK(unlink("removed"));
}

static void other_moves(void)
{
	T_OK(rename("moved", "moved-away"));
	T_OK(symlink("text", "moved"));
}

static void other_replaces(void)
{
	int fd = T_OK(open("overwritten", O_WRONLY | O_TRUNC));

	T_EQ(write(fd, "short", 5), 5);
	T_OK(close(fd));
}

static void changed_by_others(void)
{
	int fd = open_it("written");

	reads(fd, 100, 100, 0);
	by_other(other_writes);
	T_EQ(read(fd, room, 60), 60);
	T_MEM(room + 50, "new middle", 10);
	T_EQ(pread(fd, room, 13, 0), 13);
	T_MEM(room, "new beginning", 13);
	is_at(fd, 160);
	T_OK(close(fd));

	fd = open_it("cut");
	reads(fd, 100, 100, 0);
	by_other(other_cuts);
	reads(fd, 100, 20, 100);
	reads(fd, 100, 0, 0);
	T_OK(close(fd));

	fd = open_it("grows");
	reads(fd, SIZE + 1, SIZE, 0);
	reads(fd, 1, 0, 0);
	by_other(other_appends);
	T_EQ(read(fd, room, 10), 4);
	T_MEM(room, "more", 4);
	T_OK(close(fd));

	fd = open_it("overwritten");
	by_other(other_replaces);
	T_EQ(read(fd, room, 100), 5);
	T_MEM(room, "short", 5);
	T_OK(close(fd));
}

static void names_change(void)
{
	int fd = open_it("removed");

	by_other(other_removes);
	reads(fd, SIZE, SIZE, 0);
	T_OK(close(fd));
	T_ERR(open("removed", O_RDONLY), ENOENT);

	fd = open_it("moved");
	by_other(other_moves);
	reads(fd, 100, 100, 0);
	T_OK(close(fd));
}

/* Events, whether the watch was there before the open or came between. */
static void watched(void)
{
	int in = T_OK(inotify_init1(IN_NONBLOCK)), fd = open_it("watched"), wd;

	reads(fd, 10, 10, 0);
	T_ERR(read(in, room, sizeof(room)), EAGAIN);
	wd = T_OK(inotify_add_watch(in, "watched", IN_ACCESS));
	reads(fd, 10, 10, 10);
	T_EQ(read(in, room, sizeof(room)), sizeof(struct inotify_event));
	T_OK(close(fd));
	fd = open_it("watched");
	T_ERR(read(in, room, sizeof(room)), EAGAIN);
	reads(fd, 10, 10, 0);
	T_EQ(read(in, room, sizeof(room)), sizeof(struct inotify_event));
	T_OK(inotify_rm_watch(in, wd));
	T_OK(close(fd));
	T_OK(close(in));
}

static struct timespec atime_of(const char *name)
{
	struct stat st;

	T_OK(stat(name, &st));
	return st.st_atim;
}

/* As the mount says: relatime moves it once a day. */
static void atime(void)
{
	struct timespec before = atime_of("dusty"), after;
	struct statvfs sv;
	int fd = open_it("dusty");

	reads(fd, 10, 10, 0);
	after = atime_of("dusty");
	T_OK(fstatvfs(fd, &sv));
	if (sv.f_flag & ST_RELATIME && !(sv.f_flag & (ST_NOATIME | ST_RDONLY)))
		T_GT(after.tv_sec, before.tv_sec);
	T_OK(close(fd));
}

/* All but one as if they had been read today. */
static void make_all(void)
{
	const struct timespec old[2] = {{time(NULL) - 200000, 0}, {time(NULL) - 300000, 0}};
	const struct timespec read[2] = {{time(NULL) + 60, 0}, {0, UTIME_OMIT}};

	for (unsigned i = 0; i < sizeof(files) / sizeof(*files); i++) {
		int fd = T_OK(open(files[i].name, O_WRONLY | O_CREAT, 0644));

		T_EQ(write(fd, text, files[i].size), files[i].size);
		T_OK(futimens(fd, read));
		T_OK(close(fd));
	}
	T_OK(utimensat(AT_FDCWD, "dusty", old, 0));
}

int main(int argc, char **argv)
{
	for (unsigned i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + (i ^ i >> 5 ^ i >> 9) % 26);
	self = argv[0];
	if (argc == 3) {
		is_at(atoi(argv[2]), 123);
		reads(atoi(argv[2]), 10, 10, 123);
		return 0;
	}
	if (argc == 2 || access("text", F_OK))
		make_all();
	if (argc == 2)
		return 0;
	other_start();
	for (int i = 0; i < ROUNDS; i++) {
		whole("text", SIZE);
		whole("large", LARGE);
		whole("empty", 0);
		in_parts("text", SIZE);
		in_parts("large", LARGE);
		at_places("text", SIZE);
		at_places("large", LARGE);
		bad_buffers();
		by_other_calls();
		two_descriptors();
	}
	atime();
	changed_by_others();
	names_change();
	for (int i = 0; i < ROUNDS; i++)
		downwards();
	for (int i = 0; i < 5; i++) {
		by_child();
		by_program();
		by_another(true);
		by_another(false);
	}
	by_thread();
	watched();
	other_end();
	return 0;
}
