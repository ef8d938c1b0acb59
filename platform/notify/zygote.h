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

/* Layers around the guest processes that a host may refuse. */
enum zygote_layer {
	LAYER_USER,
	LAYER_MOUNT,
	LAYER_ROOT,
	LAYER_NET,
	LAYER_IPC,
	LAYER_UTS,
	LAYER_CGROUP,
	LAYER_CAPS,
	NR_LAYERS
};

struct zygote_shared {
	/* in */
	int stub_fd;
	int parent; /* pid of the sentry */
	const struct sock_fprog *filter;
	/* out; complete before listener is set */
	int layer_error[NR_LAYERS]; /* 0: in force; -errno */
	/* out; atomic */
	int listener; /* -1 until the filter is on */
	int step;     /* enum zygote_step that failed, valid with error */
	int error;    /* -errno; 0: none yet */
};

/* zygote_isolate - enter empty namespaces and drop capabilities, as far as the host lets us */
void zygote_isolate(struct zygote_shared *sh);

/* zygote_child - never returns */
noreturn_fn void zygote_child(struct zygote_shared *sh);
