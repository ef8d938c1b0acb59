/* two processes that read one pipe get each byte once */
#include "t.h"

int main(void)
{
	struct {
		volatile long n[2];
	} *m = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	char buf[512];
	int p[2], i;
	pid_t pid[2];

	T_OK(pipe(p));
	for (i = 0; i < 2; i++) {
		pid[i] = T_OK(fork());
		if (pid[i] == 0) {
			ssize_t got;
			T_OK(close(p[1]));
			while ((got = T_OK(read(p[0], buf, 100))) > 0)
				m->n[i] += got;
			_exit(0);
		}
	}
	for (i = 0; i < 200; i++)
		T_EQ(write(p[1], buf, sizeof(buf)), sizeof(buf));
	T_OK(close(p[1]));
	t_reap(pid[0]);
	t_reap(pid[1]);
	T_EQ(m->n[0] + m->n[1], 200 * 512);
	return 0;
}
