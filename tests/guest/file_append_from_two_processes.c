/* two processes that append to one file lose nothing */
#include "t.h"

int main(void)
{
	char rec[40];
	struct stat st;
	int i, k, fd, seen[2] = {0, 0};
	pid_t pid[2];

	for (i = 0; i < 2; i++) {
		pid[i] = T_OK(fork());
		if (pid[i] == 0) {
			fd = T_OK(open("log", O_WRONLY | O_CREAT | O_APPEND, 0644));
			for (k = 0; k < 200; k++) {
				snprintf(rec, sizeof(rec), "%d %04d........", i, k);
				T_EQ(write(fd, rec, 15), 15);
			}
			_exit(0);
		}
	}
	t_reap(pid[0]);
	t_reap(pid[1]);
	fd = T_OK(open("log", O_RDONLY));
	T_OK(fstat(fd, &st));
	T_EQ(st.st_size, 400 * 15);
	while (read(fd, rec, 15) == 15) {
		T_EQ(sscanf(rec, "%d %d", &i, &k), 2);
		T_EQ(k, seen[i]++);
	}
	T_EQ(seen[0] + seen[1], 400);
	return 0;
}
