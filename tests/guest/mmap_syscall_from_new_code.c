/* a system call instruction in memory that was just written works */
#include "t.h"

int main(void)
{
	static const unsigned char code[] = {0xb8, SYS_getppid, 0, 0, 0, 0x0f, 0x05, 0xc3};
	unsigned char *m = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int i;

	for (i = 0; i < 50; i++) {
		memcpy(m + i * 16, code, sizeof(code));
		T_EQ(((int (*)(void))(uintptr_t)(m + i * 16))(), getppid());
		T_EQ(((int (*)(void))(uintptr_t)(m + i * 16))(), getppid());
	}
	memcpy(m, code, sizeof(code));
	m[1] = SYS_getpid;
	T_EQ(((int (*)(void))(uintptr_t)m)(), getpid());
	return 0;
}
