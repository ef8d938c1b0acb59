/* the low eight bits of the exit status reach the parent */
#include "t.h"

int main(void)
{
	static const int codes[] = {0, 1, 42, 127, 255, 256, -1};
	size_t i;
	pid_t pid;

	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		pid = T_OK(fork());
		if (pid == 0)
			_exit(codes[i]);
		T_EXITED(pid, codes[i] & 0xff);
	}
	return 0;
}
