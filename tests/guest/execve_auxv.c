/*
 * the auxiliary vector of a new program: page size, ids, random bytes, name,
 * entry
 */
#include <sys/auxv.h>

#include "t.h"

extern char _start[];

int main(int argc, char **argv)
{
	const unsigned char *random = (void *)getauxval(AT_RANDOM);
	int i, or = 0;

	T_EQ(argc, 1);
	T_EQ(getauxval(AT_PAGESZ), 4096);
	T_EQ(getauxval(AT_UID), getuid());
	T_EQ(getauxval(AT_EUID), geteuid());
	T_EQ(getauxval(AT_GID), getgid());
	T_EQ(getauxval(AT_SECURE), 0);
	T_EQ(getauxval(AT_CLKTCK), 100);
	T_EQ(getauxval(AT_ENTRY), (uintptr_t)_start);
	T_NE(getauxval(AT_PHDR), 0);
	T_GT(getauxval(AT_PHNUM), 0);
	T_STR((char *)getauxval(AT_EXECFN), argv[0]);
	T_STR((char *)getauxval(AT_PLATFORM), "x86_64");
	T_TRUE(random != NULL);
	for (i = 0; i < 16; i++)
		or |= random[i];
	T_NE(or, 0);
	return 0;
}
