/* F_SETLK: ranges, conflicts with another process, F_GETLK, splitting */
#include "t.h"

static int try_lock(short type, off_t start, off_t len)
{
	int fd = T_OK(open("f", O_RDWR)), ret;
	struct flock fl = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len};

	ret = fcntl(fd, F_SETLK, &fl) == 0 ? 0 : errno;
	return ret;
}

int main(void)
{
	struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 100, .l_len = 100};
	pid_t pid, me = getpid();
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_OK(fcntl(fd, F_SETLK, &fl));
	fl = (struct flock){.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = 140, .l_len = 10};
	T_OK(fcntl(fd, F_SETLK, &fl));
	pid = T_OK(fork());
	if (pid == 0) {
		fl = (struct flock){
			.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0};
		T_OK(fcntl(fd, F_GETLK, &fl));
		T_EQ(fl.l_type, F_WRLCK);
		T_EQ(fl.l_start, 100);
		T_EQ(fl.l_len, 40);
		T_EQ(fl.l_pid, me);
		T_EQ(try_lock(F_RDLCK, 199, 1), EAGAIN);
		T_EQ(try_lock(F_RDLCK, 200, 1), 0);
		T_EQ(try_lock(F_WRLCK, 140, 10), 0);
		T_EQ(try_lock(F_WRLCK, 0, 100), 0);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
