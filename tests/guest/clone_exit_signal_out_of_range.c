/*
 * clone(2) takes an exit signal that does not exist; the child's end then
 * sends none
 */
#include "t.h"

int main(void)
{
	static const int signals[] = {65, 100, 200, 255};
	size_t i;
	int status;

	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		pid_t pid = T_OK((pid_t)syscall(SYS_clone, signals[i], NULL, NULL, NULL, 0));
		if (pid == 0)
			_exit(3);
		T_EQ(waitpid(pid, &status, __WALL), pid);
		T_EQ(status, 3 << 8);
	}
	return 0;
}
