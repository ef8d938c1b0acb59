/* a system call does not touch the 128 bytes below the stack pointer */
#include "t.h"

int main(void)
{
	unsigned long before = 0x1234567887654321UL, deep, shallow;
	long ret = SYS_getppid;

	asm volatile("mov %[v], -8(%%rsp)\n\tmov %[v], -128(%%rsp)\n\tsyscall\n\t"
		     "mov -8(%%rsp), %[s]\n\tmov -128(%%rsp), %[d]\n\t"
		     : "+a"(ret), [s] "=&r"(shallow), [d] "=&r"(deep)
		     : [v] "r"(before)
		     : "rcx", "r11", "memory");
	T_EQ(ret, getppid());
	T_EQ(shallow, before);
	T_EQ(deep, before);
	return 0;
}
