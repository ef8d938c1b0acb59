/* Talking to a container's sentry (oci.h). */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/oci/oci.h"
#include "runtime/runtime.h"

bool oci_wait_packet(int sock, struct control_msg *ret)
{
	struct pollfd p = {.fd = sock, .events = POLLIN};
	int n;

	do {
		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			return false;
		n = control_recv(sock, ret);
	} while (n == -EAGAIN);
	return n == 1;
}

int oci_ask(const struct container *c, enum control_type type, s32 value, struct control_msg *ret)
{
	int sock = container_connect(c), err = 0;

	if (sock < 0)
		return EXIT_BAILEY_FAILED;
	if (control_send(sock, type, value, NULL) || !oci_wait_packet(sock, ret))
		err = fail("container '%s': its sentry went away", c->id);
	else if (ret->type == CONTROL_FAILED)
		err = fail_as_told(ret);
	close(sock);
	return err;
}

int oci_start(struct container *c)
{
	struct control_msg m;
	int err;

	if (container_status(c) == STATUS_STOPPED)
		return fail("container '%s' has stopped", c->id);
	err = oci_ask(c, CONTROL_START, 0, &m);
	if (err)
		return err;
	c->started = true;
	return container_save(c);
}

int oci_write_pid(const char *path, pid_t pid)
{
	FILE *f;
	int err;

	if (!path)
		return 0;
	f = fopen(path, "we");
	err = !f || fprintf(f, "%d", pid) < 0;
	if (f && fclose(f))
		err = 1;
	return err ? fail("cannot write '%s': %s", path, strerror(errno)) : 0;
}

int oci_signal(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (*s && !*end)
		return n >= 1 && n <= 64 ? (int)n : -1;
	if (!strncasecmp(s, "SIG", 3))
		s += 3;
	for (int i = 1; i < 32; i++) {
		const char *name = sigabbrev_np(i);

		if (name && !strcasecmp(name, s))
			return i;
	}
	return -1;
}

static int send_master(const char *path, int master)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char name[64] = "";
	struct iovec iov = {name, 1};
	union {
		struct cmsghdr hdr;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.hdr = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof(control)};
	int err = -1;

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a.sun_path, path, strlen(path));
	if (!ttyname_r(master, name, sizeof(name)) && *name)
		iov.iov_len = strlen(name);
	memcpy(CMSG_DATA(&control.hdr), &master, sizeof(master));
	if (sock >= 0 && !connect(sock, (struct sockaddr *)&a, sizeof(a)))
		err = sendmsg(sock, &msg, MSG_NOSIGNAL) < 0 ? -1 : 0;
	if (sock >= 0)
		close(sock);
	return err;
}

/* A new terminal, its master sent to a console socket; the slave, or -1 after a message. */
static int open_terminal(const char *console_socket)
{
	int master, slave, err;

	if (openpty(&master, &slave, NULL, NULL, NULL)) {
		fail("cannot make a terminal: %s", strerror(errno));
		return -1;
	}
	err = send_master(console_socket, master);
	close(master);
	if (err) {
		fail("cannot send the terminal to '%s': %s", console_socket, strerror(errno));
		close(slave);
		return -1;
	}
	return slave;
}

int oci_streams(const char *console_socket, int ret[3])
{
	if (!console_socket)
		return stdio_open(ret);
	ret[0] = open_terminal(console_socket);
	if (ret[0] < 0)
		return EXIT_BAILEY_FAILED;
	for (int i = 1; i < 3; i++)
		ret[i] = fcntl(ret[0], F_DUPFD_CLOEXEC, 3);
	if (ret[1] >= 0 && ret[2] >= 0)
		return 0;
	stdio_close(ret);
	return fail("cannot pass the terminal on: %s", strerror(errno));
}
