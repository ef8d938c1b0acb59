/* fork(2): the child's memory is a copy, both ways */
#include "t.h"

int main(void)
{
	static int data = 1;
	int *heap = malloc(sizeof(int)), stack = 3;
	pid_t pid;
	int p[2];

	*heap = 2;
	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		t_take(p[0]);
		T_EQ(data, 1);
		T_EQ(*heap, 2);
		data = *heap = stack = 9;
		_exit(0);
	}
	data = 100;
	*heap = 200;
	t_post(p[1]);
	t_reap(pid);
	T_EQ(stack, 3);
	T_EQ(data, 100);
	T_EQ(*heap, 200);
	return 0;
}
