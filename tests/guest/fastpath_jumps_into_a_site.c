/* a jump to a used syscall instruction, or to the one behind it, does what it says */
#include "site.h"

int main(void)
{
	/* 0: mov $getppid,%eax; 5: syscall; 7: ret; 8: mov $getpid,%eax; jmp 5 */
	static const unsigned char shared[] = {0xb8, SYS_getppid, 0, 0, 0, 0x0f, 0x05, 0xc3,
					       0xb8, SYS_getpid,  0, 0, 0, 0xeb, 0xf6};
	/* 0: push $getppid; pop %rax; 3: syscall; 5: xchg %eax,%ecx; 6: xchg %eax,%ecx;
	 * 7: add $0,%al; 9: ret; 10: mov $7,%eax; jmp 5; 17: mov $8,%eax; jmp 6; 24: mov $9,%eax;
	 * jmp 7
	 */
	static const unsigned char middle[] = {
		0x6a, SYS_getppid, 0x58, 0x0f, 0x05, 0x91, 0x91, 0x04, 0,    0xc3, 0xb8,
		7,    0,           0,    0,    0xeb, 0xf4, 0xb8, 8,    0,    0,    0,
		0xeb, 0xee,        0xb8, 9,    0,    0,    0,    0xeb, 0xe8,
	};
	unsigned char *m = site_page();
	pid_t parent = getppid();

	memcpy(m, shared, sizeof(shared));
	memcpy(m + 64, middle, sizeof(middle));
	site_seal(m);
	for (int i = 0; i < 100; i++) {
		T_EQ(site_call(m), parent);
		if (i % 3 == 0)
			T_EQ(site_call(m + 8), getpid());
		T_EQ(site_call(m + 64), parent);
		T_EQ(site_call(m + 64 + 10), 7);
		/* The number that is exchanged once only ends in ecx. */
		T_EQ(((long (*)(long, long, long, long))(uintptr_t)(m + 64 + 17))(1, 2, 3, 4), 4);
		T_EQ(site_call(m + 64 + 24), 9);
	}
	return 0;
}
