/* /proc/self/maps shows each mapping with its rights, offset and name */
#include "t.h"

int main(void)
{
	char line[512], want[64], path[PATH_MAX];
	char *a, *b;
	bool seen_a = false, seen_b = false, seen_stack = false, seen_heap = false;
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));
	FILE *f;

	T_OK(ftruncate(fd, 8192));
	T_OK(brk((char *)sbrk(0) + 8192));
	a = T_OK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096));
	b = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE, fd, 0));
	T_TRUE(realpath("f", path) != NULL);
	f = fopen("/proc/self/maps", "r");
	T_TRUE(f != NULL);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(want, sizeof(want), "%lx-%lx r--s 00001000 ", (long)a, (long)a + 4096);
		if (strncmp(line, want, strlen(want)) == 0 && strstr(line, path))
			seen_a = true;
		snprintf(want, sizeof(want), "%lx-%lx rwxp 00000000 ", (long)b, (long)b + 4096);
		if (strncmp(line, want, strlen(want)) == 0 && strstr(line, path))
			seen_b = true;
		seen_stack = seen_stack || strstr(line, "[stack]");
		seen_heap = seen_heap || strstr(line, "[heap]");
	}
	T_TRUE(seen_a);
	T_TRUE(seen_b);
	T_TRUE(seen_stack);
	T_TRUE(seen_heap);
	return 0;
}
