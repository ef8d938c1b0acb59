/*
 * Row 11: a far return into a 32-bit code segment, and int 0x80, sysenter and
 * syscall from there
 */
#include "a.h"

static void attack(void *arg)
{
	unsigned char *low = T_OK(mmap(NULL, 2 * A_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
				       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));
	/* mov $20, %eax; <instruction>; test %eax, %eax; jg 1f; hlt; 1: mov %eax, (%esi); jmp . */
	unsigned char code[] = {0xb8, 20,   0,    0,    0,    0,    0,    0x85,
				0xc0, 0x7f, 0x01, 0xf4, 0x89, 0x06, 0xeb, 0xfe};
	volatile int *result = T_OK(mmap(NULL, A_PAGE, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS | MAP_32BIT, -1, 0));
	uint16_t instruction = *(uint16_t *)arg;
	pid_t pid;
	int i;

	memcpy(code + 5, &instruction, 2);
	memcpy(low, code, sizeof(code));
	pid = T_OK(fork());
	if (pid == 0)
		asm volatile("mov %[stack], %%rsp\n\tmov %%rsp, %%rbp\n\tpushq $0x23\n\tpushq "
			     "%[to]\n\tlretq"
			     :
			     : [stack] "r"(low + 2 * A_PAGE - 64), [to] "r"((uintptr_t)low),
			       "S"(result)
			     : "memory");
	for (i = 0; i < 200 && waitpid(pid, NULL, WNOHANG) == 0; i++)
		usleep(1000);
	kill(pid, SIGKILL);
	_exit(*result > 0);
}

int main(void)
{
	static uint16_t instructions[] = {0x80cd, 0x340f, 0x050f};
	int i;

	for (i = 0; i < 3; i++)
		a_try(attack, &instructions[i]);
	return 0;
}
