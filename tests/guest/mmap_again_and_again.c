/*
 * a file that is mapped often is each time the file as it is now, and what was
 * written to one private mapping is in no other, whoever makes it
 */
#include <sys/mman.h>

#include "t.h"

#define PAGES 3
#define SIZE  (PAGES * 4096)

static char *map(const char *name, off_t off, int prot)
{
	int fd = T_OK(open(name, O_RDONLY));
	char *p = mmap(NULL, SIZE - off, prot, MAP_PRIVATE, fd, off);

	T_TRUE(p != MAP_FAILED);
	T_OK(close(fd));
	return p;
}

static void make(const char *name, char c)
{
	static char buf[SIZE];
	int fd = T_OK(open(name, O_RDWR | O_CREAT | O_TRUNC, 0644));

	memset(buf, c, sizeof(buf));
	T_EQ(write(fd, buf, sizeof(buf)), SIZE);
	T_OK(fchmod(fd, 0644));
	T_OK(close(fd));
}

static void look(const char *name, char c)
{
	char *p = map(name, 0, PROT_READ), *q = map(name, 4096, PROT_READ | PROT_WRITE);

	T_EQ(p[0], c);
	T_EQ(p[SIZE - 1], c);
	T_EQ(q[0], c);
	q[0] = '!';
	T_EQ(p[4096], c);
	T_OK(munmap(p, SIZE));
	T_OK(munmap(q, SIZE - 4096));
}

int main(void)
{
	make("f", 'a');
	for (int i = 0; i < 12; i++)
		look("f", 'a');
	for (int i = 0; i < 4; i++) {
		pid_t pid = T_OK(fork());

		if (pid == 0) {
			look("f", 'a');
			_exit(0);
		}
		T_EXITED(pid, 0);
	}
	make("f", 'b'); /* the same file, other bytes */
	look("f", 'b');
	make("g", 'c');
	T_OK(rename("g", "f")); /* another file */
	for (int i = 0; i < 12; i++)
		look("f", 'c');
	return 0;
}
