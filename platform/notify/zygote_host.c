/*
 * What the sentry does about a zygote, whatever the platform: the file it
 * executes, its fork, the wait for its first word, and its layers.
 */
#include "platform/notify/zygote.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "host/host.h"
#include "lib/log.h"
#include "lib/park.h"
#include "platform/platform.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x10u
#endif

static const char *const step_failed[NR_STEPS] = {
	[STEP_PDEATHSIG] = "the zygote could not be tied to the life of the sentry",
	[STEP_RLIMITS] = "the zygote's limits could not be set",
	[STEP_NO_NEW_PRIVS] = "no_new_privs could not be set",
	[STEP_FILTER] = "the host does not offer seccomp user notification (Linux 5.19 or later, "
			"not nested in another listener)",
	[STEP_LISTENER] = "the zygote cannot make the socket that gives out descriptors",
	[STEP_EXEC] = "the stub could not be executed from a memory file",
};

static struct platform_layer layers[NR_LAYERS] = {
	[LAYER_USER] = {.name = "user namespace"},
	[LAYER_MOUNT] = {.name = "mount namespace"},
	[LAYER_ROOT] = {.name = "empty root directory"},
	[LAYER_NET] = {.name = "network namespace"},
	[LAYER_IPC] = {.name = "ipc namespace"},
	[LAYER_UTS] = {.name = "uts namespace"},
	[LAYER_CGROUP] = {.name = "control group namespace"},
	[LAYER_CAPS] = {.name = "no capabilities"},
};

int zygote_memfd(const void *image, size_t size, hostfd_t *ret)
{
	cleanup_hostfd hostfd_t fd = HOSTFD_NONE;
	int err;

	err = host_memfd_create("bailey-stub", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC, &fd);
	if (err == -EINVAL)
		err = host_memfd_create("bailey-stub", MFD_CLOEXEC | MFD_ALLOW_SEALING, &fd);
	if (err)
		return err;
	if (host_write(fd, image, size) != (ssize_t)size)
		return -EIO;
	err = host_fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
	if (!err)
		*ret = steal_hostfd(&fd);
	return err;
}

pid_t zygote_fork(struct zygote_shared *sh, void (*child)(struct zygote_shared *sh))
{
	long pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		child(sh);
	return pid < 0 ? (pid_t)-errno : (pid_t)pid;
}

static void note_layers(const struct zygote_shared *sh)
{
	for (size_t i = 0; i < NR_LAYERS; i++) {
		layers[i].error = sh->layer_error[i];
		if (layers[i].error)
			log_info("guests without %s: %s", layers[i].name,
				 strerror(-layers[i].error));
	}
}

int zygote_await(struct zygote_shared *sh, u64 deadline, hostfd_t *ret, const char **ret_why)
{
	const struct timespec nap = {.tv_nsec = 20 * NSEC_PER_USEC};
	int err;

	while (now_ns() < deadline) {
		ret->n = __atomic_load_n(&sh->listener, __ATOMIC_ACQUIRE);
		if (hostfd_valid(*ret)) {
			note_layers(sh);
			return 0;
		}
		err = __atomic_load_n(&sh->error, __ATOMIC_ACQUIRE);
		if (err) {
			*ret_why = step_failed[sh->step];
			return err;
		}
		nanosleep(&nap, NULL);
	}
	*ret_why = "the zygote did not start in time";
	return -ETIMEDOUT;
}

const struct platform_layer *zygote_layers(size_t *ret_nr)
{
	*ret_nr = NR_LAYERS;
	return layers;
}
