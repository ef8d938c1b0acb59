/* The calls of platform.h as this platform answers them. */
#pragma once
#include "platform/begin.h"
#include "platform/bulk.h"
#include "platform/facts.h"
#include "platform/last.h"
#include "platform/platform.h"

/* What they do: platform.h.  notify.c puts them into notify_ops. */
int notify_aspace_create(struct aspace **ret, struct vcpu **ret_vcpu);
int notify_aspace_fork(struct vcpu *parent, struct aspace **ret, struct vcpu **ret_vcpu);
struct aspace *notify_aspace_get(struct aspace *as);
void notify_aspace_put(struct aspace *as);
void notify_aspace_kill(struct aspace *as);
ssize_t notify_aspace_read(struct aspace *as, void *dst, uaddr_t src, size_t size);
ssize_t notify_aspace_write(struct aspace *as, uaddr_t dst, const void *src, size_t size);
u64 notify_aspace_rss(struct aspace *as);
int notify_aspace_limit(struct aspace *as, u64 bytes);
int notify_vcpu_create(struct vcpu *parent, struct vcpu **ret);
void notify_vcpu_destroy(struct vcpu *v);
bool notify_vcpu_is_alone(struct vcpu *v);
struct aspace *notify_vcpu_aspace(struct vcpu *v);
int notify_vcpu_run(struct vcpu *v, struct vcpu_event *ev);
void notify_vcpu_kick(struct vcpu *v);
void notify_vcpu_set_result(struct vcpu *v, long ret);
int notify_vcpu_get_regs(struct vcpu *v, struct regs *ret);
int notify_vcpu_set_regs(struct vcpu *v, const struct regs *regs);
int notify_vcpu_get_xstate(struct vcpu *v, void *ret, size_t size);
int notify_vcpu_set_xstate(struct vcpu *v, const void *xstate, size_t size);
int notify_vcpu_reset_xstate(struct vcpu *v);
int notify_vcpu_host_ops(struct vcpu *v, struct host_op *ops, size_t n);
bool notify_vcpu_last_ops(struct vcpu *v, const struct host_op *ops, size_t n);
bool notify_vcpu_last_ops_done(const struct vcpu *v);
int notify_vcpu_last_ops_now(struct vcpu *v);
int notify_vcpu_resident(struct vcpu *v, uaddr_t start, u64 size, u64 *ret);
int notify_vcpu_usage(struct vcpu *v, struct vcpu_usage *ret);
int notify_vcpu_cmpxchg32(struct vcpu *v, uaddr_t addr, u32 old, u32 new_val, u32 *ret_prev);
int notify_vcpu_cmpxchg64(struct vcpu *v, uaddr_t addr, u64 old, u64 new_val, u64 *ret_prev);
u64 notify_vcpu_cputime(struct vcpu *v);
size_t notify_window_in(struct vcpu *v, void *dst, uaddr_t src, size_t size);
bool notify_window_out(struct vcpu *v, uaddr_t dst, const void *src, size_t size);
void notify_window_touch(struct vcpu *v, uaddr_t addr, size_t size);
void notify_window_spill(struct vcpu *v);
size_t notify_bulk_in(struct vcpu *v, void *dst, uaddr_t src, size_t size);
size_t notify_bulk_out(struct vcpu *v, uaddr_t dst, const void *src, size_t size);
void notify_vcpu_set_local(struct vcpu *v, const struct vcpu_local *l);
u64 notify_vcpu_restored(struct vcpu *v);
void notify_vcpu_begun(const struct vcpu *v, struct vcpu_begun *ret);
void notify_vcpu_take_begun(struct vcpu *v, struct vcpu_begun *ret);
void notify_vcpu_set_limits(struct vcpu *v, const void *limits);
void notify_vcpu_hide_limits(struct vcpu *v);
void notify_vcpu_set_brk(struct vcpu *v, uaddr_t brk);
u64 *notify_epoch(void);
void notify_vcpu_set_file(struct vcpu *v, const struct vcpu_file *f);
int notify_vcpu_shut_file(struct vcpu *v);
bool notify_vcpu_has_shut(const struct vcpu *v);
void *notify_vcpu_file_bytes(struct vcpu *v, size_t size);
void notify_vcpu_forget_bytes(struct vcpu *v);
u64 notify_vcpu_file_pos(struct vcpu *v, bool take);
void notify_vcpu_forget_places(struct vcpu *v);
void notify_vcpu_set_pos(struct vcpu *v, u64 pos, u64 end);
void notify_vcpu_set_place(struct vcpu *v, const char *name, size_t len, const void *stat,
			   u64 epoch);
