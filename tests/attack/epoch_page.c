/*
 * The page that says how long facts are true is the same for all: nobody can write it, not by
 * forged calls of the stub either, nor make what another process sees of files untrue by
 * what it puts in its own place for it
 */
#include "forge.h"

#define TIMES 200

static char place[PATH_MAX]; /* this program */

static void is_true(const struct stat *want)
{
	struct stat st;

	for (int i = 0; i < TIMES; i++) {
		T_OK(stat(place, &st));
		T_EQ(st.st_mode, want->st_mode);
		T_EQ(st.st_ino, want->st_ino);
	}
}

static uint64_t epoch(void)
{
	return *(volatile uint64_t *)EPOCH;
}

/* Refused, and if it were not: what is written would be seen by the other. */
static void cannot_write(void)
{
	T_TRUE(!a_writable(BELLS_BASE));
	T_TRUE(mprotect((void *)BELLS_BASE, A_PAGE, PROT_READ | PROT_WRITE) == -1);
	T_TRUE(forge_call(SYS_mprotect, BELLS_BASE, A_PAGE, PROT_READ | PROT_WRITE, 0, 0, 0) < 0);
	T_TRUE(!a_writable(BELLS_BASE));
}

/* A private page in its place is its own affair. */
static void own_page(void)
{
	uint64_t was = epoch();

	if (forge_call(SYS_mmap, BELLS_BASE, A_PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != BELLS_BASE)
		return;
	for (uint64_t i = 0; i < 1000; i++)
		*(volatile uint64_t *)EPOCH = was - 500 + i;
}

static void attacker(const struct stat *want)
{
	is_true(want);
	cannot_write();
	own_page();
	_exit(0);
}

int main(void)
{
	struct stat want, st;
	uint64_t before;
	pid_t pid;

	forge_init();
	T_OK(readlink("/proc/self/exe", place, sizeof(place) - 1));
	T_OK(stat(place, &want));
	is_true(&want);
	before = epoch();
	T_NE(before, 0);
	pid = T_OK(fork());
	if (!pid)
		attacker(&want);
	T_EXITED(pid, 0);
	is_true(&want);
	/* Who changes it is seen by all. */
	pid = T_OK(fork());
	if (!pid) {
		T_OK(chmod(place, 0700));
		_exit(0);
	}
	T_EXITED(pid, 0);
	T_NE(epoch(), before);
	T_OK(stat(place, &st));
	T_EQ(st.st_mode & 07777, 0700);
	a_survives();
	return 0;
}
