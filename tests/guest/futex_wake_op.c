/* FUTEX_WAKE_OP changes the second word and wakes by its old value */
#include <linux/futex.h>

#include "t.h"

static int a, b = 5;
static volatile pid_t tid[2];

static void *waiter(void *arg)
{
	int *word = arg;

	tid[word == &b] = t_gettid();
	T_OK(syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, *word, NULL, NULL, 0));
	return NULL;
}

int main(void)
{
	pthread_t t[2];
	int i;

	T_EQ(pthread_create(&t[0], NULL, waiter, &a), 0);
	T_EQ(pthread_create(&t[1], NULL, waiter, &b), 0);
	for (i = 0; i < 2; i++) {
		while (tid[i] == 0)
			sched_yield();
		t_await_thread_sleep(tid[i]);
	}
	T_EQ(syscall(SYS_futex, &a, FUTEX_WAKE_OP_PRIVATE, 1, 1, &b,
		     FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 6)),
	     1);
	T_EQ(b, 8);
	T_EQ(syscall(SYS_futex, &a, FUTEX_WAKE_OP_PRIVATE, 1, 1, &b,
		     FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_GT, 7)),
	     1);
	T_EQ(b, 1);
	T_EQ(pthread_join(t[0], NULL), 0);
	T_EQ(pthread_join(t[1], NULL), 0);
	T_EQ(syscall(SYS_futex, &a, FUTEX_WAKE_OP_PRIVATE, 1, 1, &b,
		     FUTEX_OP(FUTEX_OP_OR, 6, FUTEX_OP_CMP_EQ, 0)),
	     0);
	T_EQ(b, 7);
	T_EQ(syscall(SYS_futex, &a, FUTEX_WAKE_OP_PRIVATE, 1, 1, &b,
		     FUTEX_OP(FUTEX_OP_ANDN, 2, FUTEX_OP_CMP_EQ, 0)),
	     0);
	T_EQ(b, 5);
	T_EQ(syscall(SYS_futex, &a, FUTEX_WAKE_OP_PRIVATE, 1, 1, &b,
		     FUTEX_OP(FUTEX_OP_XOR, 1, FUTEX_OP_CMP_EQ, 0)),
	     0);
	T_EQ(b, 4);
	return 0;
}
