/* a handler maps the missing page, and the access is tried again */
#include "t.h"

static char *page;
static volatile int faults;

static void on_segv(int sig)
{
	faults += sig == SIGSEGV;
	T_OK(mprotect(page, 4096, PROT_READ | PROT_WRITE));
}

int main(void)
{
	page = T_OK(mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	t_on_signal(SIGSEGV, on_segv, 0);
	*(volatile char *)(page + 5) = 42;
	T_EQ(faults, 1);
	T_EQ(page[5], 42);
	return 0;
}
