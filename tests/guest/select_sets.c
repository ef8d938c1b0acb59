/* select(2): the three sets, the count, the highest descriptor */
#include <sys/select.h>

#include "t.h"

int main(void)
{
	fd_set r, w, e;
	struct timeval zero = {0, 0};
	int p[2];

	T_OK(pipe(p));
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_ZERO(&e);
	FD_SET(p[0], &r);
	FD_SET(p[1], &w);
	FD_SET(p[0], &e);
	T_EQ(select(p[1] + 1, &r, &w, &e, &zero), 1);
	T_TRUE(!FD_ISSET(p[0], &r));
	T_TRUE(FD_ISSET(p[1], &w));
	t_post(p[1]);
	FD_SET(p[0], &r);
	FD_SET(p[1], &w);
	T_EQ(select(p[1] + 1, &r, &w, NULL, NULL), 2);
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	T_EQ(select(p[0], &r, NULL, NULL, &zero), 0);
	return 0;
}
