/* process_vm_readv(2) and process_vm_writev(2) reach a child's memory */
#include "t.h"

int main(void)
{
	static char data[16] = "parent";
	char buf[16] = {0};
	struct iovec local = {buf, 6}, remote = {data, 6}, bad = {t_badptr(), 6};
	int p[2], q[2];
	pid_t pid;
	char c;

	T_OK(pipe(p));
	T_OK(pipe(q));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(close(q[1]));
		strcpy(data, "child!");
		t_post(p[1]);
		T_EQ(read(q[0], &c, 1), 0);
		T_STR(data, "poked!");
		_exit(0);
	}
	t_take(p[0]);
	T_EQ(process_vm_readv(pid, &local, 1, &remote, 1, 0), 6);
	T_STR(buf, "child!");
	memcpy(buf, "poked!", 6);
	T_EQ(process_vm_writev(pid, &local, 1, &remote, 1, 0), 6);
	T_ERR(process_vm_readv(pid, &local, 1, &bad, 1, 0), EFAULT);
	T_ERR(process_vm_readv(pid, &local, 1, &remote, 1, 1), EINVAL);
	T_ERR(process_vm_readv(999999, &local, 1, &remote, 1, 0), ESRCH);
	T_OK(close(q[1]));
	t_reap(pid);
	return 0;
}
