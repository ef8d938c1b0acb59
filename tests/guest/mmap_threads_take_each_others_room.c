/* what one thread gives up another has at once: nothing of a change comes later than the next */
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>

#include "t.h"

#define THREADS 4
#define ROUNDS  1500
#define PAGE    4096ul

/* Room for a handful of mappings, so that it goes from hand to hand. */
static char *near;

static void fill(char *p, size_t pages, char what)
{
	for (size_t i = 0; i < pages; i++)
		p[i * PAGE] = p[i * PAGE + PAGE - 1] = what;
}

static void check(const char *p, size_t pages, char what)
{
	for (size_t i = 0; i < pages; i++) {
		T_EQ(p[i * PAGE], what);
		T_EQ(p[i * PAGE + PAGE - 1], what);
	}
}

static void *run(void *arg)
{
	char me = (char)(long)arg;

	for (unsigned i = 0; i < ROUNDS; i++) {
		size_t pages = 1 + (i + (unsigned)me) % 3;
		char *p = mmap(near, pages * PAGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		T_TRUE(p != MAP_FAILED);
		T_EQ(p[0], 0);
		fill(p, pages, me);
		if (i % 2) {
			T_EQ(mprotect(p, PAGE, PROT_READ), 0);
			check(p, pages, me);
			T_EQ(mprotect(p, PAGE, PROT_READ | PROT_WRITE), 0);
			fill(p, pages, me);
		}
		if (i % 16 == 0)
			sched_yield();
		check(p, pages, me);
		T_EQ(munmap(p, pages * PAGE), 0);
	}
	return NULL;
}

int main(void)
{
	pthread_t t[THREADS];

	near = mmap(NULL, 64 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	T_TRUE(near != MAP_FAILED);
	T_EQ(munmap(near + PAGE, 4 * PAGE), 0);
	near += PAGE;
	for (long i = 0; i < THREADS; i++)
		T_EQ(pthread_create(&t[i], NULL, run, (void *)(i + 1)), 0);
	for (int i = 0; i < THREADS; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
	return 0;
}
