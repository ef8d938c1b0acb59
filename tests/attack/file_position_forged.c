/*
 * Where a file stands that the stub reads of by itself, the stub says: whatever it says, the
 * position is one that its own reads could have come to, and bytes it makes up are read by
 * nobody else
 */
#include "forge.h"

#include <sys/uio.h>

#define TIMES 50

static char place[PATH_MAX]; /* this program */
static char truth[0x20000];
static size_t size;

static uint64_t *channel_word(size_t off)
{
	return (uint64_t *)(forge_channel() + off);
}

/* As the sentry has it. */
static uint64_t position(int fd)
{
	char path[64], line[128];
	uint64_t pos = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = T_OK(fopen(path, "r"));
	while (fgets(line, sizeof(line), f) && sscanf(line, "pos: %lu", &pos) != 1)
		;
	fclose(f);
	return pos;
}

static int open_told(void)
{
	char buf[64];
	int fd = T_OK(open(place, O_RDONLY));

	T_EQ(read(fd, buf, 10), 10);
	T_MEM(buf, truth, 10);
	return fd;
}

static void says(uint64_t pos, bool shared)
{
	int fd = open_told(), copy = -1;
	struct iovec iov;
	uint64_t is;
	char c[4];

	*channel_word(FACT_POS) = pos;
	if (shared)
		copy = T_OK(dup(fd));
	is = position(fd);
	if (!(is == 10 || is == 0 || (is == pos && pos <= size && pos <= CHAN_BYTES_MAX)))
		t_die("told %#lx, it is at %#lx", pos, is);
	iov = (struct iovec){c, sizeof(c)};
	if (is + sizeof(c) < size) {
		T_EQ(readv(shared ? copy : fd, &iov, 1), sizeof(c));
		T_MEM(c, truth + is, sizeof(c));
	}
	if (shared)
		T_OK(close(copy));
	T_OK(close(fd));
}

static void positions(void)
{
	const uint64_t values[] = {
		0,
		1,
		10,
		11,
		4095,
		4096,
		4097,
		size - 1,
		size,
		size + 1,
		CHAN_BYTES_MAX,
		CHAN_BYTES_MAX + 1,
		1u << 31,
		1ul << 32,
		INT64_MAX - 1,
		INT64_MAX,
		1ul << 63,
		UINT64_MAX - 1,
		UINT64_MAX,
	};

	for (unsigned i = 0; i < sizeof(values) / sizeof(*values); i++) {
		says(values[i], false);
		says(values[i], true);
	}
}

/* A descriptor that is another file's, and lengths that are not there. */
static void elsewhere(void)
{
	int other = T_OK(open("/dev/null", O_RDONLY)), fd = open_told();
	uint64_t *fds = channel_word(FACT_FD);
	char c[4];

	*(uint32_t *)channel_word(CHAN_BYTES_OF) = (uint32_t)other + 1;
	*(uint32_t *)fds = (uint32_t)other + 1;
	*(uint32_t *)channel_word(CHAN_BYTES_LEN) = 0xffffffff;
	*channel_word(FACT_POS) = 0x7fff0000;
	(void)!read(other, c, sizeof(c));
	T_EQ(position(other), 0);
	T_TRUE(position(fd) <= size);
	T_OK(close(other));
	T_OK(close(fd));
}

static void scribble(void)
{
	for (int i = 0; i < TIMES; i++) {
		int fd = open_told();

		memset((void *)(forge_channel() + CHAN_BYTES), 0xee, CHAN_BYTES_MAX);
		T_OK(close(fd));
	}
	_exit(0);
}

static void read_whole(void)
{
	static char buf[sizeof(truth)];
	int fd = T_OK(open(place, O_RDONLY));

	T_EQ(read(fd, buf, sizeof(buf)), size);
	T_MEM(buf, truth, size);
	T_OK(close(fd));
}

int main(void)
{
	pid_t pid;
	int fd;

	forge_init();
	T_OK(readlink("/proc/self/exe", place, sizeof(place) - 1));
	fd = T_OK(open(place, O_RDONLY));
	size = (size_t)T_OK(read(fd, truth, sizeof(truth)));
	T_OK(close(fd));
	for (int i = 0; i < TIMES; i++)
		T_OK(close(open_told()));
	positions();
	elsewhere();
	pid = T_OK(fork());
	if (!pid)
		scribble();
	for (int i = 0; i < TIMES; i++)
		read_whole();
	T_EXITED(pid, 0);
	read_whole();
	a_survives();
	return 0;
}
