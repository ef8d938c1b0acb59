/* code that made calls can be rewritten, moved, unmapped, replaced and inherited */
#include "site.h"

#define HOT 20

static pid_t parent;

static void heat(const unsigned char *at)
{
	for (int i = 0; i < HOT; i++)
		T_EQ(site_call(at), parent);
}

static unsigned char *hot_page(const struct site *s)
{
	unsigned char *m = site_page();

	site_put(m + 3, s);
	site_seal(m);
	heat(m + 3);
	return m;
}

static void rewritten(const struct site *s)
{
	unsigned char *m = hot_page(s);

	for (int i = 0; i < 3; i++) {
		T_OK(mprotect(m, SITE_PAGE, PROT_READ | PROT_WRITE));
		T_MEM(m + 3, s->code, s->size);
		T_EQ(m[2], 0xcc);
		T_EQ(m[3 + s->size], 0xcc);
		m[4] = SYS_getpid;
		site_seal(m);
		for (int k = 0; k < HOT; k++)
			T_EQ(site_call(m + 3), getpid());
		T_OK(mprotect(m, SITE_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
		m[4] = SYS_getppid;
		heat(m + 3);
		site_seal(m);
		heat(m + 3);
	}
	T_OK(munmap(m, SITE_PAGE));
}

static void moved(const struct site *s)
{
	unsigned char *m = hot_page(s), *to = site_page(), *was = m;

	m = T_OK(mremap(m, SITE_PAGE, SITE_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to));
	T_MEM(m + 3, s->code, s->size);
	heat(m + 3);
	/* Other code where it was. */
	T_OK(mmap(was, SITE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		  -1, 0));
	memset(was, 0xcc, SITE_PAGE);
	site_put(was + 4, s);
	site_seal(was);
	heat(was + 4);
	T_OK(munmap(was, SITE_PAGE));
	T_OK(munmap(m, SITE_PAGE));
}

static void replaced(const struct site *s)
{
	unsigned char *m = hot_page(s);

	for (int i = 0; i < 3; i++) {
		T_OK(mmap(m, SITE_PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
		T_EQ(m[3], 0);
		site_put(m + 3 + i, s);
		site_seal(m);
		heat(m + 3 + i);
	}
	T_OK(madvise(m, SITE_PAGE, MADV_DONTNEED));
	T_EQ(m[5], 0);
	T_OK(munmap(m, SITE_PAGE));
}

static void inherited(const struct site *s)
{
	unsigned char *m = hot_page(s);
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		parent = getppid();
		heat(m + 3);
		T_OK(mprotect(m, SITE_PAGE, PROT_READ | PROT_WRITE));
		T_MEM(m + 3, s->code, s->size);
		site_seal(m);
		heat(m + 3);
		_exit(0);
	}
	heat(m + 3);
	t_reap(pid);
	T_OK(munmap(m, SITE_PAGE));
}

int main(void)
{
	parent = getppid();
	for (unsigned i = 0; i < NR_SITES; i++) {
		rewritten(&sites[i]);
		moved(&sites[i]);
		replaced(&sites[i]);
		inherited(&sites[i]);
	}
	return 0;
}
