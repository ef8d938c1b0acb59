/*
 * What the sentry adds to a seccomp notification.
 *
 * The same call is answered twice in one run: by a bare loop of RECV and SEND
 * over a forked child, and by a fiber in vcpu_run() as the sentry does it.
 * Prints nanoseconds for each and their ratio, the median of several rounds.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/platform.h"
#include "sched/sched.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, u64)
#endif
#define SYNC_WAKE_UP 1ul

#define ROUNDS       9
#define CALLS        20000
#define CODE         0x400000ul

static noreturn_fn void die(const char *what)
{
	perror(what);
	exit(1);
}

/* The child: every getppid is notified; it makes them without end. */
static noreturn_fn void bare_child(int sock)
{
	struct sock_filter prog[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog fprog = {.len = ARRAY_SIZE(prog), .filter = prog};
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)),
			      .cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_RIGHTS}};
	struct iovec iov = {.iov_base = (char[]){0}, .iov_len = 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf)};
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("no_new_privs");
	fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			  SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
			  &fprog);
	if (fd < 0)
		die("seccomp");
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	if (sendmsg(sock, &msg, 0) != 1)
		die("sendmsg");
	for (;;)
		syscall(SYS_getppid);
}

static int take_listener(int sock)
{
	char byte, buf[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {.iov_base = &byte, .iov_len = 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = buf,
			     .msg_controllen = sizeof(buf)};
	int fd;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&msg))
		die("recvmsg");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

static pid_t bare_pid;
static int bare_listener;

static void bare_start(void)
{
	int sock[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock))
		die("socketpair");
	bare_pid = fork();
	if (bare_pid < 0)
		die("fork");
	if (bare_pid == 0)
		bare_child(sock[1]);
	bare_listener = take_listener(sock[0]);
	/* Before Linux 6.6 there is no such flag, for neither side. */
	if (ioctl(bare_listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SYNC_WAKE_UP))
		fprintf(stderr, "no synchronous wake-up on this host\n");
}

static double bare_round(void)
{
	u64 start = now_ns();

	for (int i = 0; i < CALLS; i++) {
		struct seccomp_notif n = {0};
		struct seccomp_notif_resp r = {0};

		if (ioctl(bare_listener, SECCOMP_IOCTL_NOTIF_RECV, &n))
			die("RECV");
		r.id = n.id;
		r.val = i;
		if (ioctl(bare_listener, SECCOMP_IOCTL_NOTIF_SEND, &r))
			die("SEND");
	}
	return (double)(now_ns() - start) / CALLS;
}

static struct aspace *as;
static struct vcpu *vcpu;

/* mov $110, %eax; syscall; jmp back */
static const u8 guest_code[] = {0xb8, 110, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7};

static void platform_start(void)
{
	struct host_op op = {
		.nr = SYS_mmap,
		.args = {CODE, PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, (u64)-1, 0},
		.fd = HOSTFD_NONE,
	};
	struct regs regs;

	if (aspace_create(&as, &vcpu) || vcpu_host_ops(vcpu, &op, 1) ||
	    aspace_write(as, CODE, guest_code, sizeof(guest_code)) < 0 ||
	    vcpu_get_regs(vcpu, &regs))
		die("guest");
	regs.ip = CODE;
	if (vcpu_set_regs(vcpu, &regs))
		die("registers");
}

static double platform_round(void)
{
	u64 start = now_ns();

	for (int i = 0; i < CALLS; i++) {
		struct vcpu_event ev;

		if (vcpu_run(vcpu, &ev) || ev.kind != VCPU_SYSCALL)
			die("vcpu_run");
		vcpu_set_result(vcpu, i);
	}
	return (double)(now_ns() - start) / CALLS;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double v[ROUNDS])
{
	qsort(v, ROUNDS, sizeof(v[0]), compare);
	return v[ROUNDS / 2];
}

/* In turns, so that both see the same host. */
static void measure(void *arg)
{
	double bare[ROUNDS], ours[ROUNDS], b, o;

	(void)arg;
	platform_start();
	bare_start();
	for (int i = 0; i < ROUNDS; i++) {
		bare[i] = bare_round();
		ours[i] = platform_round();
	}
	b = median(bare);
	o = median(ours);
	printf("bare notification   %8.0f ns\n", b);
	printf("through vcpu_run()  %8.0f ns\n", o);
	printf("ratio               %8.2f\n", o / b);
	vcpu_destroy(vcpu);
	aspace_put(as);
	kill(bare_pid, SIGKILL);
	waitpid(bare_pid, NULL, 0);
	sched_stop();
}

int main(void)
{
	const char *why = "";
	struct fiber *f;

	if (sched_init(1))
		die("sched_init");
	if (platform_init("notify", &why)) {
		fprintf(stderr, "no notify platform here: %s\n", why);
		return 1;
	}
	if (fiber_create("measure", measure, NULL, &f) || sched_run())
		die("sched");
	platform_fini();
	return 0;
}
