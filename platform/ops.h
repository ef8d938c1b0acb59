/*
 * A platform as platform.c sees it: the contract of platform.h, call by call.
 *
 * Nothing here says what a call does: platform.h does.
 */
#pragma once
#include "platform/begin.h"
#include "platform/facts.h"
#include "platform/platform.h"

struct platform_ops {
	/* start - as platform_init(), of this platform; whatever it made is gone on failure */
	int (*start)(const char *name, const char **ret_why) must_check;
	void (*fini)(void);
	void (*on_lost)(void (*fn)(void));
	const struct platform_layer *(*layers)(size_t *ret_nr);
	void (*hide_files)(void);         /* NULL: nothing is kept */
	const struct platform_info *info; /* filled in by start */

	int (*aspace_create)(struct aspace **ret, struct vcpu **ret_vcpu);
	int (*aspace_fork)(struct vcpu *parent, struct aspace **ret, struct vcpu **ret_vcpu);
	struct aspace *(*aspace_get)(struct aspace *as);
	void (*aspace_put)(struct aspace *as);
	void (*aspace_kill)(struct aspace *as);
	ssize_t (*aspace_read)(struct aspace *as, void *dst, uaddr_t src, size_t size);
	ssize_t (*aspace_write)(struct aspace *as, uaddr_t dst, const void *src, size_t size);
	u64 (*aspace_rss)(struct aspace *as);
	int (*aspace_limit)(struct aspace *as, u64 bytes); /* NULL: the host is not asked */

	int (*create)(struct vcpu *parent, struct vcpu **ret);
	void (*destroy)(struct vcpu *v);
	bool (*is_alone)(struct vcpu *v); /* NULL: never */
	struct aspace *(*aspace)(struct vcpu *v);
	int (*run)(struct vcpu *v, struct vcpu_event *ev);
	void (*kick)(struct vcpu *v);
	void (*set_result)(struct vcpu *v, long ret);
	int (*get_regs)(struct vcpu *v, struct regs *ret);
	int (*set_regs)(struct vcpu *v, const struct regs *regs);
	int (*get_xstate)(struct vcpu *v, void *ret, size_t size);
	int (*set_xstate)(struct vcpu *v, const void *xstate, size_t size);
	int (*reset_xstate)(struct vcpu *v);
	int (*host_ops)(struct vcpu *v, struct host_op *ops, size_t n);
	bool (*last_ops)(struct vcpu *v, const struct host_op *ops, size_t n); /* NULL: never */
	bool (*last_ops_done)(const struct vcpu *v);
	int (*last_ops_now)(struct vcpu *v);
	int (*resident)(struct vcpu *v, uaddr_t start, u64 size, u64 *ret);
	int (*usage)(struct vcpu *v, struct vcpu_usage *ret);
	int (*cmpxchg32)(struct vcpu *v, uaddr_t addr, u32 old, u32 new_val, u32 *ret_prev);
	int (*cmpxchg64)(struct vcpu *v, uaddr_t addr, u64 old, u64 new_val, u64 *ret_prev);
	u64 (*cputime)(struct vcpu *v);

	/* The fast path; NULL where there is none. */
	size_t (*window_in)(struct vcpu *v, void *dst, uaddr_t src, size_t size);
	bool (*window_out)(struct vcpu *v, uaddr_t dst, const void *src, size_t size);
	void (*window_touch)(struct vcpu *v, uaddr_t addr, size_t size);
	void (*window_spill)(struct vcpu *v);
	size_t (*bulk_in)(struct vcpu *v, void *dst, uaddr_t src, size_t size);
	size_t (*bulk_out)(struct vcpu *v, uaddr_t dst, const void *src, size_t size);
	void (*set_local)(struct vcpu *v, const struct vcpu_local *l);
	u64 (*restored)(struct vcpu *v);
	void (*begun)(const struct vcpu *v, struct vcpu_begun *ret);
	void (*take_begun)(struct vcpu *v, struct vcpu_begun *ret);
	void (*set_limits)(struct vcpu *v, const void *limits);
	void (*hide_limits)(struct vcpu *v);
	void (*set_brk)(struct vcpu *v, uaddr_t brk);
	u64 *(*epoch)(void);
	void (*set_file)(struct vcpu *v, const struct vcpu_file *f);
	int (*shut_file)(struct vcpu *v);
	bool (*has_shut)(const struct vcpu *v);
	void *(*file_bytes)(struct vcpu *v, size_t size);
	void (*forget_bytes)(struct vcpu *v);
	u64 (*file_pos)(struct vcpu *v, bool take);
	void (*forget_places)(struct vcpu *v);
	void (*set_pos)(struct vcpu *v, u64 pos, u64 end);
	void (*set_place)(struct vcpu *v, const char *name, size_t len, const void *stat,
			  u64 epoch);
};

/* platform_run_meanwhile - what platform_meanwhile() was told, once; for a platform that waits */
void platform_run_meanwhile(void);

extern const struct platform_ops notify_ops, ptrace_ops;
