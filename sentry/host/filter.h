/*
 * The sentry's own seccomp filter.
 */
#pragma once
#include "lib/base.h"

/*
 * host_filter_install - from now on only the calls that calls.h marks RUN
 * @trace: and TRACE, for the ptrace platform
 *
 * None of them opens a path, makes a socket or runs a program; memory is never
 * executable; threads can be made, processes cannot.  Anything else kills.
 * Called once, when the platform stands and before the first guest instruction.
 *
 * Return: 0 or -errno.
 */
int host_filter_install(bool trace) must_check;

/* host_filter_nr_calls - how many host calls are left */
size_t host_filter_nr_calls(bool trace);
