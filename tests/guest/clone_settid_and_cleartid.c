/*
 * CLONE_PARENT_SETTID, CLONE_CHILD_SETTID, and CLONE_CHILD_CLEARTID with its
 * wake-up
 */
#include <linux/futex.h>

#include "t.h"

static int end(void *arg)
{
	return arg != NULL;
}

int main(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	struct {
		volatile pid_t parent, child, clear;
	} *m = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	pid_t pid, got;

	pid = T_OK((pid_t)syscall(SYS_clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0,
				  &m->parent, &m->child, 0));
	if (pid == 0) {
		T_EQ(m->child, getpid());
		_exit(0);
	}
	T_EQ(m->parent, pid);
	t_reap(pid);
	T_EQ(m->child, pid);
	m->clear = 1;
	pid = T_OK(clone(end, stack + sizeof(stack), CLONE_CHILD_CLEARTID | CLONE_VM | SIGCHLD,
			 NULL, NULL, NULL, &m->clear));
	while ((got = m->clear) != 0)
		syscall(SYS_futex, &m->clear, FUTEX_WAIT, got, NULL, NULL, 0);
	t_reap(pid);
	return 0;
}
