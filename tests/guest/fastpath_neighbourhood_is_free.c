/* all memory around code that makes calls can be mapped, and the calls go on meanwhile */
#include "site.h"

#define GIB    (1ul << 30)
#define AROUND (GIB + GIB / 2)
#define ROUNDS 12

static unsigned char *page;
static volatile bool stop;
static pid_t parent;
static volatile unsigned long made;

static void call_all(void)
{
	for (unsigned i = 0; i < NR_SITES; i++)
		T_EQ(site_call(page + 64 * i + 5), parent);
}

static void *caller(void *arg)
{
	while (!stop) {
		call_all();
		made++;
	}
	return arg;
}

static void await_calls(unsigned long n)
{
	unsigned long from = made;

	while (made < from + n)
		sched_yield();
}

/* Nothing executable is there that the program did not map. */
static void check_maps(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned long from, to, low = (unsigned long)page - AROUND;
	char line[600], perm[8];

	T_TRUE(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, perm) != 3 || perm[2] != 'x')
			continue;
		if (from >= low && from < low + 2 * AROUND)
			T_EQ(from, (unsigned long)page);
	}
	fclose(f);
}

int main(void)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	pthread_t t;
	char *area = mmap(NULL, 2 * AROUND, PROT_NONE, flags, -1, 0), *above;

	if (area == MAP_FAILED)
		T_SKIP("no room for three gigabytes of addresses");
	parent = getppid();
	page = (unsigned char *)area + AROUND;
	above = (char *)page + SITE_PAGE;
	T_OK(mprotect(page, SITE_PAGE, PROT_READ | PROT_WRITE));
	memset(page, 0xcc, SITE_PAGE);
	for (unsigned i = 0; i < NR_SITES; i++)
		site_put(page + 64 * i + 5, &sites[i]);
	site_seal(page);
	T_EQ(pthread_create(&t, NULL, caller, NULL), 0);
	for (int i = 0; i < ROUNDS; i++) {
		T_OK(munmap(area, AROUND));
		T_OK(munmap(above, AROUND - SITE_PAGE));
		await_calls(10);
		call_all();
		check_maps();
		T_TRUE(mmap(area, AROUND, PROT_NONE, flags | MAP_FIXED_NOREPLACE, -1, 0) == area);
		await_calls(1);
		T_TRUE(mmap(above, AROUND - SITE_PAGE, PROT_NONE, flags | MAP_FIXED, -1, 0) ==
		       above);
		await_calls(3);
	}
	stop = true;
	T_EQ(pthread_join(t, NULL), 0);
	return 0;
}
