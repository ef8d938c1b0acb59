/* writes of up to PIPE_BUF bytes from several processes do not mix */
#include "t.h"

#define WRITERS 4
#define ROUNDS  100
int main(void)
{
	char buf[PIPE_BUF];
	int p[2], i, k;
	pid_t pid[WRITERS];

	T_OK(pipe(p));
	for (i = 0; i < WRITERS; i++) {
		pid[i] = T_OK(fork());
		if (pid[i] == 0) {
			memset(buf, 'a' + i, sizeof(buf));
			for (k = 0; k < ROUNDS; k++)
				T_EQ(write(p[1], buf, sizeof(buf)), sizeof(buf));
			_exit(0);
		}
	}
	T_OK(close(p[1]));
	for (i = 0; i < WRITERS * ROUNDS; i++) {
		size_t used = 0;
		while (used < sizeof(buf)) {
			ssize_t got = T_OK(read(p[0], buf + used, sizeof(buf) - used));
			T_NE(got, 0);
			used += (size_t)got;
		}
		for (k = 1; k < (int)sizeof(buf); k++)
			T_EQ(buf[k], buf[0]);
	}
	T_EQ(read(p[0], buf, 1), 0);
	for (i = 0; i < WRITERS; i++)
		t_reap(pid[i]);
	return 0;
}
