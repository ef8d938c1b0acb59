/* Calls with a bad address, long ones, and such that sleep until a handler ends it */
#include "tests/step/guest/guest.h"

#define OFTEN 600 /* as many long copies make sure that they take another way... */
#define AGAIN 70  /* ...and after one that was held up */

static void c_bad_in(const struct step_call *c)
{
	MAKE(c, SYS_write, -EFAULT, (uint64_t)pair[1], 8, 100, 7, 8, 9);
}

static void c_bad_out(const struct step_call *c)
{
	MAKE(c, SYS_fstat, -EFAULT, (uint64_t)null, 8, 3, 7, 8, 9);
}

static void c_blocked(const struct step_call *c)
{
	char got = 0;

	make(c, SYS_read, (const uint64_t[6]){(uint64_t)vain[0], U(&got), 1, 7, 8, 9});
	if (result == -EINTR)
		SAME(read(vain[0], &got, 1), 1);
	else
		SAME(result, 1);
	SAME(got, 'x');
}

static void c_restarted(const struct step_call *c)
{
	char got = 0;

	MAKE(c, SYS_read, 1, (uint64_t)vain[0], U(&got), 1, 7, 8, 9);
	SAME(got, 'x');
}

static int file = -1;

/* Another byte in each round; the way is free again. */
static void prepare_long(void)
{
	if (file < 0) {
		file = T_OK(memfd_create("long", 0));
		SAME(pwrite(file, from, sizeof(from), 0), sizeof(from));
	}
	memset(to, 0, sizeof(to));
	for (unsigned i = 0; i < (sh.ready ? AGAIN : OFTEN / WARM); i++)
		SAME(pread(file, to, sizeof(to), 0), sizeof(to));
	memset(from, (char)(sh.go + 1), sizeof(from));
	memset(to, 0, sizeof(to));
}

static void c_long_write(const struct step_call *c)
{
	prepare_long();
	MAKE(c, SYS_pwrite64, LONG, (uint64_t)file, U(from), LONG, 0, 8, 9);
	SAME(pread(file, to, LONG, 0), LONG);
	SAME(memcmp(from, to, LONG), 0);
}

static void c_long_read(const struct step_call *c)
{
	prepare_long();
	SAME(pwrite(file, from, LONG, 0), LONG);
	MAKE(c, SYS_pread64, LONG, (uint64_t)file, U(to), LONG, 0, 8, 9);
	SAME(memcmp(from, to, LONG), 0);
}

static const struct kind kinds[] = {
	{"write bad", c_bad_in, SYS_write, true, 0},
	{"fstat bad", c_bad_out, SYS_fstat, false, STEP_PAIRS},
	{"pwrite long", c_long_write, SYS_pwrite64, true, STEP_LONG},
	{"pread long", c_long_read, SYS_pread64, true, STEP_LONG},
	{"read blocked", c_blocked, SYS_read, true, STEP_BLOCKS | STEP_EINTR},
	{"read restarted", c_restarted, SYS_read, false, STEP_BLOCKS},
};

const struct kinds hard_calls = KINDS(kinds);
