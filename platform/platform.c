/*
 * The choice of a platform, and the way of each call to the chosen one.
 */
#include "platform/platform.h"

#include "lib/log.h"
#include "platform/begin.h"
#include "platform/bulk.h"
#include "platform/facts.h"
#include "platform/last.h"
#include "platform/ops.h"

/* Set by platform_init() before there is a second thread, immutable afterwards. */
static const struct platform_ops *ops = &notify_ops;

static void (*meanwhile)(void);

void platform_meanwhile(void (*fn)(void))
{
	meanwhile = fn;
}

void platform_run_meanwhile(void)
{
	void (*fn)(void) = meanwhile;

	meanwhile = NULL;
	if (fn)
		fn();
}

static int start(const struct platform_ops *chosen, const char *name, const char **ret_why)
{
	ops = chosen;
	return ops->start(name, ret_why);
}

static int choose(const char *name, const char **ret_why)
{
	const char *why_ptrace = "";
	int err;

	if (name && !strcmp(name, "ptrace"))
		return start(&ptrace_ops, name, ret_why);
	if (name && strcmp(name, "notify") && strcmp(name, "trap")) {
		*ret_why = "there is no such platform; there are: notify, trap, ptrace";
		return -EINVAL;
	}
	err = start(&notify_ops, name, ret_why);
	if (!err || name)
		return err;
	/* What notify lacks is what the user is told, if ptrace does not work either. */
	if (start(&ptrace_ops, NULL, &why_ptrace)) {
		log_info("nor by ptrace: %s", why_ptrace);
		return err;
	}
	log_warn("guests are traced by ptrace, which is slow: %s", *ret_why);
	return 0;
}

int platform_init(const char *name, const char **ret_why)
{
	int err = choose(name, ret_why);

	platform_run_meanwhile();
	return err;
}

void platform_on_lost(void (*fn)(void))
{
	ops->on_lost(fn);
}

const struct platform_layer *platform_layers(size_t *ret_nr)
{
	return ops->layers(ret_nr);
}

void platform_hide_files(void)
{
	if (ops->hide_files)
		ops->hide_files();
}

void platform_fini(void)
{
	ops->fini();
}

const struct platform_info *platform_info(void)
{
	return ops->info;
}

int aspace_create(struct aspace **ret, struct vcpu **ret_vcpu)
{
	return ops->aspace_create(ret, ret_vcpu);
}

int aspace_fork(struct vcpu *parent, struct aspace **ret, struct vcpu **ret_vcpu)
{
	return ops->aspace_fork(parent, ret, ret_vcpu);
}

struct aspace *aspace_get(struct aspace *as)
{
	return ops->aspace_get(as);
}

void aspace_put(struct aspace *as)
{
	ops->aspace_put(as);
}

void aspace_kill(struct aspace *as)
{
	ops->aspace_kill(as);
}

ssize_t aspace_read(struct aspace *as, void *dst, uaddr_t src, size_t size)
{
	return ops->aspace_read(as, dst, src, size);
}

ssize_t aspace_write(struct aspace *as, uaddr_t dst, const void *src, size_t size)
{
	return ops->aspace_write(as, dst, src, size);
}

int aspace_limit(struct aspace *as, u64 bytes)
{
	return ops->aspace_limit ? ops->aspace_limit(as, bytes) : 0;
}

u64 aspace_rss(struct aspace *as)
{
	return ops->aspace_rss(as);
}

int vcpu_create(struct vcpu *parent, struct vcpu **ret)
{
	return ops->create(parent, ret);
}

void vcpu_destroy(struct vcpu *v)
{
	ops->destroy(v);
}

bool vcpu_is_alone(struct vcpu *v)
{
	return ops->is_alone && ops->is_alone(v);
}

struct aspace *vcpu_aspace(struct vcpu *v)
{
	return ops->aspace(v);
}

int vcpu_run(struct vcpu *v, struct vcpu_event *ev)
{
	return ops->run(v, ev);
}

void vcpu_kick(struct vcpu *v)
{
	ops->kick(v);
}

void vcpu_set_result(struct vcpu *v, long ret)
{
	ops->set_result(v, ret);
}

int vcpu_get_regs(struct vcpu *v, struct regs *ret)
{
	return ops->get_regs(v, ret);
}

int vcpu_set_regs(struct vcpu *v, const struct regs *regs)
{
	return ops->set_regs(v, regs);
}

int vcpu_get_xstate(struct vcpu *v, void *ret, size_t size)
{
	return ops->get_xstate(v, ret, size);
}

int vcpu_set_xstate(struct vcpu *v, const void *xstate, size_t size)
{
	return ops->set_xstate(v, xstate, size);
}

int vcpu_reset_xstate(struct vcpu *v)
{
	return ops->reset_xstate(v);
}

int vcpu_host_ops(struct vcpu *v, struct host_op *host_ops, size_t n)
{
	return ops->host_ops(v, host_ops, n);
}

bool vcpu_last_ops(struct vcpu *v, const struct host_op *host_ops, size_t n)
{
	return ops->last_ops && ops->last_ops(v, host_ops, n);
}

bool vcpu_last_ops_done(const struct vcpu *v)
{
	return !ops->last_ops || ops->last_ops_done(v);
}

int vcpu_last_ops_now(struct vcpu *v)
{
	return ops->last_ops ? ops->last_ops_now(v) : 0;
}

int vcpu_resident(struct vcpu *v, uaddr_t start, u64 size, u64 *ret)
{
	return ops->resident(v, start, size, ret);
}

int vcpu_usage(struct vcpu *v, struct vcpu_usage *ret)
{
	return ops->usage(v, ret);
}

int vcpu_cmpxchg32(struct vcpu *v, uaddr_t addr, u32 old, u32 new_val, u32 *ret_prev)
{
	return ops->cmpxchg32(v, addr, old, new_val, ret_prev);
}

int vcpu_cmpxchg64(struct vcpu *v, uaddr_t addr, u64 old, u64 new_val, u64 *ret_prev)
{
	return ops->cmpxchg64(v, addr, old, new_val, ret_prev);
}

u64 vcpu_cputime(struct vcpu *v)
{
	return ops->cputime(v);
}

size_t vcpu_window_in(struct vcpu *v, void *dst, uaddr_t src, size_t size)
{
	return ops->window_in ? ops->window_in(v, dst, src, size) : 0;
}

bool vcpu_window_out(struct vcpu *v, uaddr_t dst, const void *src, size_t size)
{
	return ops->window_out && ops->window_out(v, dst, src, size);
}

void vcpu_window_touch(struct vcpu *v, uaddr_t addr, size_t size)
{
	if (ops->window_touch)
		ops->window_touch(v, addr, size);
}

void vcpu_window_spill(struct vcpu *v)
{
	if (ops->window_spill)
		ops->window_spill(v);
}

size_t vcpu_bulk_in(struct vcpu *v, void *dst, uaddr_t src, size_t size)
{
	return ops->bulk_in ? ops->bulk_in(v, dst, src, size) : 0;
}

size_t vcpu_bulk_out(struct vcpu *v, uaddr_t dst, const void *src, size_t size)
{
	return ops->bulk_out ? ops->bulk_out(v, dst, src, size) : 0;
}

void vcpu_set_local(struct vcpu *v, const struct vcpu_local *l)
{
	if (ops->set_local)
		ops->set_local(v, l);
}

u64 *platform_epoch(void)
{
	return ops->epoch ? ops->epoch() : NULL;
}

void vcpu_set_file(struct vcpu *v, const struct vcpu_file *f)
{
	if (ops->set_file)
		ops->set_file(v, f);
}

int vcpu_shut_file(struct vcpu *v)
{
	return ops->shut_file ? ops->shut_file(v) : -1;
}

bool vcpu_has_shut(const struct vcpu *v)
{
	return ops->has_shut && ops->has_shut(v);
}

void *vcpu_file_bytes(struct vcpu *v, size_t size)
{
	return ops->file_bytes ? ops->file_bytes(v, size) : NULL;
}

void vcpu_forget_bytes(struct vcpu *v)
{
	ops->forget_bytes(v);
}

u64 vcpu_file_pos(struct vcpu *v, bool take)
{
	return ops->file_pos(v, take);
}

void vcpu_forget_places(struct vcpu *v)
{
	if (ops->forget_places)
		ops->forget_places(v);
}

void vcpu_set_pos(struct vcpu *v, u64 pos, u64 end)
{
	if (ops->set_pos)
		ops->set_pos(v, pos, end);
}

void vcpu_set_place(struct vcpu *v, const char *name, size_t len, const void *stat, u64 epoch)
{
	if (ops->set_place)
		ops->set_place(v, name, len, stat, epoch);
}

void vcpu_begun(const struct vcpu *v, struct vcpu_begun *ret)
{
	*ret = (struct vcpu_begun){0};
	if (ops->begun)
		ops->begun(v, ret);
}

void vcpu_take_begun(struct vcpu *v, struct vcpu_begun *ret)
{
	*ret = (struct vcpu_begun){0};
	if (ops->take_begun)
		ops->take_begun(v, ret);
}

void vcpu_set_limits(struct vcpu *v, const void *limits)
{
	if (ops->set_limits)
		ops->set_limits(v, limits);
}

void vcpu_hide_limits(struct vcpu *v)
{
	if (ops->hide_limits)
		ops->hide_limits(v);
}

void vcpu_set_brk(struct vcpu *v, uaddr_t brk)
{
	if (ops->set_brk)
		ops->set_brk(v, brk);
}

u64 vcpu_restored(struct vcpu *v)
{
	return ops->restored ? ops->restored(v) : 0;
}
