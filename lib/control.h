/*
 * The control socket between the command line and a sentry: packets of one
 * fixed form over a SOCK_SEQPACKET pair.
 */
#pragma once
#include "lib/base.h"

enum control_type {
	/* sentry to command line */
	CONTROL_STARTED = 1, /* the program was loaded and runs */
	CONTROL_EXITED,      /* value: wait status of the program; the sandbox is over */
	CONTROL_STOPPED,     /* value: signal that stopped the program */
	CONTROL_FAILED,      /* value: exit status for the user (125, 126, 127); text: why */

	/* command line to sentry */
	CONTROL_SIGNAL,       /* value: signal for the program */
	CONTROL_SIGNAL_GROUP, /* value: signal for the terminal's foreground process group */
};

#define CONTROL_TEXT_MAX 960

struct control_msg {
	u32 type; /* enum control_type */
	s32 value;
	char text[CONTROL_TEXT_MAX]; /* terminated; may be cut */
};

/* control_send - one packet; 0 or -errno (-EPIPE: the other side is gone) */
int control_send(int sock, enum control_type type, s32 value, const char *text);

/*
 * control_recv - the next packet, checked for its form
 *
 * Return: 1; 0 when the other side is gone; -EAGAIN; -EPROTO for a bad packet.
 */
int control_recv(int sock, struct control_msg *ret) must_check;
