/*
 * getdents at the end and stat of directories, asked so often that they may be answered from
 * memory: each answer is that of the moment, whoever has changed names, places or rights
 *
 * Works on the directories `place` and `private/inside` of the working directory, of which
 * `private` is the owner's alone.  They may be there from before; else they are made.
 */
#include <sys/syscall.h>

#include "attributes.h"
#include "other.h"
#include "t.h"

#define ROUNDS 60

static char cwd[PATH_MAX], place[PATH_MAX + 16], inside[PATH_MAX + 32];

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

/* A child that shares what fork shares. */
static void child_rewinds(int fd)
{
	pid_t pid = T_OK(fork());

	if (!pid) {
		T_EQ(lseek(fd, 0, SEEK_SET), 0);
		_exit(0);
	}
	t_reap(pid);
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
	child_rewinds(fd);
	T_EQ(entries(fd), n);
	T_OK(close(fd));
	T_ERR(list(fd, buf, sizeof(buf)), EBADF);
}

static void other_makes_name(void)
{
	T_OK(close(T_OK(creat("made", 0644))));
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

int main(void)
{
	if (access("place", F_OK)) {
		T_OK(mkdir("place", 0755));
		T_OK(mkdir("private", 0700));
		T_OK(mkdir("private/inside", 0755));
	}
	T_TRUE(getcwd(cwd, sizeof(cwd) - 1));
	snprintf(place, sizeof(place), "%s/place", cwd);
	snprintf(inside, sizeof(inside), "%s/place/inside", cwd);
	other_start();
	for (int i = 0; i < ROUNDS; i++)
		listings();
	listings_change();
	no_way_there();
	places();
	other_end();
	return 0;
}
