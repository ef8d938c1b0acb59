/*
 * Call sites as bytes, for the tests of what happens around a system call that
 * is made from the same place again and again.
 */
#pragma once
#include "t.h"

#define SITE_PAGE 4096

typedef long (*site_fn)(void);

struct site {
	const char *name;
	unsigned char code[24];
	unsigned size;
	unsigned after; /* offset of the instruction behind the syscall */
};

/* Each returns what getppid(2) does. */
static const struct site sites[] = {
	{"mov; syscall; ret", {0xb8, SYS_getppid, 0, 0, 0, 0x0f, 0x05, 0xc3}, 8, 7},
	/* push; pop; syscall; cmp $-4096,%rax; ja ret; ret */
	{"syscall; cmp",
	 {0x6a, SYS_getppid, 0x58, 0x0f, 0x05, 0x48, 0x3d, 0, 0xf0, 0xff, 0xff, 0x77, 0, 0xc3},
	 14,
	 5},
	/* the same; mov %rax,%rcx; mov %rcx,%rax */
	{"syscall; mov",
	 {0x6a, SYS_getppid, 0x58, 0x0f, 0x05, 0x48, 0x89, 0xc1, 0x48, 0x89, 0xc8, 0xc3},
	 12,
	 5},
	/* the same; ret; nop... */
	{"syscall; ret", {0x6a, SYS_getppid, 0x58, 0x0f, 0x05, 0xc3, 0x0f, 0x1f, 0x40, 0}, 10, 5},
	/* the same; xchg %eax,%ecx; xchg %eax,%ecx; nop; ret */
	{"syscall; short ones",
	 {0x6a, SYS_getppid, 0x58, 0x0f, 0x05, 0x91, 0x91, 0x90, 0xc3},
	 9,
	 5},
	/* the same; jmp +1; int3; ret */
	{"syscall; jmp",
	 {0x6a, SYS_getppid, 0x58, 0x0f, 0x05, 0xeb, 0x01, 0xcc, 0x90, 0xc3},
	 10,
	 5},
};

#define NR_SITES (sizeof(sites) / sizeof(sites[0]))

/* A page of int3 that can be written. */
static inline unsigned char *site_page(void)
{
	unsigned char *m = T_OK(
		mmap(NULL, SITE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	memset(m, 0xcc, SITE_PAGE);
	return m;
}

static inline void site_put(unsigned char *at, const struct site *s)
{
	memcpy(at, s->code, s->size);
}

static inline void site_seal(unsigned char *page)
{
	T_OK(mprotect(page, SITE_PAGE, PROT_READ | PROT_EXEC));
}

static inline long site_call(const unsigned char *at)
{
	return ((site_fn)(uintptr_t)at)();
}
