/* a pipe has no offsets: pread, pwrite and lseek fail with ESPIPE */
#include "t.h"

int main(void)
{
	char c = 'x';
	int p[2];

	T_OK(pipe(p));
	T_ERR(pread(p[0], &c, 1, 0), ESPIPE);
	T_ERR(pwrite(p[1], &c, 1, 0), ESPIPE);
	T_ERR(lseek(p[0], 0, SEEK_CUR), ESPIPE);
	return 0;
}
