/*
 * getdents64(2) gives every name once, with "." and "..", types and inode
 * numbers
 */
#include <dirent.h>

#include "t.h"

int main(void)
{
	char name[32], buf[512];
	int seen[100] = {0}, dots = 0, nr = 0, i, fd;
	struct stat st;
	long got, at;

	T_OK(mkdir("d", 0755));
	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "d/entry%d", i);
		t_write_file(name, "");
	}
	fd = T_OK(open("d", O_RDONLY | O_DIRECTORY));
	while ((got = T_OK(syscall(SYS_getdents64, fd, buf, sizeof(buf)))) > 0) {
		for (at = 0; at < got;) {
			struct dirent64 *d = (void *)(buf + at);
			T_EQ(d->d_reclen % 8, 0);
			if (d->d_name[0] == '.') {
				dots++;
				T_TRUE(d->d_type == DT_DIR || d->d_type == DT_UNKNOWN);
			} else {
				T_EQ(sscanf(d->d_name, "entry%d", &i), 1);
				T_EQ(seen[i]++, 0);
				T_TRUE(d->d_type == DT_REG || d->d_type == DT_UNKNOWN);
				T_OK(fstatat(fd, d->d_name, &st, 0));
				T_EQ(st.st_ino, d->d_ino);
				nr++;
			}
			at += d->d_reclen;
		}
	}
	T_EQ(nr, 100);
	T_EQ(dots, 2);
	T_EQ(syscall(SYS_getdents64, fd, buf, sizeof(buf)), 0);
	return 0;
}
