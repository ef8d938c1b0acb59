/*
 * Random file calls, the same for the same seed, and what each of them answered.
 *
 *	files_program SEED STEPS root|user|both
 *
 * tests/lib/run-files runs it natively and in a sandbox and compares the output.
 * It stays in an empty directory that it makes its root.  "both": the effective
 * id changes now and then.  What may differ between file systems is not printed:
 * sizes and links of directories, positions of holes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/falloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define NR_FDS   12
#define BUF_SIZE 70000
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const names[] = {
	"a",  "b",    "c",    "d",     "e",
	"f",  "dir1", "dir2", "l1",    "l2",
	"..", ".",    "a/",   "dir1/", "a_name_that_is_longer_than_what_stands_inline"};

static uint64_t state;
static int fds[NR_FDS], top;
static unsigned step;
static char buf[BUF_SIZE];

static uint32_t rnd(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 20) % n;
}

/* A path of one to three names; it stands until eight more were made. */
static const char *path(void)
{
	static char room[8][600];
	static unsigned next;
	char *p = room[next++ % COUNT(room)];
	unsigned nr = 1 + rnd(3);

	p[0] = '\0';
	if (rnd(10) < 5)
		return strcpy(p, names[rnd(9)]);
	for (unsigned i = 0; i < nr; i++) {
		strcat(p, names[rnd(COUNT(names))]);
		if (i + 1 < nr && p[strlen(p) - 1] != '/')
			strcat(p, "/");
	}
	if (rnd(60) == 0)
		strcat(p, "/");
	if (rnd(200) == 0)
		p[0] = '\0';
	if (rnd(200) == 0) {
		memset(p, 'x', 256);
		p[255 + rnd(2)] = '\0';
	}
	return p;
}

/* Never sticky: what that means for links is the machine's choice (fs.protected_symlinks). */
static unsigned any_mode(void)
{
	return rnd(010000) & ~01000u;
}

static int any_fd(void)
{
	return fds[rnd(NR_FDS)];
}

static bool same_file(int a, int b)
{
	struct stat x, y;

	return !fstat(a, &x) && !fstat(b, &y) && x.st_ino == y.st_ino;
}

static void say(const char *op, const char *p, const char *q, long ret)
{
	printf("%u %s %s %s = %ld %s\n", step, op, p ? p : "", q ? q : "", ret,
	       ret < 0 ? strerrorname_np(errno) : "");
}

static void say_hash(const void *data, long len)
{
	const unsigned char *d = data;
	unsigned h = 0;

	for (long i = 0; i < len; i++)
		h = h * 31 + d[i];
	printf("  %08x\n", h);
}

static void say_stat(const char *op, const char *p, int ret, const struct stat *st)
{
	bool dir;

	say(op, p, NULL, ret);
	if (ret < 0)
		return;
	dir = S_ISDIR(st->st_mode);
	printf("  mode %o links %ld uid %u gid %u size %ld rdev %lx\n", st->st_mode,
	       dir ? 0 : (long)st->st_nlink, st->st_uid, st->st_gid, dir ? 0 : (long)st->st_size,
	       (long)st->st_rdev);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *p)
{
	DIR *d = opendir(p);
	struct dirent *e;
	char *entry[256];
	size_t nr = 0;

	say("list", p, NULL, d ? 0 : -1);
	if (!d)
		return;
	while (nr < COUNT(entry) && (e = readdir(d))) {
		struct stat st;
		bool same = !fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
			    e->d_ino == st.st_ino;

		/* The root is its own parent for a walk, but not for who reads it. */
		same |= !strcmp(e->d_name, "..");
		if (asprintf(&entry[nr], "%s:%d%s", e->d_name, e->d_type, same ? "" : "!") > 0)
			nr++;
	}
	closedir(d);
	qsort(entry, nr, sizeof(entry[0]), by_name);
	for (size_t i = 0; i < nr; i++) {
		printf("  %s\n", entry[i]);
		free(entry[i]);
	}
}

static void do_open(const char *p)
{
	static const int flags[] = {
		0,
		O_RDWR,
		O_WRONLY,
		O_CREAT | O_RDWR,
		O_CREAT | O_WRONLY | O_TRUNC,
		O_CREAT | O_EXCL | O_RDWR,
		O_RDONLY | O_DIRECTORY,
		O_NOFOLLOW,
		O_RDWR | O_APPEND | O_CREAT,
		O_PATH,
		O_PATH | O_NOFOLLOW,
		O_TRUNC | O_RDWR,
		O_TRUNC | O_RDONLY,
		O_TMPFILE | O_RDWR,
		O_DIRECTORY | O_RDWR,
		O_CREAT | O_DIRECTORY,
		O_CREAT,
		O_NOFOLLOW | O_CREAT | O_RDWR,
	};
	int how = flags[rnd(COUNT(flags))] | O_NONBLOCK;
	int fd = open(p, how, rnd(4) ? 0644 : any_mode());
	char text[16];

	snprintf(text, sizeof(text), "%x", how);
	say("open", p, text, fd < 0 ? fd : 0);
	if (fd >= 0) {
		int *slot = &fds[rnd(NR_FDS)];

		if (*slot >= 0)
			close(*slot);
		*slot = fd;
	}
}

static void do_names(const char *p, const char *q)
{
	static const unsigned types[] = {S_IFREG, S_IFIFO, S_IFSOCK, 0, S_IFDIR, S_IFLNK};
	unsigned flags;

	switch (rnd(14)) {
	case 0:
		say("mkdir", p, NULL, mkdir(p, rnd(4) ? 0755 : any_mode()));
		break;
	case 1:
		say("rmdir", p, NULL, rmdir(p));
		break;
	case 2:
	case 3:
		say("unlink", p, NULL, unlink(p));
		break;
	case 4:
	case 5:
		say("rename", p, q, rename(p, q));
		break;
	case 6:
	case 7:
		flags = rnd(3);
		say(flags == 2 ? "exchange"
		    : flags    ? "noreplace"
			       : "renameat2",
		    p, q, renameat2(AT_FDCWD, p, AT_FDCWD, q, flags));
		break;
	case 8:
		say("link", p, q, link(p, q));
		break;
	case 9:
		say("link-follow", p, q, linkat(AT_FDCWD, p, AT_FDCWD, q, AT_SYMLINK_FOLLOW));
		break;
	case 10:
	case 11:
		say("symlink", p, q, symlink(p, q));
		break;
	case 12:
		say("mknod", p, NULL, mknod(p, types[rnd(COUNT(types))] | 0644, 0));
		break;
	case 13:
		list(rnd(2) ? "." : p);
		break;
	}
}

static void do_attributes(const char *p)
{
	struct timespec ts[2] = {{rnd(1000000), rnd(1000)},
				 {rnd(1000000), rnd(2) ? UTIME_OMIT : 5}};
	struct stat st;
	long ret;

	switch (rnd(9)) {
	case 0:
		ret = stat(p, &st);
		say_stat("stat", p, (int)ret, &st);
		break;
	case 1:
		ret = lstat(p, &st);
		say_stat("lstat", p, (int)ret, &st);
		break;
	case 2:
		say("chmod", p, NULL, chmod(p, any_mode()));
		break;
	case 3:
		say("chown", p, NULL,
		    fchownat(AT_FDCWD, p, rnd(3) ? -1u : rnd(3) * 500, rnd(3) ? -1u : rnd(3) * 500,
			     rnd(2) ? AT_SYMLINK_NOFOLLOW : 0));
		break;
	case 4:
		say("truncate", p, NULL, truncate(p, rnd(4) ? rnd(70000) : rnd(3000000)));
		break;
	case 5:
		say("access", p, NULL, access(p, (int)rnd(8)));
		break;
	case 6:
		say("utimens", p, NULL,
		    utimensat(AT_FDCWD, p, rnd(3) ? ts : NULL, rnd(2) ? AT_SYMLINK_NOFOLLOW : 0));
		break;
	case 7:
		ret = readlink(p, buf, rnd(2) ? 100 : 3);
		say("readlink", p, NULL, ret);
		say_hash(buf, ret);
		break;
	case 8:
		ret = fstat(any_fd(), &st);
		say_stat("fstat", NULL, (int)ret, &st);
		break;
	}
}

static void do_xattrs(const char *p)
{
	const char *name = rnd(2) ? "user.a" : "user.bb";
	uint32_t len = rnd(60);

	switch (rnd(4)) {
	case 0:
		memset(buf, 'z', len);
		say("setxattr", p, name, setxattr(p, name, buf, len, (int)rnd(3)));
		break;
	case 1:
		say("getxattr", p, name, getxattr(p, name, buf, len));
		break;
	case 2:
		say("removexattr", p, name, removexattr(p, name));
		break;
	case 3:
		say("listxattr", p, NULL, listxattr(p, buf, rnd(2) ? 0 : 100));
		break;
	}
}

static void do_write(int fd)
{
	uint32_t len = rnd(5) ? rnd(3000) : rnd(65000);

	memset(buf, 'a' + (int)rnd(26), len);
	if (rnd(3))
		say("pwrite", NULL, NULL, pwrite(fd, buf, len, rnd(5) ? rnd(5000) : rnd(200000)));
	else
		say("write", NULL, NULL, write(fd, buf, len));
}

static void do_read(int fd)
{
	long ret = rnd(3) ? pread(fd, buf, rnd(65000), rnd(100000)) : read(fd, buf, rnd(5000));

	say("read", NULL, NULL, ret);
	say_hash(buf, ret);
}

static void do_map(int fd)
{
	int prot = PROT_READ | (rnd(2) ? PROT_WRITE : 0), flags = rnd(2) ? MAP_SHARED : MAP_PRIVATE;
	void *m = mmap(NULL, 8192, prot, flags, fd, 0);
	struct stat st;

	say("mmap", NULL, NULL, m == MAP_FAILED ? -1 : 0);
	if (m == MAP_FAILED)
		return;
	if (!fstat(fd, &st) && st.st_size > 5000)
		say_hash(m, 5000);
	munmap(m, 8192);
}

/*
 * Between two files.  How a file that is source and end overlaps itself is nobody's
 * promise, nor is when the bytes that sendfile puts into a pipe are taken.
 */
static void do_copy(int from, int to)
{
	off_t off = rnd(5000);
	struct stat st;

	if (same_file(from, to) || (!fstat(to, &st) && S_ISFIFO(st.st_mode)))
		return;
	if (rnd(2))
		say("copy_file_range", NULL, NULL,
		    copy_file_range(from, NULL, to, NULL, rnd(5000), 0));
	else
		say("sendfile", NULL, NULL, sendfile(to, from, rnd(2) ? &off : NULL, rnd(5000)));
}

static void do_descriptor(int fd)
{
	static const int modes[] = {0, FALLOC_FL_KEEP_SIZE,
				    FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE};
	int whence = (int)rnd(6);
	off_t off = (off_t)rnd(100000) - 1000;

	switch (rnd(12)) {
	case 0:
	case 1:
	case 2:
	case 3:
		do_write(fd);
		break;
	case 4:
	case 5:
	case 6:
		do_read(fd);
		break;
	case 7:
		say("ftruncate", NULL, NULL, ftruncate(fd, rnd(90000)));
		break;
	case 8:
		say("fallocate", NULL, NULL,
		    fallocate(fd, modes[rnd(COUNT(modes))], rnd(80000), rnd(20000)));
		break;
	case 9:
		off = lseek(fd, off, whence);
		if (whence == SEEK_DATA || whence == SEEK_HOLE)
			lseek(fd, 0, SEEK_SET);
		else
			say("lseek", NULL, NULL, off);
		break;
	case 10:
		say("getfl", NULL, NULL, fcntl(fd, F_GETFL));
		do_map(fd);
		break;
	case 11:
		do_copy(fd, any_fd());
		break;
	}
}

static void do_chdir(const char *p)
{
	if (rnd(3) == 0)
		say("fchdir", NULL, NULL, fchdir(top));
	else
		say("chdir", p, NULL, chdir(p));
	say("getcwd", NULL, NULL, syscall(SYS_getcwd, buf, 4096) > 0 ? 0 : -1);
}

static void switch_id(void)
{
	syscall(SYS_setresuid, -1, geteuid() ? 0 : 1000, -1);
}

static int enter(const char *who)
{
	if (mkdir("w", 0777) || chmod("w", 0777) || chdir("w") || chroot("."))
		return -1;
	top = open(".", O_RDONLY | O_DIRECTORY);
	umask(022);
	if (!strcmp(who, "root"))
		return 0;
	if (setgroups(0, NULL) || setresgid(1000, 1000, 1000))
		return -1;
	return !strcmp(who, "user") ? setresuid(1000, 1000, 1000) : setresuid(1000, 1000, 0);
}

int main(int argc, char **argv)
{
	unsigned steps;

	if (argc != 4 || enter(argv[3])) {
		fprintf(stderr, "files_program SEED STEPS root|user|both, as root: %m\n");
		return 2;
	}
	state = strtoull(argv[1], NULL, 0) * 0x9e3779b97f4a7c15ull + 1;
	steps = (unsigned)atoi(argv[2]);
	for (int i = 0; i < NR_FDS; i++)
		fds[i] = -1;
	for (step = 0; step < steps; step++) {
		const char *p = path(), *q = path();
		uint32_t what = rnd(20);

		if (!strcmp(argv[3], "both") && rnd(8) == 0)
			switch_id();
		if (what < 3)
			do_open(p);
		else if (what < 9)
			do_names(p, q);
		else if (what < 13)
			do_attributes(p);
		else if (what < 14)
			do_xattrs(p);
		else if (what < 19)
			do_descriptor(any_fd());
		else
			do_chdir(p);
	}
	return 0;
}
