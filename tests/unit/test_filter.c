/* lib/filter.c, host/filter.c, gofer/filter.c, lib/harden.c: what a role can still do */
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gofer/filter.h"
#include "host/filter.h"
#include "host/host.h"
#include "lib/harden.h"
#include "tests/unit/harness.h"

/* The status of a process that installs a filter and then does @fn. */
static int status_of(int (*install)(void), int (*fn)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (install())
			_exit(99);
		_exit(fn());
	}
	waitpid(pid, &status, 0);
	return status;
}

static bool dies(int (*install)(void), int (*fn)(void))
{
	int status = status_of(install, fn);

	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static int do_nothing(void)
{
	return 0;
}

static int do_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int do_exec(void)
{
	return execl("/bin/true", "true", NULL);
}

static int do_fork(void)
{
	return (int)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static int do_ptrace(void)
{
	return (int)syscall(SYS_ptrace, 0, 0, 0, 0);
}

static int do_trace(void)
{
	return syscall(SYS_ptrace, PTRACE_CONT, getpid(), 0, 0) == -1 && errno == ESRCH ? 7 : 1;
}

static int do_exec_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == NULL;
}

static int do_tiocsti(void)
{
	return host_ioctl((hostfd_t){0}, 0x5412, (void *)(uintptr_t) "x");
}

static int do_chmod(void)
{
	return (int)syscall(SYS_fchmod, 0, 0777);
}

static int do_open(void)
{
	return open("/etc/passwd", O_RDONLY) < 0 && errno == EPERM ? 7 : 1;
}

static void *thread(void *arg)
{
	return arg;
}

static int do_thread(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, thread, NULL))
		return 1;
	return pthread_join(t, NULL) ? 2 : 7;
}

static int do_host_calls(void)
{
	void *p;
	hostfd_t fd;

	if (host_memfd_create("x", MFD_ALLOW_SEALING, &fd) || host_ftruncate(fd, 4096) ||
	    host_mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0, &p) ||
	    host_fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL) < 0 || host_munmap(p, 4096))
		return 1;
	return host_kill(getpid(), 0) ? 2 : 7;
}

/* The sanitizers' run-time needs calls that the filters kill for. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#else
#define SANITIZED false
#endif

#define ENDS_WITH(code, status) (WIFEXITED(status) && WEXITSTATUS(status) == (code))

static int install_sentry(void)
{
	return host_filter_install(false);
}

static int install_tracer(void)
{
	return host_filter_install(true);
}

TEST(filter_sentry_keeps_what_it_needs)
{
	CHECK(ENDS_WITH(0, status_of(install_sentry, do_nothing)));
	CHECK(ENDS_WITH(7, status_of(install_sentry, do_thread)));
	CHECK(ENDS_WITH(7, status_of(install_sentry, do_host_calls)));
}

TEST(filter_sentry_kills_the_rest)
{
	if (SANITIZED) {
		unit_skip("filters are wider under sanitizers");
		return;
	}
	CHECK(host_filter_nr_calls(false) <= 60);
	CHECK(dies(install_sentry, do_socket));
	CHECK(dies(install_sentry, do_exec));
	CHECK(dies(install_sentry, do_fork));
	CHECK(dies(install_sentry, do_ptrace));
	CHECK(dies(install_sentry, do_exec_memory));
	CHECK(dies(install_sentry, do_tiocsti));
	CHECK(dies(install_sentry, do_chmod));
	CHECK(ENDS_WITH(7, status_of(install_sentry, do_open)));
}

TEST(filter_sentry_traces_if_it_must)
{
	if (SANITIZED) {
		unit_skip("filters are wider under sanitizers");
		return;
	}
	CHECK(ENDS_WITH(7, status_of(install_tracer, do_trace)));
	/* It stops nobody who is not its guest already. */
	CHECK(dies(install_tracer, do_ptrace));
	CHECK(dies(install_tracer, do_socket));
}

TEST(filter_gofer_kills_the_rest)
{
	if (SANITIZED) {
		unit_skip("filters are wider under sanitizers");
		return;
	}
	CHECK(ENDS_WITH(0, status_of(gofer_filter_install, do_nothing)));
	CHECK(dies(gofer_filter_install, do_socket));
	CHECK(dies(gofer_filter_install, do_exec));
	CHECK(dies(gofer_filter_install, do_fork));
	CHECK(dies(gofer_filter_install, do_ptrace));
	CHECK(dies(gofer_filter_install, do_exec_memory));
}

static int in_child(int (*fn)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int lock_all(void)
{
	struct __user_cap_header_struct hdr = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];
	struct harden_report r = {0};

	harden_lock(0, &r);
	if (!r.on[HARDEN_CAPS] || !r.on[HARDEN_NO_PRIVS] || !r.on[HARDEN_UNDUMPABLE])
		return 1;
	if (syscall(SYS_capget, &hdr, data) || data[0].permitted || data[1].permitted ||
	    data[0].effective || data[0].inheritable)
		return 2;
	if (prctl(PR_GET_DUMPABLE) || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 3;
	return 0;
}

/* Root's exec gains all that the bounding set has, unless it is kept from that. */
static int lock_and_exec(void)
{
	struct harden_report r = {0};

	harden_lock(0, &r);
	execl("/bin/sh", "sh", "-c",
	      "test \"$(grep -cE '^Cap(Inh|Prm|Eff|Amb):[[:space:]]*0*$' /proc/self/status)\" = 4",
	      NULL);
	return 5;
}

TEST(harden_lock_leaves_no_capability)
{
	CHECK_EQ(0, in_child(lock_all));
	CHECK_EQ(0, in_child(lock_and_exec));
}

static int close_some(void)
{
	const int keep[] = {0, 1, 2, 10};
	struct harden_report r = {0};

	if (dup2(1, 10) != 10 || dup2(1, 11) != 11 || dup2(1, 5) != 5)
		return 1;
	harden_fds(keep, ARRAY_SIZE(keep), &r);
	return r.on[HARDEN_FDS] && fcntl(10, F_GETFD) >= 0 && fcntl(11, F_GETFD) < 0 &&
			       fcntl(5, F_GETFD) < 0
		       ? 0
		       : 2;
}

TEST(harden_fds_keeps_only_those_named)
{
	CHECK_EQ(0, in_child(close_some));
}

static int isolate(void)
{
	struct harden_report r = {0};
	struct harden_list list = {.used = 0};

	harden_isolate(true, false, &r);
	/* Where namespaces are forbidden, the report must say so and nothing else happens. */
	if (!r.on[HARDEN_EMPTY_ROOT])
		return harden_missing(&r, 1u << HARDEN_EMPTY_ROOT, &list) ? 77 : 1;
	return open("/etc/passwd", O_RDONLY) >= 0 || open("/proc/self", O_RDONLY) >= 0 ? 2 : 0;
}

TEST(harden_isolate_empties_the_root)
{
	int code = in_child(isolate);

	if (code == 77)
		unit_skip("no namespaces here");
	else
		CHECK_EQ(0, code);
}

static int landlocked(void)
{
	struct harden_report r = {0};
	struct harden_dir d = {.fd = open("/usr", O_PATH | O_DIRECTORY)};

	harden_landlock(&d, 1, &r);
	if (!r.on[HARDEN_LANDLOCK])
		return 77;
	if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES)
		return 1;
	if (open("/usr/landlock-test", O_CREAT | O_WRONLY, 0600) >= 0 || errno != EACCES)
		return 2;
	return open("/usr/bin/env", O_RDONLY) < 0 ? 3 : 0;
}

TEST(harden_landlock_leaves_the_named_directories)
{
	int code = in_child(landlocked);

	if (code == 77)
		unit_skip("no Landlock here");
	else
		CHECK_EQ(0, code);
}
