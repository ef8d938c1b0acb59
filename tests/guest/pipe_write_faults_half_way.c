/* a write to a pipe whose memory ends within a page writes the whole pages before, or nothing */
#include "t.h"

#define PAGE 4096

int main(void)
{
	char *m = T_OK(
		mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	char got[4 * PAGE];
	int fd[2];

	memset(m, 'x', 3 * PAGE);
	T_OK(munmap(m + 3 * PAGE, PAGE));
	T_OK(pipe2(fd, O_NONBLOCK));
	T_ERR(write(fd[1], m + 3 * PAGE - 8, 17), EFAULT);
	T_ERR(write(fd[1], m + 3 * PAGE - 8, 3 * PAGE), EFAULT);
	T_ERR(read(fd[0], got, sizeof(got)), EAGAIN);
	T_EQ(write(fd[1], m + 100, 3 * PAGE), 2 * PAGE);
	T_EQ(read(fd[0], got, sizeof(got)), 2 * PAGE);
	T_MEM(got, m, 2 * PAGE);
	return 0;
}
