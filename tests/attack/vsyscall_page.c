/* Row 16: the vsyscall page gives the time or a fault, nothing else */
#include "a.h"

static void attack(void *arg)
{
	long (*time_call)(long *) = (long (*)(long *))0xffffffffff600400;
	long t = 0, got = time_call(&t);

	_exit(arg == NULL && got != 0 && labs(got - time(NULL)) > 5);
}

static void attack_middle(void *arg)
{
	((void (*)(void))(0xffffffffff600000 + (uintptr_t)arg))();
	_exit(0);
}

int main(void)
{
	a_try(attack, NULL);
	a_try(attack_middle, (void *)7);
	a_try(attack_middle, (void *)0x409);
	T_GT(time(NULL), 1000000000);
	return 0;
}
