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

	CONTROL_PROCESSES, /* text: numbers of processes, blanks in between; DONE after the last */
	CONTROL_DONE,      /* what was asked is done */

	/* command line to sentry */
	CONTROL_SIGNAL,       /* value: signal for the program */
	CONTROL_SIGNAL_GROUP, /* value: signal for the terminal's foreground process group */
	CONTROL_SIGNAL_ALL,   /* value: signal for every process */
	CONTROL_START,        /* start the program of a detached sandbox */
	CONTROL_KEEP,         /* a detached sandbox lives on without this socket */
	CONTROL_EXEC,         /* with four descriptors: another program's spec and streams */
	CONTROL_PS,           /* list the processes */
};

#define CONTROL_TEXT_MAX 960
#define CONTROL_FDS_MAX  4

struct control_msg {
	u32 type; /* enum control_type */
	s32 value;
	char text[CONTROL_TEXT_MAX]; /* terminated; may be cut */
};

/*
 * control_send - one packet; never sleeps
 *
 * Return: 0; -EPIPE: the other side is gone; -EAGAIN: it has stopped reading.
 */
int control_send(int sock, enum control_type type, s32 value, const char *text);

/* control_send_fds - as control_send, with descriptors, which stay the caller's */
int control_send_fds(int sock, enum control_type type, s32 value, const char *text, const int *fds,
		     size_t nr);

/*
 * control_recv_fds - as control_recv; descriptors that come along are the caller's
 * @fds: CONTROL_FDS_MAX of them, -1 where there is none; all -1 unless a packet came
 */
int control_recv_fds(int sock, struct control_msg *ret, int fds[CONTROL_FDS_MAX]) must_check;

/*
 * control_recv - the next packet, checked for its form
 *
 * Return: 1; 0 when the other side is gone; -EAGAIN; -EPROTO for a bad packet.
 */
int control_recv(int sock, struct control_msg *ret) must_check;
