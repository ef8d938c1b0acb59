/*
 * Row 16: system calls from the stack, the heap, across a page border, from
 * memory that is mapped twice and rewritten while it runs
 */
#include "a.h"

static const unsigned char getppid_code[] = {0xb8, SYS_getppid, 0, 0, 0, 0x0f, 0x05, 0xc3};

static void check(unsigned char *at)
{
	memcpy(at, getppid_code, sizeof(getppid_code));
	T_EQ(((int (*)(void))(uintptr_t)at)(), getppid());
	T_EQ(((int (*)(void))(uintptr_t)at)(), getppid());
}

int main(void)
{
	unsigned char *m = T_OK(mmap(NULL, 3 * A_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	unsigned char *w, *x, stack[2 * A_PAGE];
	uintptr_t page = ((uintptr_t)stack + A_PAGE - 1) & -A_PAGE;
	int fd, i;

	check(m);
	for (i = 1; i < 16; i++)
		check(m + 100 + i * 33);
	/* the two bytes of the instruction on different pages */
	check(m + A_PAGE - 6);
	check(m + 2 * A_PAGE - 1);
	T_OK(mprotect((void *)page, A_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
	check((unsigned char *)page + 50);
	fd = T_OK(memfd_create("code", 0));
	T_OK(ftruncate(fd, A_PAGE));
	w = T_OK(mmap(NULL, A_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	x = T_OK(mmap(NULL, A_PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0));
	memcpy(w, getppid_code, sizeof(getppid_code));
	for (i = 0; i < 100; i++) {
		w[1] = i % 2 ? SYS_getppid : SYS_getpid;
		T_EQ(((int (*)(void))(uintptr_t)x)(), i % 2 ? getppid() : getpid());
	}
	return 0;
}
