/*
 * a program starts with a stack pointer that divides by 16 and points at argc
 */
#include <sys/auxv.h>

#include "t.h"

int main(int argc, char **argv)
{
	extern char **environ;
	uintptr_t sp = (uintptr_t)argv - 8;

	T_EQ(sp % 16, 0);
	T_EQ(*(long *)sp, argc);
	T_TRUE(argv[argc] == NULL);
	T_TRUE(environ == argv + argc + 1);
	return 0;
}
