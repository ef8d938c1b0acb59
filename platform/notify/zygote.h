/*
 * The process that becomes the zygote, between its fork and its exec: what it
 * is told and what it tells, in memory it shares with the sentry.
 */
#pragma once
#include "lib/base.h"

struct aspace;
struct channel;
struct sock_fprog;

enum zygote_step {
	STEP_PDEATHSIG,
	STEP_RLIMITS,
	STEP_NO_NEW_PRIVS,
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

/* zygote_image.c: what execve left */

/*
 * zygote_image_find - where the vDSO is, when its stack pointer was @sp
 * @ret_scattered: all must be unmapped, and a vDSO be had by zygote_image_order_vdso()
 */
int zygote_image_find(struct aspace *as, uaddr_t sp, bool *ret_scattered) must_check;

/* zygote_image_clean - unmap what it does not need, by orders @n and following; the next after them
 */
unsigned zygote_image_clean(struct channel *ch, unsigned n, bool scattered);

/* zygote_image_order_vdso - order 0: map one; the host may refuse */
void zygote_image_order_vdso(struct channel *ch);

/* zygote_image_found_vdso - the order was run: look whether it is there */
void zygote_image_found_vdso(struct aspace *as);
