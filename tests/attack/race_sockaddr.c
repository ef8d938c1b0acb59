/*
 * Row 1: family and name of an address change during bind and connect: an
 * errno, never more
 */
#include "a.h"

static struct sockaddr_un sun;
static volatile int stop;

static void *rewrite(void *arg)
{
	volatile struct sockaddr_un *p = &sun;

	while (!stop) {
		p->sun_family = AF_UNIX;
		p->sun_path[0] = 0;
		p->sun_path[0] = '/';
		p->sun_family = AF_INET;
		p->sun_path[1] = 'x';
		p->sun_family = AF_UNIX;
		p->sun_path[1] = 0;
	}
	return arg;
}

int main(void)
{
	pthread_t t;
	int i;

	T_EQ(pthread_create(&t, NULL, rewrite, NULL), 0);
	for (i = 0; i < 1500; i++) {
		int s = T_OK(socket(i % 2 ? AF_UNIX : AF_INET, SOCK_STREAM, 0));
		if (bind(s, (struct sockaddr *)&sun, (socklen_t)(2 + i % 100)) == 0)
			listen(s, 1);
		connect(s, (struct sockaddr *)&sun, (socklen_t)(2 + i % 109));
		T_OK(close(s));
	}
	stop = 1;
	T_EQ(pthread_join(t, NULL), 0);
	a_survives();
	return 0;
}
