/* code that made calls works wherever it is copied to */
#include "site.h"

#define HOT    12
#define COPIES 10

#define FAR    (192UL << 20)

static pid_t parent;
static unsigned char *far;

static void heat(const unsigned char *at)
{
	for (int i = 0; i < HOT; i++)
		T_EQ(site_call(at), parent);
}

static unsigned char *far_page(void)
{
	unsigned char *m = T_OK(mmap(far, SITE_PAGE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));

	memset(m, 0xcc, SITE_PAGE);
	return m;
}

/* Copies by the program's own loads and stores, run often enough to be patched themselves. */
static void copy_of(const unsigned char *from, const struct site *s, unsigned k)
{
	unsigned char *m = far_page(), *at = m + (k * 37) % 2000;

	memcpy(at, from, s->size);
	site_seal(m);
	heat(at);
	/* A copy of the copy, over it. */
	T_OK(mprotect(m, SITE_PAGE, PROT_READ | PROT_WRITE));
	memcpy(at + 64, at, s->size);
	T_OK(mprotect(m, SITE_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
	heat(at + 64);
	heat(at);
}

static void *run(void *arg)
{
	heat(arg);
	return NULL;
}

/* The first to run a copy are several at once. */
static void at_once(const unsigned char *from, const struct site *s, unsigned k)
{
	unsigned char *m = far_page(), *at = m + k;
	pthread_t t[3];

	memcpy(at, from, s->size);
	site_seal(m);
	for (int i = 0; i < 3; i++)
		T_EQ(pthread_create(&t[i], NULL, run, at), 0);
	for (int i = 0; i < 3; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
}

/* One process for each, since the first copy changes how the others are run. */
static void try_site(unsigned i, bool together)
{
	unsigned char *m = site_page();
	pid_t pid;

	site_put(m + 3, &sites[i]);
	site_seal(m);
	pid = T_OK(fork());
	if (pid == 0) {
		parent = getppid();
		heat(m + 3);
		for (unsigned k = 0; k < COPIES; k++) {
			if (together)
				at_once(m + 3, &sites[i], k % 8);
			else
				copy_of(m + 3, &sites[i], k);
		}
		_exit(0);
	}
	t_reap(pid);
	T_OK(munmap(m, SITE_PAGE));
}

int main(void)
{
	far = mmap(NULL, 2 * FAR, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (far == MAP_FAILED)
		T_SKIP("no room for 400 megabytes of addresses");
	far += FAR / 2;
	for (unsigned i = 0; i < NR_SITES; i++) {
		try_site(i, false);
		try_site(i, true);
	}
	return 0;
}
