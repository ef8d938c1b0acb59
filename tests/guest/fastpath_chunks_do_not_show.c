/* where the program has mapped nothing, near code that makes calls, every call says so */
#include "site.h"

#define HOT 10

static unsigned char *page;
static pid_t parent;
static int fd[2], mem;

static void heat(void)
{
	for (int i = 0; i < HOT; i++)
		for (unsigned k = 0; k < NR_SITES; k++)
			T_EQ(site_call(page + 64 * k + 3), parent);
}

/*
 * Where a jump over the bytes of @s leads, if there is one; else a place that
 * is free all the same.
 */
static unsigned char *place_near(const unsigned char *at, const struct site *s)
{
	unsigned char *to;
	int rel;

	for (unsigned i = 0; i + 5 <= s->size; i++) {
		if (at[i] == s->code[i] || at[i] != 0xe9)
			continue;
		memcpy(&rel, at + i + 1, sizeof(rel));
		to = (unsigned char *)at + i + 5 + rel;
		return to - (uintptr_t)to % SITE_PAGE;
	}
	return (unsigned char *)(((uintptr_t)at & ~0xffffffUL) - (300UL << 20));
}

/* Every call that names memory, on memory that is not there. */
static void check_hole(unsigned char *hole)
{
	struct iovec to, from = {hole, SITE_PAGE};
	unsigned char vec[4], got[16];

	to = (struct iovec){got, sizeof(got)};
	T_ERR(mincore(hole, SITE_PAGE, vec), ENOMEM);
	T_ERR(msync(hole, SITE_PAGE, MS_ASYNC), ENOMEM);
	T_ERR(mprotect(hole, SITE_PAGE, PROT_READ), ENOMEM);
	T_ERR(madvise(hole, SITE_PAGE, MADV_DONTNEED), ENOMEM);
	T_ERR(madvise(hole, SITE_PAGE, MADV_WILLNEED), ENOMEM);
	T_ERR(mlock(hole, SITE_PAGE), ENOMEM);
	T_ERR(munlock(hole, SITE_PAGE), ENOMEM);
	T_ERR(mremap(hole, SITE_PAGE, 2 * SITE_PAGE, MREMAP_MAYMOVE), EFAULT);
	T_ERR(write(fd[1], hole, 16), EFAULT);
	T_ERR(write(fd[1], hole, SITE_PAGE), EFAULT);
	T_ERR(access((char *)hole, F_OK), EFAULT);
	T_ERR(process_vm_readv(getpid(), &to, 1, &from, 1, 0), EFAULT);
	T_ERR(pread(mem, got, sizeof(got), (off_t)(uintptr_t)hole), EIO);
	T_ERR(pwrite(mem, got, sizeof(got), (off_t)(uintptr_t)hole), EIO);
	T_OK(munmap(hole, SITE_PAGE));
}

/* A hole between the page in front and one's own: a range over both is not all there. */
static void check_range(unsigned char *hole)
{
	unsigned char *before = hole - SITE_PAGE, vec[64];
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;

	if (mmap(before, SITE_PAGE, PROT_READ | PROT_WRITE, flags | MAP_FIXED_NOREPLACE, -1, 0) !=
	    before)
		return;
	heat();
	T_OK(mincore(before, SITE_PAGE, vec));
	T_ERR(mincore(before, 3 * SITE_PAGE, vec), ENOMEM);
	T_OK(msync(before, SITE_PAGE, MS_SYNC));
	T_ERR(msync(before, 2 * SITE_PAGE, MS_SYNC), ENOMEM);
	before[0] = 1;
	T_ERR(madvise(before, 2 * SITE_PAGE, MADV_DONTNEED), ENOMEM);
	T_EQ(before[0], 0);
	T_ERR(mprotect(before, 2 * SITE_PAGE, PROT_READ), ENOMEM);
	T_OK(munmap(before, SITE_PAGE));
}

static void check_maps(const unsigned char *hole)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned long from, to;
	char line[600];

	T_TRUE(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx-%lx", &from, &to) == 2)
			T_TRUE((uintptr_t)hole + SITE_PAGE <= from || (uintptr_t)hole >= to);
	fclose(f);
}

/* The place is free, so it is the program's for the asking, and empty. */
static void take(unsigned char *hole, int flags)
{
	size_t size = 0x10000;
	unsigned char *m = mmap(hole, size, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	T_TRUE(m == hole);
	for (size_t i = 0; i < size; i++)
		T_EQ(m[i], 0);
	memset(m, 0x77, size);
	heat();
	for (size_t i = 0; i < size; i++)
		T_EQ(m[i], 0x77);
	T_OK(munmap(m, size));
	heat();
}

/* A mapping that is moved there, too. */
static void move_there(unsigned char *hole)
{
	unsigned char *m = site_page();

	memcpy(m, sites[0].code, sites[0].size);
	site_seal(m);
	for (int i = 0; i < HOT; i++)
		T_EQ(site_call(m), parent);
	T_TRUE(mremap(m, SITE_PAGE, SITE_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, hole) == hole);
	heat();
	for (int i = 0; i < HOT; i++)
		T_EQ(site_call(hole), parent);
	T_OK(munmap(hole, SITE_PAGE));
}

int main(void)
{
	parent = getppid();
	T_OK(pipe2(fd, O_NONBLOCK));
	mem = T_OK(open("/proc/self/mem", O_RDWR));
	page = site_page();
	for (unsigned k = 0; k < NR_SITES; k++)
		site_put(page + 64 * k + 3, &sites[k]);
	site_seal(page);
	for (unsigned k = 0; k < NR_SITES; k++) {
		const unsigned char *at = page + 64 * k + 3;

		heat();
		check_maps(place_near(at, &sites[k]));
		check_hole(place_near(at, &sites[k]));
		heat();
		check_range(place_near(at, &sites[k]));
		heat();
		take(place_near(at, &sites[k]), MAP_FIXED_NOREPLACE);
		take(place_near(at, &sites[k]), MAP_FIXED);
		move_there(place_near(at, &sites[k]));
		heat();
	}
	return 0;
}
