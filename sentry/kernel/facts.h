/*
 * What the stub is told of files (facts.c).
 */
#pragma once
#include "lib/base.h"

struct file;
struct kstat;
struct path;
struct task;

/* facts_init - once the platform stands, before the first task */
void facts_init(void);

/* facts_fini - before the platform goes */
void facts_fini(void);

/* task_tell_file - the calling task @t has just got @fd from open(2) */
void task_tell_file(struct task *t, int fd);

/* file_tell_again - the calling task, whose descriptor @f is, asked for what it was told */
void file_tell_again(struct file *f);

/* task_untell - before @t shares its descriptors, loses its vcpu, or ends */
void task_untell(struct task *t);

/*
 * task_tell_place - @t has asked for @name, found @p, and is told @k
 * @root: where absolute names start
 * @epoch: still_epoch() before it was looked up
 */
void task_tell_place(struct task *t, const char *name, const struct path *root,
		     const struct path *p, const struct kstat *k, u64 epoch);
