/* chmod(2) and fchmod(2) set all twelve bits */
#include "t.h"

int main(void)
{
	struct stat st;
	int fd, mode;

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	for (mode = 0; mode <= 07777; mode += 0111) {
		T_OK(mode & 1 ? chmod("f", (mode_t)mode) : fchmod(fd, (mode_t)mode));
		T_OK(fstat(fd, &st));
		T_EQ(st.st_mode, S_IFREG | mode);
	}
	return 0;
}
