/*
 * The process that becomes the zygote, between its fork and its exec: what it
 * is told and what it tells, in memory it shares with the sentry.
 */
#pragma once
#include <sys/types.h>

#include "lib/base.h"

struct aspace;
struct channel;
struct platform_info;
struct platform_layer;
struct sockaddr_un;
struct sock_fprog;

enum zygote_step {
	STEP_PDEATHSIG,
	STEP_RLIMITS,
	STEP_NO_NEW_PRIVS,
	STEP_FILTER,   /* notify */
	STEP_LISTENER, /* ptrace */
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
	int parent;                        /* pid of the sentry */
	const struct sock_fprog *filter;   /* notify */
	const struct sockaddr_un *address; /* ptrace: of the socket to be made */
	/* out; complete before listener is set */
	int layer_error[NR_LAYERS]; /* 0: in force; -errno */
	bool barriers;              /* membarrier(2) reaches the cores of a process */
	/* out; atomic */
	int listener; /* -1 until all is given up: the filter's, or the socket */
	int step;     /* enum zygote_step that failed, valid with error */
	int error;    /* -errno; 0: none yet */
	/* in; atomic */
	bool rooted; /* the sentry has left its old root */
	bool go;     /* ptrace: we are traced */
};

/* zygote_host.c, on the sentry's side */

/* zygote_memfd - a sealed memory file that holds the program @image */
int zygote_memfd(const void *image, size_t size, hostfd_t *ret) must_check;

/* zygote_fork - @child runs in a fork that shares the table of descriptors; its pid or -errno */
pid_t zygote_fork(struct zygote_shared *sh, void (*child)(struct zygote_shared *sh)) must_check;

/* zygote_await - until it has given up what it can; its listener */
int zygote_await(struct zygote_shared *sh, u64 deadline, hostfd_t *ret, const char **ret_why)
	must_check;

/* zygote_layers - as platform_layers() */
const struct platform_layer *zygote_layers(size_t *ret_nr);

/* In the zygote itself. */

/* zygote_isolate - enter empty namespaces and drop capabilities, as far as the host lets us */
void zygote_isolate(struct zygote_shared *sh);

/* zygote_prepare - give up all that is not needed to execute the stub */
void zygote_prepare(struct zygote_shared *sh);
noreturn_fn void zygote_fail(struct zygote_shared *sh, enum zygote_step step);
noreturn_fn void zygote_exec(struct zygote_shared *sh);

/* zygote_child - never returns */
noreturn_fn void zygote_child(struct zygote_shared *sh);

/* zygote_image.c: what execve left */

/* Where the host puts stack and vDSO when it chooses as it is asked to. */
#define STACK_ZONE (16ul << 20)
#define STACK_TOP  0x7ffffffff000ul

#ifndef ARCH_MAP_VDSO_64
#define ARCH_MAP_VDSO_64 0x2003
#endif

/*
 * zygote_image_find - where the vDSO is, when its stack pointer was @sp
 * @ret_scattered: all must be unmapped, and a vDSO be had by zygote_image_order_vdso()
 */
int zygote_image_find(struct aspace *as, uaddr_t sp, struct platform_info *info,
		      bool *ret_scattered) must_check;

/* zygote_image_clean - unmap what it does not need, by orders @n and following; the next after them
 */
unsigned zygote_image_clean(struct channel *ch, unsigned n, bool scattered);

/* zygote_image_order_vdso - order 0: map one; the host may refuse */
void zygote_image_order_vdso(struct channel *ch);

/* zygote_image_found_vdso - the order was run: look whether it is there */
void zygote_image_found_vdso(struct aspace *as, struct platform_info *info);
