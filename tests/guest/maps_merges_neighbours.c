/* two anonymous neighbours of one kind are one line, and mprotect splits it */
#include "t.h"

static int lines_within(char *from, char *to)
{
	char line[512];
	unsigned long a, b;
	FILE *f = fopen("/proc/self/maps", "r");
	int n = 0;

	while (fgets(line, sizeof(line), f)) {
		T_EQ(sscanf(line, "%lx-%lx", &a, &b), 2);
		if (b > (unsigned long)from && a < (unsigned long)to)
			n++;
	}
	fclose(f);
	return n;
}

int main(void)
{
	char *m = T_OK(mmap(NULL, 8 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	T_OK(mmap(m + 2 * 4096, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	T_OK(mmap(m + 3 * 4096, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	T_EQ(lines_within(m + 2 * 4096, m + 4 * 4096), 1);
	T_OK(mprotect(m + 3 * 4096, 4096, PROT_READ | PROT_WRITE));
	T_EQ(lines_within(m + 2 * 4096, m + 4 * 4096), 2);
	T_OK(mprotect(m + 3 * 4096, 4096, PROT_READ));
	T_EQ(lines_within(m + 2 * 4096, m + 4 * 4096), 1);
	return 0;
}
