/* poll(2) of a pipe: writable, readable, hung up, broken */
#include "t.h"

int main(void)
{
	struct pollfd r, w;
	int p[2], q[2];
	static char buf[65536];

	T_OK(pipe(p));
	r = (struct pollfd){.fd = p[0], .events = POLLIN | POLLOUT};
	w = (struct pollfd){.fd = p[1], .events = POLLIN | POLLOUT};
	T_EQ(poll(&r, 1, 0), 0);
	T_EQ(poll(&w, 1, 0), 1);
	T_EQ(w.revents, POLLOUT);
	T_EQ(write(p[1], buf, sizeof(buf)), sizeof(buf));
	T_EQ(poll(&w, 1, 0), 0);
	T_EQ(poll(&r, 1, 0), 1);
	T_EQ(r.revents, POLLIN);
	T_OK(close(p[1]));
	T_EQ(poll(&r, 1, 0), 1);
	T_EQ(r.revents, POLLIN | POLLHUP);
	T_EQ(read(p[0], buf, sizeof(buf)), sizeof(buf));
	T_EQ(poll(&r, 1, 0), 1);
	T_EQ(r.revents, POLLHUP);
	T_OK(pipe(q));
	T_OK(close(q[0]));
	w.fd = q[1];
	T_EQ(poll(&w, 1, 0), 1);
	T_EQ(w.revents, POLLOUT | POLLERR);
	return 0;
}
