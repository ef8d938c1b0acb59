/* Files: names, attributes, reads; and the moving of a megabyte. */
#include <fcntl.h>
#include <sys/stat.h>

#include "b.h"

#define SEEN "/usr/bin/env" /* everywhere, and read before the measuring starts */
#define MIB  (1u << 20)

static char buf[MIB];

static int seen(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open(SEEN, O_RDONLY | O_CLOEXEC);
	must(fd >= 0);
	return fd;
}

/* A file of our own in the scratch directory, gone with us. */
static int scratch(char *path, size_t size)
{
	const char *dir = getenv("BENCH_TMP");
	int fd;

	snprintf(path, size, "%s.%ld.XXXXXX", dir ? dir : "/tmp/bailey-bench", (long)getpid());
	fd = mkostemp(path, O_CLOEXEC);
	must(fd >= 0);
	return fd;
}

static uint64_t op_pread_512(uint64_t n)
{
	int fd = seen();
	uint64_t start = now_ns();

	while (n--)
		must(pread(fd, buf, 512, 0) == 512);
	return now_ns() - start;
}

OP(stat)
{
	struct stat st;

	must(!stat(SEEN, &st));
}

static uint64_t op_fstat(uint64_t n)
{
	int fd = seen();
	struct stat st;
	uint64_t start = now_ns();

	while (n--)
		must(!fstat(fd, &st));
	return now_ns() - start;
}

OP(open_close)
{
	int fd = open(SEEN, O_RDONLY | O_CLOEXEC);

	must(fd >= 0 && !close(fd));
}

static uint64_t op_create_unlink(uint64_t n)
{
	char path[128];
	uint64_t start;

	must(!close(scratch(path, sizeof(path))) && !unlink(path));
	start = now_ns();
	while (n--) {
		int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

		must(fd >= 0 && !close(fd) && !unlink(path));
	}
	return now_ns() - start;
}

/* The same megabyte again and again, so that it is the copy that counts. */
static uint64_t megabytes(uint64_t n, ssize_t (*move)(int fd))
{
	char path[128];
	int fd = scratch(path, sizeof(path));
	uint64_t start;

	must(!unlink(path) && pwrite(fd, buf, MIB, 0) == MIB);
	start = now_ns();
	while (n--)
		must(move(fd) == MIB);
	start = now_ns() - start;
	close(fd);
	return start;
}

static ssize_t move_out(int fd)
{
	return pwrite(fd, buf, MIB, 0);
}

static ssize_t move_in(int fd)
{
	return pread(fd, buf, MIB, 0);
}

static uint64_t op_write_1m(uint64_t n)
{
	return megabytes(n, move_out);
}

static uint64_t op_read_1m(uint64_t n)
{
	return megabytes(n, move_in);
}

static const struct op ops[] = {
	{"pread-512", op_pread_512},
	{"stat", op_stat},
	{"fstat", op_fstat},
	{"open-close", op_open_close},
	{"create-unlink", op_create_unlink},
	{"write-1m", op_write_1m},
	{"read-1m", op_read_1m},
};

BENCH_MAIN(ops)
