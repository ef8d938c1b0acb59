/* a program that uses %gs, set by call, by instruction or by selector, finds it so after each call
 */
#include <asm/prctl.h>
#include <sys/auxv.h>

#include "site.h"

#define ROUNDS 30

static unsigned char *page;
static pid_t parent;
static unsigned long cell[2] = {0x1111, 0x2222};
static bool by_instruction;

static unsigned long through_gs(void)
{
	unsigned long v;

	__asm__ volatile("mov %%gs:0, %0" : "=r"(v));
	return v;
}

static unsigned long base(void)
{
	unsigned long b = 1;

	T_OK(syscall(SYS_arch_prctl, ARCH_GET_GS, &b));
	return b;
}

/* By instruction every other time, where there is one. */
static void set_base(unsigned long b, int round)
{
	if (by_instruction && round & 1)
		__asm__ volatile("wrgsbase %0" : : "r"(b) : "memory");
	else
		T_OK(syscall(SYS_arch_prctl, ARCH_SET_GS, b));
}

static void call_all(void)
{
	for (unsigned k = 0; k < NR_SITES; k++)
		T_EQ(site_call(page + 64 * k + 3), parent);
}

static void on_signal(int sig)
{
	(void)sig;
	T_EQ(through_gs(), 0x1111);
	call_all();
	set_base((unsigned long)&cell[1], 1);
	call_all();
	T_EQ(through_gs(), 0x2222);
	set_base((unsigned long)&cell[0], 0);
}

static void *thread(void *arg)
{
	/* One's own; a new thread begins with its maker's. */
	T_EQ(through_gs(), 0x1111);
	call_all();
	set_base((unsigned long)&cell[1], 0);
	call_all();
	T_EQ(through_gs(), 0x2222);
	return arg;
}

/* The calls are fast without a base, slow with one, and fast again. */
static void on_and_off(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		call_all();
		T_EQ(base(), 0);
		set_base((unsigned long)&cell[i & 1], i);
		call_all();
		T_EQ(through_gs(), cell[i & 1]);
		T_EQ(base(), (unsigned long)&cell[i & 1]);
		set_base(0, i / 2);
		call_all();
	}
}

/* A selector's base is 0, whatever it was. */
static void selectors(void)
{
	static const unsigned short sel[] = {0x2b, 0, 0x2b, 0x2b};

	for (unsigned i = 0; i < 4 * ROUNDS; i++) {
		unsigned short now;

		if (i % 3 == 0)
			set_base((unsigned long)&cell[0], (int)i);
		__asm__ volatile("mov %0, %%gs" : : "r"(sel[i % 4]) : "memory");
		call_all();
		__asm__ volatile("mov %%gs, %0" : "=r"(now));
		T_EQ(now, sel[i % 4]);
		if (sel[i % 4])
			T_EQ(base(), 0);
		set_base(0, (int)i);
	}
}

int main(void)
{
	pthread_t t;
	pid_t pid;

	parent = getppid();
	by_instruction = getauxval(AT_HWCAP2) & 2;
	page = site_page();
	for (unsigned k = 0; k < NR_SITES; k++)
		site_put(page + 64 * k + 3, &sites[k]);
	site_seal(page);
	t_on_signal(SIGUSR1, on_signal, 0);
	on_and_off();
	for (int i = 0; i < ROUNDS / 5; i++) {
		set_base((unsigned long)&cell[0], i);
		T_OK(raise(SIGUSR1));
		T_EQ(through_gs(), 0x1111);
		T_EQ(pthread_create(&t, NULL, thread, NULL), 0);
		T_EQ(pthread_join(t, NULL), 0);
		T_EQ(through_gs(), 0x1111);
		pid = T_OK(fork());
		if (pid == 0) {
			parent = getppid();
			T_EQ(through_gs(), 0x1111);
			call_all();
			set_base(0, i);
			on_and_off();
			_exit(0);
		}
		t_reap(pid);
		call_all();
		T_EQ(through_gs(), 0x1111);
	}
	set_base(0, 0);
	selectors();
	on_and_off();
	return 0;
}
