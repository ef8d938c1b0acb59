/*
 * Bytes arrive whole whatever their number and place: sizes around pages and
 * around what may travel with a call, ends of pages, many pieces, the same
 * place again and again; on the stack, in anonymous, shared and file memory.
 */
#include <sys/socket.h>

#include "t.h"

#define MAX   70000
#define TIMES 3

static const size_t sizes[] = {1,     2,     3,     4,     7,     8,     9,     15,    16,    17,
			       63,    64,    65,    100,   511,   512,   513,   4064,  4095,  4096,
			       4097,  8175,  8176,  8191,  8192,  8193,  12288, 16384, 20463, 20464,
			       20479, 20480, 20481, 32768, 65535, 65536, 65537};

static unsigned char from[MAX], data_to[MAX] = {1};

static void pattern(unsigned seed)
{
	for (size_t i = 0; i < MAX; i++)
		from[i] = (unsigned char)(i * 7 + i / 251 + seed);
}

/* A file's bytes to @to and from there into another file, and back. */
static void through_file(int fd, unsigned char *to, size_t n, unsigned seed)
{
	pattern(seed);
	memset(to, 0, n);
	T_EQ(pwrite(fd, from, n, 3), n);
	T_EQ(pread(fd, to, n, 3), n);
	T_MEM(to, from, n);
	T_EQ(pwrite(fd, to, n, 1), n);
	memset(to, 0, n);
	T_EQ(lseek(fd, 1, SEEK_SET), 1);
	T_EQ(read(fd, to, n), n);
	T_MEM(to, from, n);
}

static void through_pipe(const int fds[2], unsigned char *to, size_t n, unsigned seed)
{
	struct iovec v[3] = {
		{from, n / 3}, {from + n / 3, n / 3}, {from + n / 3 * 2, n - n / 3 * 2}};
	struct iovec w[2] = {{to, n / 2}, {to + n / 2, n - n / 2}};

	if (n > 65536)
		return;
	pattern(seed);
	memset(to, 0, n);
	T_EQ(writev(fds[1], v, 3), n);
	T_EQ(readv(fds[0], w, 2), n);
	T_MEM(to, from, n);
}

static void through_socket(const int fds[2], unsigned char *to, size_t n, unsigned seed)
{
	struct iovec v[2] = {{from, n / 2}, {from + n / 2, n - n / 2}};
	struct iovec w[2] = {{to, n / 3}, {to + n / 3, n - n / 3}};
	struct msghdr m = {.msg_iov = v, .msg_iovlen = 2}, r = {.msg_iov = w, .msg_iovlen = 2};

	pattern(seed);
	memset(to, 0, n);
	T_EQ(sendmsg(fds[0], &m, 0), n);
	T_EQ(recvmsg(fds[1], &r, 0), n);
	T_MEM(to, from, n);
}

/* A buffer that ends where its mapping does. */
static unsigned char *at_end(unsigned char *mem, size_t len, size_t n)
{
	return mem + len - n;
}

static void many_pieces(const int fds[2])
{
	struct iovec v[40], w[40];
	unsigned char to[400];

	for (int nr = 1; nr <= 40; nr++) {
		pattern((unsigned)nr);
		memset(to, 0, sizeof(to));
		for (int i = 0; i < nr; i++) {
			v[i] = (struct iovec){from + 10 * i, i == 5 ? 0 : 10};
			w[i] = (struct iovec){to + 10 * i, i == 5 ? 0 : 10};
		}
		T_EQ(writev(fds[1], v, nr), (nr - (nr > 5)) * 10);
		T_EQ(readv(fds[0], w, nr), (nr - (nr > 5)) * 10);
		for (int i = 0; i < nr; i++) {
			if (i != 5)
				T_MEM(to + 10 * i, from + 10 * i, 10);
		}
	}
}

static void paths(void)
{
	char *mem = T_OK(
		mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	char *end = mem + 2 * 4096;
	struct stat st;

	T_OK(mprotect(end, 4096, PROT_NONE));
	T_OK(mkdir("d", 0755));
	for (int n = 2; n < 4096; n = n < 70 ? n + 1 : n + 251) {
		/* "./././d", ending with the page */
		char *p = end - n;

		for (int i = 0; i < n - 2; i++)
			p[i] = "./"[(i + n) % 2];
		p[n - 2] = 'd';
		p[n - 1] = 0;
		if (p[0] == '/')
			*p = '.', p[1] = '/';
		for (int i = 0; i < TIMES; i++)
			T_OK(stat(n > 3 && p[2] == '/' && p[1] == '/' ? "d" : p, &st));
	}
	memset(end - 4096, '/', 4095);
	for (int i = 0; i < TIMES; i++) {
		end[-1] = 0;
		T_OK(stat(end - 4096, &st));
		end[-1] = '/';
		T_ERR(stat(end - 4096, &st), ENAMETOOLONG);
		T_ERR(stat(end - 4095, &st), EFAULT);
	}
	T_OK(munmap(mem, 3 * 4096));
}

int main(void)
{
	size_t len = 18 * 4096;
	unsigned char *anon, *shared, *mapped;
	int fd = T_OK(open("file", O_RDWR | O_CREAT, 0644));
	int map_fd = T_OK(open("mapped", O_RDWR | O_CREAT, 0644));
	int p[2], s[2];
	unsigned seed = 0;

	T_OK(pipe(p));
	(void)fcntl(p[0], F_SETPIPE_SZ, 1 << 17);
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	T_OK(ftruncate(map_fd, (off_t)len));
	anon = T_OK(
		mmap(NULL, len + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	T_OK(mprotect(anon + len, 4096, PROT_NONE));
	shared = T_OK(mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	mapped = T_OK(mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE, map_fd, 0));
	for (int t = 0; t < TIMES; t++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			size_t n = sizes[i];

			through_file(fd, at_end(anon, len, n), n, ++seed);
			through_file(fd, shared + 5, n, ++seed);
			through_file(fd, mapped + 3, n, ++seed);
			through_file(fd, data_to + 1, n, ++seed);
			through_pipe(p, at_end(anon, len, n), n, ++seed);
			through_socket(s, anon, n, ++seed);
		}
	}
	many_pieces(p);
	paths();
	return 0;
}
