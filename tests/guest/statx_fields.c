/* statx(2) says which fields it filled, and agrees with stat(2) */
#include "t.h"

int main(void)
{
	struct statx sx;
	struct stat st;

	t_write_file("f", "0123456789");
	T_OK(stat("f", &st));
	T_OK(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &sx));
	T_EQ(sx.stx_mask & STATX_BASIC_STATS, STATX_BASIC_STATS);
	T_EQ(sx.stx_size, 10);
	T_EQ(sx.stx_mode, st.st_mode);
	T_EQ(sx.stx_ino, st.st_ino);
	T_EQ(sx.stx_nlink, 1);
	T_EQ(sx.stx_uid, st.st_uid);
	T_EQ(sx.stx_mtime.tv_sec, st.st_mtim.tv_sec);
	T_EQ(sx.stx_mtime.tv_nsec, st.st_mtim.tv_nsec);
	T_EQ(sx.stx_dev_major * 256 + sx.stx_dev_minor,
	     (st.st_dev >> 8 & 0xfff) * 256 + (st.st_dev & 0xff));
	return 0;
}
