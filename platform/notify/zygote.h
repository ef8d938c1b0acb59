/*
 * The process that becomes the zygote, between its fork and its exec: what it
 * is told and what it tells, in memory it shares with the sentry.
 */
#pragma once
#include "lib/base.h"

struct sock_fprog;

enum zygote_step {
	STEP_PDEATHSIG,
	STEP_RLIMITS,
	STEP_NO_NEW_PRIVS,
	STEP_PERSONALITY,
	STEP_FILTER,
	STEP_EXEC,
	NR_STEPS
};

struct zygote_shared {
	/* in */
	int stub_fd;
	int parent; /* pid of the sentry */
	const struct sock_fprog *filter;
	/* out; atomic */
	int listener; /* -1 until the filter is on */
	int step;     /* enum zygote_step that failed, valid with error */
	int error;    /* -errno; 0: none yet */
};

/* zygote_child - never returns */
noreturn_fn void zygote_child(struct zygote_shared *sh);
