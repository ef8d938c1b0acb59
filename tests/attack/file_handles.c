/* Row 14: a file handle that was guessed opens nothing (CVE: "Shocker") */
#include "a.h"

int main(void)
{
	struct {
		struct file_handle h;
		unsigned char bytes[128];
	} fh;
	int root = T_OK(open("/", O_RDONLY)), mnt = T_OK(open("/mnt/rw", O_RDONLY)), id, i, fd;

	for (i = 0; i < 40; i++) {
		memset(&fh, 0, sizeof(fh));
		fh.h.handle_bytes = 8;
		fh.h.handle_type = 1;
		fh.bytes[0] = (unsigned char)(i + 1);
		fd = open_by_handle_at(i % 2 ? root : mnt, &fh.h, O_RDONLY);
		if (fd >= 0) {
			a_not_secret_fd(fd, "open_by_handle_at");
			fd = openat(fd, "outside/secret", O_RDONLY);
			T_EQ(fd, -1);
		}
	}
	fh.h.handle_bytes = 128;
	if (name_to_handle_at(mnt, "..", &fh.h, &id, 0) == 0) {
		fd = open_by_handle_at(mnt, &fh.h, O_RDONLY | O_DIRECTORY);
		if (fd >= 0)
			T_EQ(openat(fd, "outside/secret", O_RDONLY), -1);
	}
	a_survives();
	return 0;
}
