/*
 * The sentry: one process that is the kernel of one sandbox.
 *
 * Start-up order: read the specification, shed what the role must not have,
 * start the platform (its zygote needs what the filter will forbid), close the
 * filter, then run the scheduler, whose first fiber mounts and starts the program.
 */
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#include "boot/boot.h"
#include "boot/layers.h"
#include "control/control_sock.h"
#include "control/server.h"
#include "fs/devfs/devfs.h"
#include "fs/epoll.h"
#include "fs/goferfs/client.h"
#include "fs/memfd.h"
#include "fs/mount.h"
#include "fs/pipe.h"
#include "fs/procfs/procfs.h"
#include "fs/sysfs/sysfs.h"
#include "fs/tmpfs/tmpfs.h"
#include "fs/tty/devpts.h"
#include "host/guard.h"
#include "host/host.h"
#include "kernel/cred.h"
#include "kernel/facts.h"
#include "kernel/futex.h"
#include "kernel/pid.h"
#include "kernel/prio.h"
#include "kernel/sandbox.h"
#include "kernel/sigio.h"
#include "kernel/trace.h"
#include "kernel/utsname.h"
#include "lib/alloc.h"
#include "lib/debugenv.h"
#include "lib/fault.h"
#include "lib/log.h"
#include "lib/roles.h"
#include "mm/fastpath.h"
#include "mm/uaccess.h"
#include "net/sock.h"
#include "platform/platform.h"
#include "sched/sched.h"

#define STATUS_FAILED   125
#define HEAP_BUFFER_MAX (512 << 10)

static struct sandbox_spec *spec;
static struct gofer_client *gofer;
static bool over; /* atomic */
/* Of our own process, as the program's would be: a container manager waits for it. */
static int exit_code;

void sandbox_exit(int status)
{
	if (__atomic_exchange_n(&over, true, __ATOMIC_ACQ_REL))
		return;
	control_report(CONTROL_EXITED, status, NULL);
	exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	sched_stop();
}

/* A part that all programs need is gone; the command line says which. */
static void part_gone(const char *text)
{
	if (__atomic_exchange_n(&over, true, __ATOMIC_ACQ_REL))
		return;
	control_report(CONTROL_FAILED, STATUS_FAILED, text);
	sched_stop();
}

/* Without files there is no going on: a program that sees them vanish does harm. */
static void gofer_gone(void)
{
	part_gone("the gofer is gone; the sandbox went with it");
}

static void zygote_gone(void)
{
	part_gone("the process that new ones are forked from was killed; the sandbox went with it");
}

void sandbox_stopped(int sig)
{
	/* A SIGSTOP was sent from inside, where nobody could continue the command line too. */
	if (sig && sig != SIGSTOP)
		control_report(CONTROL_STOPPED, sig, NULL);
}

/* Bytes of memory the machine has; a guess if the host does not say. */
static u64 host_memory(void)
{
	struct sysinfo si;

	return host_sysinfo(&si) ? 1ull << 30 : (u64)si.totalram * si.mem_unit;
}

/* What subsystems need before the first task. */
static int init_subsystems(void)
{
	int err;

	pid_init();
	uaccess_init();
	epoll_init();
	tmpfs_init(host_memory());
	devfs_init();
	sysfs_init();
	err = guard_init();
	if (!err)
		err = net_init();
	if (!err)
		err = pipe_init();
	if (!err)
		err = sigio_init();
	if (!err)
		err = memfd_init();
	if (!err)
		err = procfs_init();
	if (!err)
		err = devpts_init();
	return err;
}

static void boot_failed(const struct boot_error *e)
{
	control_report(CONTROL_FAILED, e->status, e->text);
	exit_code = e->status;
}

/* The tree of mounts, made by root whoever the program is; it stays for the life of the sandbox. */
static int make_mounts(struct mnt_ns **ret, struct boot_error *e)
{
	cleanup_cred struct cred *cred = NULL;
	int err = cred_create(0, 0, NULL, 0, ~0ull, &cred);

	if (err)
		return boot_fail(e, STATUS_FAILED, "cannot start: %s", strerror(-err));
	return boot_mounts(spec, gofer, cred, ret, e);
}

/* A container is made first, and started when a command says so. */
static int boot_container(struct mnt_ns *ns, struct boot_error *e)
{
	int err = server_start(ns);

	if (err)
		return boot_fail(e, STATUS_FAILED, "cannot serve commands: %s", strerror(-err));
	control_report(CONTROL_DONE, 0, NULL);
	server_wait_start();
	return 0;
}

static void boot(void *arg)
{
	hostfd_t stdio[3] = {{ROLE_FD_STDIN}, {ROLE_FD_STDOUT}, {ROLE_FD_STDERR}};
	struct boot_error e = {.status = STATUS_FAILED};
	struct mnt_ns *ns = NULL;
	int err;

	(void)arg;
	if (spec->doctor) {
		layers_print();
		sandbox_exit(0);
		return;
	}
	if (spec->hostname)
		uts_set_hostname(spec->hostname, strlen(spec->hostname));
	err = make_mounts(&ns, &e);
	if (!err && spec->detached)
		err = boot_container(ns, &e);
	if (!err)
		err = boot_program(spec, ns, stdio, NULL, &e);
	if (spec->detached)
		server_started(err ? &e : NULL);
	if (err) {
		if (ns)
			mnt_ns_put(ns);
		boot_failed(&e);
		sched_stop();
		return;
	}
}

/* Descriptors: one for each file in memory, mapping and donated file. */
static void raise_nofile(void)
{
	struct rlimit64 r;

	if (host_prlimit(0, RLIMIT_NOFILE, NULL, &r))
		return;
	r.rlim_cur = r.rlim_max;
	if (host_prlimit(0, RLIMIT_NOFILE, &r, NULL))
		log_warn("cannot raise the limit of open files above its default");
}

static int meanwhile_err;

/* What needs no platform, while that starts. */
static void prepare_meanwhile(void)
{
	int err;

	layers_isolate_end();
	/* Tells the gofer that our namespaces are ready to be entered. */
	err = gofer_client_start((hostfd_t){ROLE_FD_GOFER}, &gofer);
	if (!err)
		err = init_subsystems();
	if (!err)
		err = control_start();
	if (!err)
		err = control_watch_dump();
	meanwhile_err = err;
}

static int start_platform(struct boot_error *e)
{
	const char *why = "";

	platform_meanwhile(prepare_meanwhile);
	if (platform_init(spec->platform, &why))
		return boot_fail(e, STATUS_FAILED, "cannot trap system calls here: %s", why);
	fastpath_enable(!spec->no_fastpath);
	facts_init();
	return 0;
}

/* --trace=CALLS; without CALLS the text is empty, and all are meant. */
static int start_trace(struct boot_error *e)
{
	const char *calls = spec->trace;

	if (calls && trace_enable(*calls ? calls : NULL, (hostfd_t){ROLE_FD_TRACE}))
		return boot_fail(e, STATUS_FAILED, "--trace: no such call or class in '%s'", calls);
	return 0;
}

/* What a test asks for; 0: as many as are needed. */
static unsigned forced_workers(void)
{
	const char *n = debugenv_get("BAILEY_WORKERS");

	return n ? (unsigned)atoi(n) : 0;
}

static int prepare(u64 born_in, struct boot_error *e)
{
	char why[256];
	struct fiber *f;
	int err = spec_read(ROLE_FD_SPEC, &spec, why, sizeof(why));

	if (err)
		return boot_fail(e, STATUS_FAILED, "the sandbox's specification: %s", why);
	log_init("bailey", ROLE_FD_LOG, (enum log_level)spec->log_level);
	layers_isolate(spec->detached, born_in);
	if (start_trace(e))
		return -1;
	raise_nofile();
	prio_init();
	err = sched_init(forced_workers());
	if (err)
		return boot_fail(e, STATUS_FAILED, "cannot start: %s", strerror(-err));
	if (start_platform(e))
		return -1;
	err = meanwhile_err;
	if (!err)
		err = gofer_client_ready(gofer);
	if (!err) {
		gofer_client_on_gone(gofer, gofer_gone);
		platform_on_lost(zygote_gone);
	}
	if (!err)
		err = fiber_create("boot", boot, NULL, &f);
	if (err)
		return boot_fail(e, STATUS_FAILED, "cannot start: %s", strerror(-err));
	return layers_confine(spec, e);
}

int sentry_main(int argc, char **argv)
{
	struct boot_error e = {.status = STATUS_FAILED};
	int err;

	prctl(PR_SET_NAME, "bailey-sentry");
	signal(SIGPIPE, SIG_IGN);
	/* Buffers of a transfer come from the heap, which is not given back after each. */
	mallopt(M_MMAP_THRESHOLD, HEAP_BUFFER_MAX);
	mallopt(M_TRIM_THRESHOLD, 2 * HEAP_BUFFER_MAX);
	fault_arm("sentry", "alloc", &fault_alloc_at);
	fault_arm("sentry", "host", &fault_host_at);
	if (prepare(role_namespaces(argc, argv), &e)) {
		boot_failed(&e);
		return STATUS_FAILED;
	}
	err = sched_run();
	facts_fini();
	platform_fini();
	fault_report("sentry", "alloc", &fault_alloc_at);
	fault_report("sentry", "host", &fault_host_at);
	return err ? STATUS_FAILED : exit_code;
}
