/* a system call leaves the vector registers alone */
#include "t.h"

int main(void)
{
	unsigned char in[16][16], out[16][16];
	long ret = SYS_getppid;
	int i, k;

	for (i = 0; i < 16; i++)
		for (k = 0; k < 16; k++)
			in[i][k] = (unsigned char)(i * 16 + k + 1);
#define LOAD(n) "movdqu " #n "*16(%[in]), %%xmm" #n "\n\t"
#define SAVE(n) "movdqu %%xmm" #n ", " #n "*16(%[out])\n\t"
	asm volatile(LOAD(0) LOAD(1) LOAD(2) LOAD(3) LOAD(4) LOAD(5) LOAD(6) LOAD(7) LOAD(8) LOAD(9)
			     LOAD(10) LOAD(11) LOAD(12) LOAD(13) LOAD(14)
				     LOAD(15) "syscall\n\t" SAVE(0) SAVE(1) SAVE(2) SAVE(3) SAVE(4)
					     SAVE(5) SAVE(6) SAVE(7) SAVE(8) SAVE(9) SAVE(10)
						     SAVE(11) SAVE(12) SAVE(13) SAVE(14) SAVE(15)
		     : "+a"(ret)
		     : [in] "r"(in), [out] "r"(out)
		     : "rcx", "r11", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",
		       "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
		       "xmm15");
	T_EQ(ret, getppid());
	T_MEM(out, in, sizeof(in));
	return 0;
}
