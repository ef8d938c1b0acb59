/* code written into memory runs once the memory is executable */
#include "t.h"

int main(void)
{
	static const unsigned char code[] = {0xb8, 0x2a, 0x00, 0x00, 0x00, 0xc3};
	unsigned char *m =
		T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	memcpy(m, code, sizeof(code));
	T_OK(mprotect(m, 4096, PROT_READ | PROT_EXEC));
	T_EQ(((int (*)(void))(uintptr_t)m)(), 42);
	return 0;
}
