/*
 * arch_prctl(2): the thread pointer is read as it is; gs can be set and read;
 * bad ones are EPERM
 */
#include <asm/prctl.h>

#include "t.h"

int main(void)
{
	static unsigned long cell = 0xfeedface;
	unsigned long fs = 0, gs = 0, through;

	asm volatile("mov %%fs:0, %0" : "=r"(through));
	T_OK(syscall(SYS_arch_prctl, ARCH_GET_FS, &fs));
	T_EQ(fs, through);
	T_OK(syscall(SYS_arch_prctl, ARCH_SET_GS, &cell));
	T_OK(syscall(SYS_arch_prctl, ARCH_GET_GS, &gs));
	T_EQ(gs, (uintptr_t)&cell);
	asm volatile("mov %%gs:0, %0" : "=r"(through));
	T_EQ(through, 0xfeedface);
	T_OK(syscall(SYS_getppid));
	asm volatile("mov %%gs:0, %0" : "=r"(through));
	T_EQ(through, 0xfeedface);
	T_ERR(syscall(SYS_arch_prctl, ARCH_SET_GS, 1UL << 63), EPERM);
	T_ERR(syscall(SYS_arch_prctl, ARCH_SET_FS, 1UL << 63), EPERM);
	T_ERR(syscall(SYS_arch_prctl, 0x9999, 0), EINVAL);
	T_ERR(syscall(SYS_arch_prctl, ARCH_GET_FS, t_badptr()), EFAULT);
	return 0;
}
