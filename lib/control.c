/* Packets of the control socket (control.h). */
#include "lib/control.h"

#include <sys/socket.h>

int control_send(int sock, enum control_type type, s32 value, const char *text)
{
	struct control_msg m = {.type = type, .value = value};
	size_t size;

	if (text)
		snprintf(m.text, sizeof(m.text), "%s", text);
	size = offsetof(struct control_msg, text) + strlen(m.text) + 1;
	while (send(sock, &m, size, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int control_recv(int sock, struct control_msg *ret)
{
	ssize_t n;

	do
		n = recv(sock, ret, sizeof(*ret), MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? 0 : -errno;
	if (n == 0)
		return 0;
	if ((size_t)n <= offsetof(struct control_msg, text) || ((char *)ret)[n - 1] != '\0')
		return -EPROTO;
	return 1;
}
