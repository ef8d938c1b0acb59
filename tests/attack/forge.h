/*
 * Calls forged with the stub's own instructions: what a guest can have the host
 * do in its address space behind the sentry's back
 */
#pragma once

#include <stddef.h>
#include <sys/auxv.h>

#include "a.h"

/* Of the host's signal frame, what its rt_sigreturn reads. */
struct forge_frame {
	uintptr_t back;
	unsigned long flags, link;
	stack_t stack;
	uint64_t gregs[23], fpstate, reserved[8];
	uint64_t mask;
};

#define FORGE_FLAGS 17
#define FORGE_CS    18

_Static_assert(offsetof(struct forge_frame, gregs) + 8 * FORGE_FLAGS == FRAME_FLAGS,
	       "another frame");

static uintptr_t forge_order; /* the stub's call of an order */

/* The syscall behind which the result goes to the order: mov %rax, ORDER_RET(%r13) */
static inline uintptr_t forge_find_order(void)
{
	static const unsigned char code[] = {0x0f, 0x05, 0x49, 0x89, 0x45, ORDER_RET};

	for (uintptr_t at = STUB_BASE; at < STUB_BASE + STUB_SIZE - sizeof(code); at++)
		if (!memcmp((const void *)at, code, sizeof(code)))
			return at;
	return 0;
}

static inline uintptr_t forge_channel(void)
{
	uintptr_t base;

	asm volatile("rdgsbase %0" : "=r"(base));
	return base;
}

/* Skips the test where there is nothing to forge a call with. */
static inline void forge_init(void)
{
	if (!(getauxval(AT_HWCAP2) & 2))
		T_SKIP("no instruction tells %%gs");
	if (!a_readable(STUB_BASE) || !(forge_order = forge_find_order()))
		T_SKIP("there is no such stub");
	if (forge_channel() - CHAN_BASE >= CHAN_END - CHAN_BASE)
		T_SKIP("%%gs is no channel's");
}

/* A host call by the stub, which then returns here as if from a signal; its result. */
static inline long forge_call(long nr, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d,
			      uintptr_t e, uintptr_t f)
{
	static struct {
		char order[ORDER_RET];
		volatile long ret;
		char next[ORDER_SIZE];
	} order;
	const uintptr_t args[] = {a, b, c, d, e, f};
	struct forge_frame frame = {
		.flags = 6, /* as told of ss; no vector state */
		.stack = {.ss_sp = (void *)(forge_channel() + CHAN_ALTSTACK),
			  .ss_size = ALTSTACK_SIZE},
	};

	frame.gregs[FORGE_FLAGS] = 0x202;
	frame.gregs[FORGE_CS] = 0x33 | 0x2bUL << 48;
	asm volatile(
		"sub $128, %%rsp\n\t"
		"push %%rbx\n\tpush %%rbp\n\tpush %%r12\n\tpush %%r13\n\tpush %%r14\n\t"
		"push %%r15\n\t"
		"lea 1f(%%rip), %%rcx\n\t"
		"mov %%rcx, %c[ip](%[frame])\n\t"
		"mov %%rsp, %c[sp](%[frame])\n\t"
		"mov (%[args]), %%rdi\n\tmov 8(%[args]), %%rsi\n\tmov 16(%[args]), %%rdx\n\t"
		"mov 24(%[args]), %%r10\n\tmov 32(%[args]), %%r8\n\tmov 40(%[args]), %%r9\n\t"
		"mov %[at], %%rcx\n\t"
		"mov %[frame], %%rsp\n\t"
		"mov %[order], %%r13\n\t"
		"mov $%c[resume], %%r15d\n\txor %%r12d, %%r12d\n\txor %%r14d, %%r14d\n\t"
		"jmp *%%rcx\n"
		"1:\tpop %%r15\n\tpop %%r14\n\tpop %%r13\n\tpop %%r12\n\tpop %%rbp\n\t"
		"pop %%rbx\n\tadd $128, %%rsp"
		: "+a"(nr)
		: [frame] "r"(&frame), [at] "r"(forge_order), [order] "r"(&order), [args] "r"(args),
		  [ip] "i"(FRAME_IP), [sp] "i"(FRAME_SP), [resume] "i"(STUB_CMD_RESUME)
		: "rcx", "rdx", "rdi", "rsi", "r8", "r9", "r10", "r11", "memory", "cc");
	return order.ret;
}
