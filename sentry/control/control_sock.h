/*
 * The sentry's end of the control socket: reports out, signals in.
 */
#pragma once
#include "lib/base.h"
#include "lib/control.h"

/*
 * control_start - serve the control socket ROLE_FD_CONTROL from a fiber
 *
 * The sandbox ends when the command line is gone, unless that has said
 * CONTROL_KEEP before.
 * Return: 0 or -errno.
 */
int control_start(void) must_check;

/* control_report - tell the command line; lost when nobody is there to hear it */
void control_report(enum control_type type, s32 value, const char *text);

/* control_watch_dump - SIGQUIT prints every fiber's stack from now on; 0 or -errno */
int control_watch_dump(void) must_check;
