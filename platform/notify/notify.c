/*
 * The notify platform as a whole: its start and end.
 */
#include "platform/notify/notify.h"
#include "platform/notify/pool.h"

#include "lib/alloc.h"
#include "lib/log.h"
#include "platform/notify/bell.h"
#include "platform/notify/frame.h"
#include "platform/notify/trap.h"
#include "platform/notify/watch.h"
#include "platform/notify/zygote.h"
#include "platform/procmem.h"

struct notify notify;

/* Level-triggered: one notification a turn, and we are called again for the next. */
static void on_notification(struct poll_source *s, poll_t ready)
{
	(void)s;
	if (ready & EPOLLIN)
		dispatch_one();
	else
		host_close(steal_hostfd(&notify.listener)); /* no guest process is left */
}

static int watch_listener(const char **ret_why)
{
	int err;

	notify.source = (struct poll_source){
		.fd = notify.listener,
		.fn = on_notification,
		.level = true,
	};
	*ret_why = "the listener cannot be watched";
	err = poll_source_add(&notify.source, EPOLLIN);
	if (err)
		notify.source.fd = HOSTFD_NONE;
	return err;
}

static void notify_fini(void)
{
	pool_stop();
	if (hostfd_valid(notify.listener) && hostfd_valid(notify.source.fd))
		poll_source_del(&notify.source);
	if (notify.zygote)
		vcpu_destroy(notify.zygote);
	host_close(steal_hostfd(&notify.listener));
	aspace_end_all();
	pool_bury_rest();
	channels_fini();
	bells_fini();
	keep_fini();
	procmem_stop();
	kfree(notify.fpu.clean);
}

static int notify_start(const char *name, const char **ret_why)
{
	bool foreign = trap_is_needed();
	int err;

	notify = (struct notify){.listener = HOSTFD_NONE, .source.fd = HOSTFD_NONE};
	threads_init();
	watch_init();
	sched_set_spinner(watch_spin);
	pool_init();
	channels_init();
	keep_init();
	notify.traps = name ? !strcmp(name, "trap") : foreign;
	notify.info.name = notify.traps ? "trap" : "notify";
	notify.info.why = !notify.traps ? "seccomp user notification works on this host"
			  : foreign ? "another seccomp filter is in force, and would be asked first"
				    : "it was asked for";
	notify.info.user_end = STUB_USER_END;
	*ret_why = "out of memory or descriptors";
	err = bells_init();
	if (!err)
		err = procmem_start(ret_why);
	notify.info.mem_forced = procmem_in_use();
	if (!err)
		err = frame_fits(ret_why);
	if (!err)
		err = zygote_start(ret_why);
	if (!err)
		err = watch_listener(ret_why);
	if (!err) {
		*ret_why = "out of memory";
		err = pool_start();
	}
	if (err)
		notify_fini();
	return err;
}

static void notify_on_lost(void (*fn)(void))
{
	notify.lost = fn;
}

const struct platform_ops notify_ops = {
	.start = notify_start,
	.fini = notify_fini,
	.on_lost = notify_on_lost,
	.layers = zygote_layers,
	.hide_files = keep_hide_all,
	.info = &notify.info,
	.aspace_create = notify_aspace_create,
	.aspace_fork = notify_aspace_fork,
	.aspace_get = notify_aspace_get,
	.aspace_put = notify_aspace_put,
	.aspace_kill = notify_aspace_kill,
	.aspace_read = notify_aspace_read,
	.aspace_write = notify_aspace_write,
	.aspace_rss = notify_aspace_rss,
	.aspace_limit = notify_aspace_limit,
	.create = notify_vcpu_create,
	.destroy = notify_vcpu_destroy,
	.aspace = notify_vcpu_aspace,
	.run = notify_vcpu_run,
	.kick = notify_vcpu_kick,
	.set_result = notify_vcpu_set_result,
	.get_regs = notify_vcpu_get_regs,
	.set_regs = notify_vcpu_set_regs,
	.get_xstate = notify_vcpu_get_xstate,
	.set_xstate = notify_vcpu_set_xstate,
	.reset_xstate = notify_vcpu_reset_xstate,
	.host_ops = notify_vcpu_host_ops,
	.last_ops = notify_vcpu_last_ops,
	.last_ops_done = notify_vcpu_last_ops_done,
	.last_ops_now = notify_vcpu_last_ops_now,
	.resident = notify_vcpu_resident,
	.is_alone = notify_vcpu_is_alone,
	.usage = notify_vcpu_usage,
	.cmpxchg32 = notify_vcpu_cmpxchg32,
	.cmpxchg64 = notify_vcpu_cmpxchg64,
	.cputime = notify_vcpu_cputime,
	.window_in = notify_window_in,
	.window_out = notify_window_out,
	.window_touch = notify_window_touch,
	.window_spill = notify_window_spill,
	.bulk_in = notify_bulk_in,
	.bulk_out = notify_bulk_out,
	.set_local = notify_vcpu_set_local,
	.restored = notify_vcpu_restored,
	.begun = notify_vcpu_begun,
	.take_begun = notify_vcpu_take_begun,
	.set_limits = notify_vcpu_set_limits,
	.hide_limits = notify_vcpu_hide_limits,
	.set_brk = notify_vcpu_set_brk,
	.epoch = notify_epoch,
	.set_file = notify_vcpu_set_file,
	.shut_file = notify_vcpu_shut_file,
	.has_shut = notify_vcpu_has_shut,
	.file_bytes = notify_vcpu_file_bytes,
	.forget_bytes = notify_vcpu_forget_bytes,
	.file_pos = notify_vcpu_file_pos,
	.forget_places = notify_vcpu_forget_places,
	.set_pos = notify_vcpu_set_pos,
	.set_place = notify_vcpu_set_place,
};
