/*
 * /proc: processes and the system, in Linux's words.
 */
#pragma once
#include "fs/pseudofs.h"
#include "lib/base.h"

struct seq;
struct super;

/* procfs_init - makes "proc" a file system type; once, at start-up.  0 or -ENOMEM */
int procfs_init(void) must_check;

/* procfs_create - an instance, not mounted */
int procfs_create(struct super **ret) must_check;

/*
 * A file of /proc/PID/net, made by whoever knows what is in it.
 *
 * Registered at start-up and kept.  @show writes the whole text; may sleep.
 */
struct procfs_net_file {
	const char *name;
	int (*show)(struct seq *s);
	struct procfs_net_file *next; /* procfs_net_register() */
	struct pseudo_entry entry;    /* the same */
};

/* procfs_net_register - @f appears in every /proc/PID/net */
void procfs_net_register(struct procfs_net_file *f);
