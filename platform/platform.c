/*
 * The choice of a platform, and its start and end.
 */
#include "platform/platform.h"

#include <sys/ioctl.h>

#include "lib/alloc.h"
#include "lib/log.h"
#include "platform/notify/notify.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, u64)
#endif
#define SYNC_WAKE_UP 1ul

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

	/* Linux 6.6 wakes the guest on our own core then; before, it works without. */
	err = host_ioctl_val(notify.listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SYNC_WAKE_UP);
	if (err)
		log_debug("no synchronous wake-up of guests: %s", strerror(-err));
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

static int notify_start(const char **ret_why)
{
	int err;

	notify = (struct notify){.listener = HOSTFD_NONE, .source.fd = HOSTFD_NONE};
	threads_init();
	pool_init();
	notify.info.name = "notify";
	notify.info.why = "seccomp user notification works on this host";
	notify.info.user_end = STUB_USER_END;
	err = zygote_start(ret_why);
	if (!err)
		err = watch_listener(ret_why);
	if (!err) {
		*ret_why = "out of memory";
		err = pool_start();
	}
	if (err)
		platform_fini();
	return err;
}

int platform_init(const char *name, const char **ret_why)
{
	if (name && strcmp(name, "notify")) {
		*ret_why = "there is no such platform; there is: notify";
		return -EINVAL;
	}
	return notify_start(ret_why);
}

void platform_on_lost(void (*fn)(void))
{
	notify.lost = fn;
}

const struct platform_info *platform_info(void)
{
	return &notify.info;
}

void platform_fini(void)
{
	pool_stop();
	if (hostfd_valid(notify.listener) && hostfd_valid(notify.source.fd))
		poll_source_del(&notify.source);
	if (notify.zygote)
		vcpu_destroy(notify.zygote);
	host_close(steal_hostfd(&notify.listener));
	aspace_end_all();
	pool_bury_rest();
	kfree(notify.clean_fpu);
}
