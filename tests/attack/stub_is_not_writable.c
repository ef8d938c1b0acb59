/* The stub's code cannot be written from inside */
#include "a.h"

int main(void)
{
	T_TRUE(!a_writable(STUB_BASE));
	T_TRUE(!a_writable(STUB_BASE + STUB_SIZE - 1));
	a_survives();
	return 0;
}
