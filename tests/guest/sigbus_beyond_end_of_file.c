/* touching a page behind the end of a mapped file raises SIGBUS */
#include <setjmp.h>

#include "t.h"

static sigjmp_buf out;
static volatile int code;
static void *volatile where;

static void on_bus(int sig, siginfo_t *si, void *ctx)
{
	T_TRUE(sig == SIGBUS && ctx != NULL);
	code = si->si_code;
	where = si->si_addr;
	siglongjmp(out, 1);
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO};
	volatile char *mem;
	int fd;

	T_OK(sigaction(SIGBUS, &sa, NULL));
	t_write_file("f", "0123456789");
	fd = T_OK(open("f", O_RDWR));
	mem = T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	T_EQ(mem[9], '9');
	T_EQ(mem[10], 0);
	T_EQ(mem[4095], 0);
	if (sigsetjmp(out, 1) == 0)
		code = mem[4096 + 7];
	T_EQ(code, BUS_ADRERR);
	T_EQ((uintptr_t)where, (uintptr_t)(mem + 4096 + 7));
	return 0;
}
