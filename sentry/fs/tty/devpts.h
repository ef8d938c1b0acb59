/*
 * devpts: /dev/pts, and who opens /dev/tty, /dev/console, /dev/ptmx and /dev/pts/N.
 */
#pragma once
#include "lib/base.h"

struct file;
struct open_args;
struct path;
struct super;
struct tty;

/* devpts_init - makes the one instance, registers devices and type; at start-up.  0 or -ENOMEM */
int devpts_init(void) must_check;

/* devpts_create - the instance, counted once more */
int devpts_create(struct super **ret) must_check;

/* devpts_set_console - number 0 is a terminal that is no pty; before guests run */
int devpts_set_console(u64 rdev) must_check;

/*
 * devpts_open_console - a file on it
 * @pts: where devpts is mounted, for its name; may be PATH_NONE
 */
int devpts_open_console(struct tty *tty, const struct path *pts, const struct open_args *args,
			struct file **ret) must_check;
