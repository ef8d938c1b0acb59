/* What the stub is told of: a file that is below the overlay, and a place there */
#include <stddef.h>
#include <sys/ioctl.h>

#include "tests/step/guest/guest.h"

#define BELOW "/usr/bin/env"

/* The first of these leaves it open. */
static int below = -1;
static struct stat below_st;
static char head[600]; /* its first bytes */

static void c_fstat(const struct step_call *c)
{
	struct stat st;

	if (below < 0) {
		below = T_OK(open(BELOW, O_RDONLY));
		T_OK(fstat(below, &below_st));
	}
	memset(&st, 0x55, sizeof(st));
	MAKE(c, SYS_fstat, 0, (uint64_t)below, U(&st), 3, 7, 8, 9);
	SAME(memcmp(&st, &below_st, offsetof(struct stat, st_atim)), 0);
}

static void c_fstatat(const struct step_call *c)
{
	struct stat st;

	memset(&st, 0x55, sizeof(st));
	MAKE(c, SYS_newfstatat, 0, (uint64_t)below, U(""), U(&st), AT_EMPTY_PATH, 8, 9);
	SAME(memcmp(&st, &below_st, offsetof(struct stat, st_atim)), 0);
}

static void c_lseek(const struct step_call *c)
{
	MAKE(c, SYS_lseek, 0, (uint64_t)below, 0, SEEK_CUR, 7, 8, 9);
}

static void c_tcgets(const struct step_call *c)
{
	MAKE(c, SYS_ioctl, -ENOTTY, (uint64_t)below, TCGETS, U(room), 7, 8, 9);
}

static void c_at_end(const struct step_call *c)
{
	SAME(lseek(below, -5, SEEK_END), below_st.st_size - 5);
	SAME(read(below, room, 10), 5);
	MAKE(c, SYS_read, 0, (uint64_t)below, U(room), sizeof(room), 7, 8, 9);
	SAME(lseek(below, 0, SEEK_SET), 0);
}

static void c_listed(const struct step_call *c)
{
	int fd = T_OK(open("/usr", O_RDONLY | O_DIRECTORY));

	T_TRUE(syscall(SYS_getdents64, fd, from, LONG) > 0);
	MAKE(c, SYS_getdents64, 0, (uint64_t)fd, U(to), LONG, 7, 8, 9);
	T_OK(close(fd));
}

/* Closed it is, whether here or there, and stays so. */
static void c_close(const struct step_call *c)
{
	int fd = T_OK(open(BELOW, O_RDONLY));

	MAKE(c, SYS_close, 0, (uint64_t)fd, 2, 3, 7, 8, 9);
	T_ERR(close(fd), EBADF);
}

/* Opened anew, its first bytes are told as well. */
static void reopen(void)
{
	static bool read_before;

	SAME(close(below), 0);
	below = T_OK(open(BELOW, O_RDONLY));
	if (!read_before)
		SAME(pread(below, head, sizeof(head), 0), sizeof(head));
	read_before = true;
}

static void c_told_read(const struct step_call *c)
{
	reopen();
	memset(room, 0x55, sizeof(room));
	MAKE(c, SYS_read, 500, (uint64_t)below, U(room), 500, 7, 8, 9);
	SAME(memcmp(room, head, 500), 0);
	SAME(room[500], 0x55);
	SAME(lseek(below, 0, SEEK_CUR), 500);
}

static void c_told_few(const struct step_call *c)
{
	reopen();
	SAME(read(below, room, 100), 100);
	MAKE(c, SYS_read, 55, (uint64_t)below, U(room), 55, 7, 8, 9);
	SAME(memcmp(room, head + 100, 55), 0);
	SAME(lseek(below, 0, SEEK_CUR), 155);
}

static void c_told_pread(const struct step_call *c)
{
	reopen();
	memset(room, 0x55, sizeof(room));
	MAKE(c, SYS_pread64, 300, (uint64_t)below, U(room), 300, 200, 8, 9);
	SAME(memcmp(room, head + 200, 300), 0);
	SAME(lseek(below, 0, SEEK_CUR), 0);
}

static void c_told_bad(const struct step_call *c)
{
	reopen();
	MAKE(c, SYS_read, -EFAULT, (uint64_t)below, 8, 500, 7, 8, 9);
	SAME(lseek(below, 0, SEEK_CUR), 0);
}

static void c_place(const struct step_call *c)
{
	struct stat st;

	memset(&st, 0x55, sizeof(st));
	MAKE(c, SYS_stat, 0, U(BELOW), U(&st), 3, 7, 8, 9);
	SAME(memcmp(&st, &below_st, offsetof(struct stat, st_atim)), 0);
}

static void c_bad_place(const struct step_call *c)
{
	MAKE(c, SYS_stat, -EFAULT, U(BELOW), 8, 3, 7, 8, 9);
}

static void c_bad_name(const struct step_call *c)
{
	MAKE(c, SYS_stat, -EFAULT, 8, U(room), 3, 7, 8, 9);
}

static const struct kind kinds[] = {
	{"fstat told", c_fstat, SYS_fstat, true, 0},
	{"newfstatat told", c_fstatat, SYS_newfstatat, false, 0},
	{"lseek told", c_lseek, SYS_lseek, true, 0},
	{"ioctl told", c_tcgets, SYS_ioctl, false, 0},
	{"read at the end", c_at_end, SYS_read, true, 0},
	{"getdents at the end", c_listed, SYS_getdents64, false, 0},
	{"close told", c_close, SYS_close, false, 0},
	{"read told", c_told_read, SYS_read, true, STEP_PAIRS},
	{"read told few", c_told_few, SYS_read, false, 0},
	{"pread told", c_told_pread, SYS_pread64, false, 0},
	{"read told bad", c_told_bad, SYS_read, true, 0},
	{"stat told", c_place, SYS_stat, false, 0},
	{"stat told bad", c_bad_place, SYS_stat, true, 0},
	{"stat bad", c_bad_name, SYS_stat, false, 0},
};

const struct kinds told_calls = KINDS(kinds);
