/*
 * The sentry's side of the opener (procmem.h).
 *
 * Locks: procmem.mu, over one question and its answer.
 */
#include "platform/procmem.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/mutex.h"

#define ANSWER_LIMIT (s64)(10 * NSEC_PER_SEC)

static struct {
	struct mutex mu; /* LOCK_VCPU: one question at a time */
	hostfd_t sock;   /* HOSTFD_NONE: not in use; immutable while guests run */
	pid_t pid;       /* the opener; as above */
} procmem = {.sock = {-1}};

/* A filter refuses it for whatever process: our own will do. */
static bool is_refused(void)
{
	char from = 0, to;
	struct iovec local = {.iov_base = &to, .iov_len = 1};
	struct iovec remote = {.iov_base = &from, .iov_len = 1};
	ssize_t n = host_process_vm_readv(getpid(), &local, 1, &remote, 1);

	return n == -EPERM || n == -ENOSYS || n == -EACCES;
}

static hostfd_t descriptor_of(struct msghdr *msg)
{
	struct cmsghdr *cm = CMSG_FIRSTHDR(msg);
	hostfd_t fd = HOSTFD_NONE;

	if (cm && cm->cmsg_level == SOL_SOCKET && cm->cmsg_type == SCM_RIGHTS &&
	    cm->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd.n, CMSG_DATA(cm), sizeof(int));
	return fd;
}

/* The opener's next word, 0 or -errno, and the descriptor that came with it, if any. */
static int receive(hostfd_t *ret)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	s32 status;
	struct iovec iov = {.iov_base = &status, .iov_len = sizeof(status)};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room),
	};
	struct pollfd pfd = {.fd = procmem.sock.n, .events = POLLIN};
	int n;

	do
		n = host_ppoll(&pfd, 1, ANSWER_LIMIT);
	while (n == -EINTR);
	if (n <= 0 || host_recvmsg(procmem.sock, &msg, MSG_DONTWAIT) != sizeof(status))
		return -EIO;
	*ret = descriptor_of(&msg);
	return status;
}

static int ask(s32 pid, hostfd_t *ret)
{
	struct iovec iov = {.iov_base = &pid, .iov_len = sizeof(pid)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (host_sendmsg(procmem.sock, &msg, MSG_DONTWAIT) != sizeof(pid))
		return -EIO;
	return receive(ret);
}

int procmem_open(pid_t pid, hostfd_t *ret)
{
	int err;

	mutex_lock(&procmem.mu);
	err = ask(pid, ret);
	mutex_unlock(&procmem.mu);
	/* It came, and there was no number left for it. */
	if (!err && !hostfd_valid(*ret))
		err = -EMFILE;
	return err;
}

bool procmem_in_use(void)
{
	return hostfd_valid(procmem.sock);
}

static int start_opener(const char **ret_why)
{
	pid_t parent = getpid();
	hostfd_t pair[2], none;
	int err;

	*ret_why = "no process to open the memory of guests with";
	err = host_socketpair(AF_UNIX, SOCK_SEQPACKET, pair);
	if (err)
		return err;
	procmem.pid = fork();
	if (procmem.pid == 0)
		procmem_opener(pair[1].n, parent);
	err = procmem.pid < 0 ? -errno : 0;
	host_close(pair[1]);
	procmem.sock = pair[0];
	if (err) {
		procmem_stop();
		return err;
	}
	*ret_why = "the host refuses process_vm_readv, and /proc in its place";
	/* The first word is the opener's: it works, or says why it cannot. */
	err = receive(&none);
	if (err)
		procmem_stop();
	return err;
}

int procmem_start(const char **ret_why)
{
	mutex_init(&procmem.mu, LOCK_VCPU);
	if (!is_refused())
		return 0;
	log_info("process_vm_readv is refused here: guest memory is read through /proc");
	return start_opener(ret_why);
}

void procmem_stop(void)
{
	host_close(steal_hostfd(&procmem.sock));
	if (procmem.pid > 0 && host_wait4(procmem.pid, NULL, 0, NULL) != procmem.pid)
		log_error("the process that opens guest memory cannot be reaped");
	procmem.pid = 0;
}
