/*
 * The ptrace platform as a whole: its start and end.
 */
#include "platform/ptrace/ptrace.h"

#include "lib/alloc.h"
#include "platform/notify/zygote.h"
#include "platform/procmem.h"

struct pt pt;

static void pt_fini(void)
{
	pt_tracer_stop();
	pt_dispatch_stop();
	if (pt.zygote)
		pt_vcpu_destroy(pt.zygote);
	pt.zygote = NULL;
	pt_aspace_end_all();
	host_close(steal_hostfd(&pt.listener));
	procmem_stop();
	kfree(pt.fpu.clean);
	pt.fpu.clean = NULL;
}

static int pt_start(const char *name, const char **ret_why)
{
	int err;

	pt = (struct pt){.listener = HOSTFD_NONE, .source.fd = HOSTFD_NONE};
	pt.info.name = "ptrace";
	pt.info.why = name ? "asked for" : "seccomp user notification does not work on this host";
	pt.info.user_end = STUB_USER_END;
	/* All requests are one thread's: others would only hand it their work. */
	sched_limit_workers(1);
	pt_threads_init();
	err = procmem_start(ret_why);
	if (err)
		return err;
	pt.info.mem_forced = procmem_in_use();
	pt_tracer_init();
	*ret_why = "out of memory or descriptors";
	err = pt_dispatch_start();
	if (!err)
		err = pt_zygote_start(ret_why);
	if (!err) {
		*ret_why = "out of memory";
		err = pt_tracer_start();
	}
	if (err)
		pt_fini();
	return err;
}

static void pt_on_lost(void (*fn)(void))
{
	pt.lost = fn;
}

const struct platform_ops ptrace_ops = {
	.start = pt_start,
	.fini = pt_fini,
	.on_lost = pt_on_lost,
	.layers = zygote_layers,
	.info = &pt.info,
	.aspace_create = pt_aspace_create,
	.aspace_fork = pt_aspace_fork,
	.aspace_get = pt_aspace_get,
	.aspace_put = pt_aspace_put,
	.aspace_kill = pt_aspace_kill,
	.aspace_read = pt_aspace_read,
	.aspace_write = pt_aspace_write,
	.aspace_rss = pt_aspace_rss,
	.create = pt_vcpu_create,
	.destroy = pt_vcpu_destroy,
	.is_alone = pt_vcpu_is_alone,
	.aspace = pt_vcpu_aspace,
	.run = pt_vcpu_run,
	.kick = pt_vcpu_kick,
	.set_result = pt_vcpu_set_result,
	.get_regs = pt_vcpu_get_regs,
	.set_regs = pt_vcpu_set_regs,
	.get_xstate = pt_vcpu_get_xstate,
	.set_xstate = pt_vcpu_set_xstate,
	.reset_xstate = pt_vcpu_reset_xstate,
	.host_ops = pt_vcpu_host_ops,
	.resident = pt_vcpu_resident,
	.usage = pt_vcpu_usage,
	.cmpxchg32 = pt_vcpu_cmpxchg32,
	.cmpxchg64 = pt_vcpu_cmpxchg64,
	.cputime = pt_vcpu_cputime,
};
