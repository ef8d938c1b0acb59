/*
 * What only a host's administrator may do fails for root in here, and does not
 * touch the host
 */
#include "a.h"

static void refused(long ret, const char *what)
{
	if (ret != -1)
		t_die("%s worked", what);
}

int main(void)
{
	struct timespec ts;
	char params[128] = {0};

	T_OK(clock_gettime(CLOCK_REALTIME, &ts));
	refused(syscall(SYS_reboot, 0xfee1dead, 672274793, 0, NULL), "reboot");
	refused(syscall(SYS_init_module, params, sizeof(params), ""), "init_module");
	refused(syscall(SYS_finit_module, 0, "", 0), "finit_module");
	refused(syscall(SYS_delete_module, "no-such-module", 0), "delete_module");
	refused(syscall(SYS_kexec_load, 0, 0, NULL, 0), "kexec_load");
	refused(syscall(SYS_swapon, "/etc/marker", 0), "swapon");
	refused(syscall(SYS_swapoff, "/etc/marker"), "swapoff");
	refused(syscall(SYS_iopl, 3), "iopl");
	refused(syscall(SYS_ioperm, 0, 100, 1), "ioperm");
	refused(syscall(SYS_bpf, 5, params, sizeof(params)), "bpf");
	refused(syscall(SYS_perf_event_open, params, 0, -1, -1, 0), "perf_event_open");
	refused(syscall(SYS_acct, "/etc/marker"), "acct");
	refused(syscall(SYS_quotactl, 0, "/dev/vda", 0, params), "quotactl");
	refused(syscall(SYS_settimeofday, &ts, NULL), "settimeofday");
	refused(syscall(SYS_clock_settime, CLOCK_REALTIME, &ts), "clock_settime");
	refused(syscall(SYS_nfsservctl), "nfsservctl");
	a_survives();
	return 0;
}
