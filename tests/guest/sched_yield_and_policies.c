/*
 * the scheduling policies: reading, the ranges of priorities, what is refused
 */
#include "t.h"

int main(void)
{
	struct sched_param sp = {.sched_priority = 0}, bad = {.sched_priority = 5};

	T_OK(sched_yield());
	T_EQ(sched_getscheduler(0), SCHED_OTHER);
	T_OK(sched_getparam(0, &sp));
	T_EQ(sp.sched_priority, 0);
	T_EQ(sched_get_priority_max(SCHED_FIFO), 99);
	T_EQ(sched_get_priority_min(SCHED_FIFO), 1);
	T_EQ(sched_get_priority_max(SCHED_OTHER), 0);
	T_ERR(sched_get_priority_max(99), EINVAL);
	T_ERR(sched_setscheduler(0, SCHED_OTHER, &bad), EINVAL);
	T_ERR(sched_setscheduler(0, 99, &sp), EINVAL);
	T_OK(sched_setscheduler(0, SCHED_BATCH, &sp));
	T_EQ(sched_getscheduler(0), SCHED_BATCH);
	T_ERR(sched_getscheduler(-1), EINVAL);
	T_ERR(sched_getscheduler(999999), ESRCH);
	T_ERR(sched_getparam(0, NULL), EINVAL);
	return 0;
}
