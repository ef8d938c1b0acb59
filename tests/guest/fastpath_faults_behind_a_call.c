/* an instruction right behind a call that is made often faults where it stands, with its address */
#include "site.h"

#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf out;
static volatile uintptr_t at, addr;
static volatile int signo;

static void on_fault(int sig, siginfo_t *info, void *uc)
{
	signo = sig;
	at = (uintptr_t)((ucontext_t *)uc)->uc_mcontext.gregs[REG_RIP];
	addr = (uintptr_t)info->si_addr;
	siglongjmp(out, 1);
}

static void expect(const unsigned char *code, int sig, uintptr_t ip, uintptr_t where, long arg)
{
	signo = 0;
	if (!sigsetjmp(out, 1)) {
		((long (*)(long))(uintptr_t)code)(arg);
		t_die("no fault");
	}
	T_EQ(signo, sig);
	T_EQ(at, ip);
	T_EQ(addr, where);
}

int main(void)
{
	/* push $getppid; pop %rax; syscall; then what may fault; ret */
	static const unsigned char load[] = {0x6a, SYS_getppid, 0x58, 0x0f, 0x05,
					     0x8b, 0x0f,        0x90, 0xc3};
	static const unsigned char store[] = {0x6a, SYS_getppid, 0x58, 0x0f, 0x05,
					      0x89, 0x47,        0x08, 0xc3};
	/* xor %edx,%edx comes first; div %edi */
	static const unsigned char divide[] = {0x6a, SYS_getppid, 0x58, 0x0f, 0x05,
					       0xf7, 0xf7,        0x90, 0xc3};
	static const unsigned char undefined[] = {0x6a, SYS_getppid, 0x58, 0x0f,
						  0x05, 0x90,        0x0f, 0x0b};
	struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	unsigned char *m = site_page();
	static long ok[4];

	memcpy(m, load, sizeof(load));
	memcpy(m + 64, store, sizeof(store));
	memcpy(m + 128, divide, sizeof(divide));
	memcpy(m + 192, undefined, sizeof(undefined));
	site_seal(m);
	T_OK(sigaction(SIGSEGV, &sa, NULL));
	T_OK(sigaction(SIGFPE, &sa, NULL));
	T_OK(sigaction(SIGILL, &sa, NULL));
	for (int i = 0; i < 30; i++) {
		if (i % 3) {
			((long (*)(long *))(uintptr_t)m)(ok);
			((long (*)(long *))(uintptr_t)(m + 64))(ok);
			((long (*)(long, long, long))(uintptr_t)(m + 128))(7, 0, 0);
			continue;
		}
		expect(m, SIGSEGV, (uintptr_t)m + 5, 8, 8);
		expect(m + 64, SIGSEGV, (uintptr_t)m + 64 + 5, 16, 8);
		expect(m + 128, SIGFPE, (uintptr_t)m + 128 + 5, (uintptr_t)m + 128 + 5, 0);
		expect(m + 192, SIGILL, (uintptr_t)m + 192 + 6, (uintptr_t)m + 192 + 6, 0);
	}
	return 0;
}
