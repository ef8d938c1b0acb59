/*
 * Signal handlers of a process, and how others get hold of them.
 *
 * Locks: sighand->mu guards the actions.  The pointer tg->sighand changes only
 * in exec, under tg->sighand_ptr_lock; sighand_lock() takes a reference under
 * that, then the mutex, then looks whether it is still the one.
 */
#include "kernel/signal_internal.h"
#include "lib/alloc.h"

int sighand_create(struct sighand **ret)
{
	struct sighand *sh = kzalloc(sizeof(*sh));

	if (!sh)
		return -ENOMEM;
	ref_init(&sh->ref);
	mutex_init(&sh->mu, LOCK_SIGHAND);
	*ret = sh;
	return 0;
}

int sighand_copy(struct sighand *old, bool clear, struct sighand **ret)
{
	struct sighand *sh;
	int err = sighand_create(&sh);

	if (err)
		return err;
	mutex_lock(&old->mu);
	memcpy(sh->action, old->action, sizeof(sh->action));
	mutex_unlock(&old->mu);
	if (clear)
		sighand_flush_handlers(sh);
	*ret = sh;
	return 0;
}

struct sighand *sighand_get(struct sighand *sh)
{
	ref_get(&sh->ref);
	return sh;
}

void sighand_put(struct sighand *sh)
{
	if (ref_put(&sh->ref))
		kfree(sh);
}

void sighand_flush_handlers(struct sighand *sh)
{
	mutex_lock(&sh->mu);
	for (int i = 0; i < NSIG_GUEST; i++) {
		uaddr_t keep = sh->action[i].handler == SIG_HANDLER_IGN ? SIG_HANDLER_IGN
									: SIG_HANDLER_DFL;

		sh->action[i] = (struct linux_sigaction){.handler = keep};
	}
	mutex_unlock(&sh->mu);
}

int sighand_unshare(struct task *t)
{
	struct tgroup *tg = t->tg;
	struct sighand *old = tg->sighand, *fresh;
	int err;

	if (ref_read(&old->ref) == 1)
		return 0;
	err = sighand_copy(old, false, &fresh);
	if (err)
		return err;
	/* Under the old lock: nobody is in the middle of a send through it. */
	mutex_lock(&old->mu);
	spin_lock(&tg->sighand_ptr_lock);
	tg->sighand = fresh;
	spin_unlock(&tg->sighand_ptr_lock);
	mutex_unlock(&old->mu);
	sighand_put(old);
	return 0;
}

struct sighand *sighand_lock(struct tgroup *tg)
{
	for (;;) {
		struct sighand *sh;

		spin_lock(&tg->sighand_ptr_lock);
		sh = sighand_get(tg->sighand);
		spin_unlock(&tg->sighand_ptr_lock);
		mutex_lock(&sh->mu);
		if (__atomic_load_n(&tg->sighand, __ATOMIC_RELAXED) == sh)
			return sh;
		sighand_unlock(sh);
	}
}

void sighand_unlock(struct sighand *sh)
{
	mutex_unlock(&sh->mu);
	sighand_put(sh);
}
