/*
 * Row 3: another thread unmaps and protects the buffer while system calls use
 * it: EFAULT or the bytes, never anything else
 */
#include "a.h"

static char *room;
static volatile int stop;

static void *unmapper(void *arg)
{
	while (!stop) {
		munmap(room + A_PAGE, A_PAGE);
		mmap(room + A_PAGE, A_PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		mprotect(room + A_PAGE, A_PAGE, PROT_NONE);
		mprotect(room + A_PAGE, A_PAGE, PROT_READ | PROT_WRITE);
	}
	return arg;
}

int main(void)
{
	pthread_t t;
	int fd, i;

	room = T_OK(
		mmap(NULL, 4 * A_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	fd = T_OK(open("/tmp/f", O_RDWR | O_CREAT, 0600));
	T_EQ(write(fd, room + 2 * A_PAGE, A_PAGE), A_PAGE);
	T_EQ(pthread_create(&t, NULL, unmapper, NULL), 0);
	for (i = 0; i < 2000; i++) {
		ssize_t got = pread(fd, room + A_PAGE - 100, 3000, 0);
		T_TRUE((got >= 0 && got <= 3000) || (got == -1 && errno == EFAULT));
		got = pwrite(fd, room + A_PAGE - 100, 3000, 0);
		T_TRUE((got >= 0 && got <= 3000) || (got == -1 && errno == EFAULT));
		got = open(room + A_PAGE - 1, O_RDONLY);
		if (got >= 0)
			close((int)got);
	}
	stop = 1;
	T_EQ(pthread_join(t, NULL), 0);
	a_survives();
	return 0;
}
