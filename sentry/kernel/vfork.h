/*
 * vfork(2): the parent sleeps until the child has memory of its own or is gone,
 * and meanwhile lends it its vcpu (vfork.c).
 */
#pragma once
#include "lib/base.h"

struct clone_req;
struct task;
struct vfork_loan;

/* vfork_lends - does a child with these CLONE_* run on its parent's vcpu */
bool vfork_lends(u64 flags);

/*
 * vfork_lend - @c, which nobody knows yet, gets the vcpu of @t as @rq wants it to start
 *
 * Both share their memory.  Until vfork_wait() or vfork_undo() @t has no vcpu.
 * Return: 0 with *@ret; -ENOMEM; -EAGAIN: the host thread is dead.
 */
int vfork_lend(struct task *t, struct task *c, const struct clone_req *rq, struct vfork_loan **ret)
	must_check;

/* vfork_undo - @c was not started after all; frees @loan */
void vfork_undo(struct task *t, struct task *c, struct vfork_loan *loan);

/*
 * vfork_wait - sleep, killable, until @c is done with @t's memory
 * @loan: NULL if @c has a vcpu of its own; freed
 *
 * A @t that is killed may be left without vcpu.
 */
void vfork_wait(struct task *t, struct task *c, struct vfork_loan *loan);

/*
 * vfork_release - @c is done with its parent's memory: a borrowed vcpu goes back, the parent goes
 * on
 *
 * On @c's fiber.  Nothing happens when nobody waits in vfork(2).
 */
void vfork_release(struct task *c);
