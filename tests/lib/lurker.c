/*
 * The host's side of the attack tests: something that must never be reached
 *
 *   lurker DIRECTORY ABSTRACT_NAME
 *
 * Listens on an abstract Unix socket, on DIRECTORY/host.sock and on a port of
 * the host's loopback interface (its number is written to DIRECTORY/port), and
 * carries a secret in its memory and environment. Writes DIRECTORY/ready when
 * all of that stands, and DIRECTORY/touched when anybody connects or sends a
 * catchable signal. Ends with SIGKILL.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char touched[512];

static void note(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		_exit(2);
	close(fd);
}

static void on_signal(int sig)
{
	char text[32];

	snprintf(text, sizeof(text), "signal %d\n", sig);
	note(touched, text);
}

static int listen_unix(const char *name, size_t len)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(sun.sun_path, name, len);
	if (s == -1 || bind(s, (struct sockaddr *)&sun, size) == -1 || listen(s, 5) == -1) {
		perror("lurker: unix socket");
		exit(2);
	}
	return s;
}

static int listen_inet(const char *dir)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin);
	char path[512], text[16];
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (s == -1 || bind(s, (struct sockaddr *)&sin, size) == -1 || listen(s, 5) == -1 ||
	    getsockname(s, (struct sockaddr *)&sin, &size) == -1) {
		perror("lurker: inet socket");
		exit(2);
	}
	snprintf(path, sizeof(path), "%s/port", dir);
	snprintf(text, sizeof(text), "%d\n", ntohs(sin.sin_port));
	note(path, text);
	return s;
}

int main(int argc, char **argv)
{
	struct pollfd pfd[3];
	char path[512], abstract[100] = {0};
	int i, s;

	if (argc != 3)
		return 2;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(touched, sizeof(touched), "%s/touched", argv[1]);
	for (i = 1; i < SIGRTMIN; i++)
		if (i != SIGCHLD && i != SIGCONT)
			signal(i, on_signal);
	snprintf(abstract + 1, sizeof(abstract) - 1, "%s", argv[2]);
	pfd[0].fd = listen_unix(abstract, 1 + strlen(argv[2]));
	snprintf(path, sizeof(path), "%s/rw/host.sock", argv[1]);
	pfd[1].fd = listen_unix(path, strlen(path) + 1);
	chmod(path, 0777);
	pfd[2].fd = listen_inet(argv[1]);
	for (i = 0; i < 3; i++)
		pfd[i].events = POLLIN;
	snprintf(path, sizeof(path), "%s/ready", argv[1]);
	note(path, "");
	for (;;) {
		if (poll(pfd, 3, -1) <= 0)
			continue;
		for (i = 0; i < 3; i++) {
			if (!pfd[i].revents)
				continue;
			s = accept(pfd[i].fd, NULL, NULL);
			note(touched, i == 0 ? "abstract\n" : i == 1 ? "path\n" : "inet\n");
			close(s);
		}
	}
}
