/*
 * vector registers, as wide as the processor has them, survive a handler that
 * clears them
 */
#include "t.h"

static volatile int ran;

static void on_usr(int sig)
{
	ran += sig == SIGALRM;
	asm volatile("vzeroall" ::: "xmm0", "xmm7", "xmm15");
}

static void __attribute__((target("avx"))) avx(void)
{
	unsigned char in[32], out[32];
	struct itimerval it = {{0, 0}, {0, 1000}};
	int i;

	for (i = 0; i < 32; i++)
		in[i] = (unsigned char)(i + 1);
	T_OK(setitimer(ITIMER_REAL, &it, NULL));
	asm volatile("vmovdqu (%[in]), %%ymm7\n"
		     "1:\tmov (%[ran]), %%eax\n\ttest %%eax, %%eax\n\tjz 1b\n\t"
		     "vmovdqu %%ymm7, (%[out])\n\tvzeroupper"
		     :
		     : [in] "r"(in), [out] "r"(out), [ran] "r"(&ran)
		     : "eax", "memory", "xmm7");
	T_MEM(out, in, 32);
}

static void __attribute__((target("avx512f"))) avx512(void)
{
	unsigned char in[64], out[64];
	struct itimerval it = {{0, 0}, {0, 1000}};
	int i;

	for (i = 0; i < 64; i++)
		in[i] = (unsigned char)(i + 1);
	T_OK(setitimer(ITIMER_REAL, &it, NULL));
	asm volatile("vmovdqu64 (%[in]), %%zmm7\n"
		     "1:\tmov (%[ran]), %%eax\n\ttest %%eax, %%eax\n\tjz 1b\n\t"
		     "vmovdqu64 %%zmm7, (%[out])\n\tvzeroupper"
		     :
		     : [in] "r"(in), [out] "r"(out), [ran] "r"(&ran)
		     : "eax", "memory", "xmm7");
	T_MEM(out, in, 64);
}

int main(void)
{
	if (!__builtin_cpu_supports("avx"))
		T_SKIP("no AVX");
	t_on_signal(SIGALRM, on_usr, 0);
	avx();
	ran = 0;
	if (__builtin_cpu_supports("avx512f"))
		avx512();
	return 0;
}
