/*
 * O_NONBLOCK on a fifo: reading opens at once, writing only with a reader;
 * O_RDWR always
 */
#include "t.h"

int main(void)
{
	char c;
	int r, w;

	T_OK(mkfifo("p", 0644));
	T_ERR(open("p", O_WRONLY | O_NONBLOCK), ENXIO);
	r = T_OK(open("p", O_RDONLY | O_NONBLOCK));
	T_EQ(read(r, &c, 1), 0);
	w = T_OK(open("p", O_WRONLY | O_NONBLOCK));
	T_ERR(read(r, &c, 1), EAGAIN);
	t_post(w);
	t_take(r);
	T_OK(close(w));
	T_EQ(read(r, &c, 1), 0);
	T_OK(close(r));
	r = T_OK(open("p", O_RDWR));
	t_post(r);
	t_take(r);
	return 0;
}
