/*
 * a file that was read and mapped often, and is then written to or cut by its name, is
 * what was written, for who opens it and for who had it open (tests/oci/lifecycle runs
 * this over files that an overlay of the host copies up)
 */
#include <sys/mman.h>

#include "t.h"

#define OLD "old content"
#define NEW "NEW CONTENT"
#define LEN (sizeof(OLD) - 1)

static void have(const char *name)
{
	int fd = open(name, O_RDONLY);

	if (fd == -1) {
		fd = T_OK(open(name, O_WRONLY | O_CREAT | O_EXCL, 0644));
		T_EQ(write(fd, OLD, LEN), LEN);
	}
	T_OK(close(fd));
}

static void reads(int fd, const char *want, size_t len)
{
	char buf[2 * LEN] = "";

	T_EQ(pread(fd, buf, sizeof(buf), 0), len);
	T_MEM(buf, want, len);
}

static void look(const char *name, const char *want, size_t len)
{
	int fd = T_OK(open(name, O_RDONLY));
	char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	T_TRUE(p != MAP_FAILED);
	T_MEM(p, want, len);
	reads(fd, want, len);
	T_OK(munmap(p, 4096));
	T_OK(close(fd));
}

int main(void)
{
	int early, fd;

	have("written");
	have("cut");
	early = T_OK(open("written", O_RDONLY));
	for (int i = 0; i < 20; i++) {
		look("written", OLD, LEN);
		look("cut", OLD, LEN);
		reads(early, OLD, LEN);
	}
	fd = T_OK(open("written", O_WRONLY));
	T_EQ(pwrite(fd, NEW, LEN, 0), LEN);
	look("written", NEW, LEN);
	reads(early, NEW, LEN);
	T_OK(close(fd));
	look("written", NEW, LEN);

	T_OK(truncate("cut", 4));
	look("cut", OLD, 4);
	fd = T_OK(open("cut", O_WRONLY));
	T_EQ(pwrite(fd, NEW, 4, 0), 4);
	look("cut", NEW, 4);
	return 0;
}
