/* Row 11: int 0x80 is refused: ENOSYS or the end of the caller, never a call */
#include "a.h"

static long int80(long nr, long a, long b, long c)
{
	long ret;

	asm volatile("int $0x80"
		     : "=a"(ret)
		     : "a"(nr), "b"(a), "c"(b), "d"(c)
		     : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static void attack_getpid(void *arg)
{
	_exit(int80(20, 0, 0, (long)arg) > 0);
}

static void attack_creat(void *arg)
{
	char *low = T_OK(mmap(NULL, A_PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));

	strcpy(low, arg);
	_exit(int80(8, (long)low, 0600, 0) >= 0);
}

static void attack_socket(void *arg)
{
	_exit(int80(359, AF_UNIX, SOCK_STREAM, (long)arg) >= 0);
}

int main(void)
{
	a_try(attack_getpid, NULL);
	a_try(attack_creat, (void *)(uintptr_t) "/tmp/created");
	a_try(attack_socket, NULL);
	T_ERR(access("/tmp/created", F_OK), ENOENT);
	T_EQ(syscall(SYS_getpid), getpid());
	return 0;
}
