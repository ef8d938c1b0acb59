/* CLONE_PARENT makes a sister, whom the parent waits for */
#include "t.h"

int main(void)
{
	struct {
		pid_t pid;
	} *m = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	pid_t pid = T_OK(fork()), me = getppid();

	if (pid == 0) {
		pid = T_OK((pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0));
		if (pid == 0) {
			T_EQ(getppid(), me);
			_exit(8);
		}
		m->pid = pid;
		T_ERR(waitpid(pid, NULL, 0), ECHILD);
		_exit(0);
	}
	t_reap(pid);
	T_EXITED(m->pid, 8);
	return 0;
}
