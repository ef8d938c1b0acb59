/*
 * What the stub is told of files (facts.c).
 */
#pragma once
#include "kernel/task.h"

struct file;
struct kstat;
struct path;

/* facts_init - once the platform stands, before the first task */
void facts_init(void);

/* facts_fini - before the platform goes */
void facts_fini(void);

/* task_tell_file - the calling task @t has just got @fd from open(2) */
void task_tell_file(struct task *t, int fd);

/* file_tell_again - the calling task, whose descriptor @f is, asked for what it was told */
void file_tell_again(struct file *f);

/*
 * task_hear_shut - what the stub of the calling task @t has closed is closed
 *
 * First of all in each call, so that nobody can tell it from a close(2) of its own.
 */
void task_hear_shut(struct task *t);

static inline void task_hear(struct task *t)
{
	if (unlikely(__atomic_load_n(&t->may_shut, __ATOMIC_RELAXED)))
		task_hear_shut(t);
}

/*
 * task_await_shut - what @t's stub has closed by now is closed when this returns
 *
 * For who looks at another's descriptors.  May sleep, holding nothing that closing a
 * file takes.
 */
void task_await_shut(struct task *t);

/* facts_await_shut - the same of all; and whoever is told something later is told of what is now */
void facts_await_shut(void);

/* task_untell - before @t shares its descriptors, loses its vcpu, or ends */
void task_untell(struct task *t);

/*
 * task_tell_place - @t has asked for @name, found @p, and is told @k
 * @root: where absolute names start
 * @epoch: still_epoch() before it was looked up
 */
void task_tell_place(struct task *t, const char *name, const struct path *root,
		     const struct path *p, const struct kstat *k, u64 epoch);
