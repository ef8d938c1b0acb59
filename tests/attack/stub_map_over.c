/*
 * The stub, the channels and the vDSO stay where they are: mmap, munmap,
 * mprotect, mremap, madvise and brk do not reach them
 */
#include "a.h"

static void refuse(uintptr_t at)
{
	char *mine = T_OK(
		mmap(NULL, A_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	T_EQ((long)mmap((void *)at, A_PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
	     -1);
	T_EQ((long)mmap((void *)at, A_PAGE, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
	     -1);
	T_TRUE((uintptr_t)T_OK(mmap((void *)at, A_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
				    0)) < STUB_USER_END);
	munmap((void *)at, A_PAGE);
	T_EQ(mprotect((void *)at, A_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC), -1);
	T_EQ((long)mremap((void *)at, A_PAGE, 2 * A_PAGE, MREMAP_MAYMOVE), -1);
	T_EQ((long)mremap(mine, A_PAGE, A_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)at), -1);
	T_EQ(madvise((void *)at, A_PAGE, MADV_DONTNEED), -1);
	T_EQ(msync((void *)at, A_PAGE, MS_SYNC), -1);
	T_EQ(mlock((void *)at, A_PAGE), -1);
	T_TRUE((uintptr_t)syscall(SYS_brk, at) < STUB_USER_END);
	a_survives();
}

int main(void)
{
	char line[512];
	unsigned long from, to;
	unsigned slot;
	FILE *f;

	refuse(STUB_BASE);
	for (slot = 0; slot < 4; slot++)
		refuse(a_channel(slot));
	refuse(CHAN_END);
	/* a range that begins in the guest's part and runs over the stub */
	T_EQ((long)mmap((void *)(STUB_BASE - A_PAGE), 4 * A_PAGE, PROT_READ,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
	     -1);
	munmap((void *)(STUB_BASE - A_PAGE), 0x100000000);
	a_survives();
	/* and nothing of it shows, the vDSO excepted */
	f = fopen("/proc/self/maps", "r");
	T_TRUE(f != NULL);
	while (fgets(line, sizeof(line), f)) {
		T_EQ(sscanf(line, "%lx-%lx", &from, &to), 2);
		if (!strstr(line, "[v"))
			T_LE(to, STUB_USER_END);
	}
	fclose(f);
	return 0;
}
