/* orphans go to the nearest subreaper above, who can wait for them */
#include <sys/prctl.h>

#include "t.h"

int main(void)
{
	int p[2], on = 0;
	pid_t pid, orphan, me;

	T_OK(pipe(p));
	T_OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
	T_OK(prctl(PR_GET_CHILD_SUBREAPER, &on));
	T_EQ(on, 1);
	me = getpid();
	pid = T_OK(fork());
	if (pid == 0) {
		pid_t parent = getpid();

		T_OK(prctl(PR_GET_CHILD_SUBREAPER, &on));
		T_EQ(on, 0);
		orphan = T_OK(fork());
		if (orphan == 0) {
			while (getppid() == parent)
				usleep(500);
			_exit(getppid() == me ? 21 : 22);
		}
		T_EQ(write(p[1], &orphan, sizeof(orphan)), sizeof(orphan));
		_exit(0);
	}
	t_reap(pid);
	T_EQ(read(p[0], &orphan, sizeof(orphan)), sizeof(orphan));
	T_EXITED(orphan, 21);
	return 0;
}
