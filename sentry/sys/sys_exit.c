/* exit(2), exit_group(2) */
#include "gen/sys_proto.h"
#include "kernel/signal.h"
#include "kernel/task.h"

long sys_exit(struct task *t, int status)
{
	task_set_exit_code(t, (status & 0xff) << 8);
	t->ending = true;
	return 0;
}

long sys_exit_group(struct task *t, int status)
{
	tgroup_exit(t->tg, (status & 0xff) << 8);
	return 0;
}
