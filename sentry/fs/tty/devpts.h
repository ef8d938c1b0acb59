/*
 * devpts: /dev/pts, and who opens /dev/tty, /dev/console, /dev/ptmx and /dev/pts/N.
 */
#pragma once
#include "lib/base.h"

struct super;

/* devpts_init - makes the one instance, registers devices and type; at start-up.  0 or -ENOMEM */
int devpts_init(void) must_check;

/* devpts_create - the instance, counted once more */
int devpts_create(struct super **ret) must_check;

/* devpts_set_console - number 0 is a terminal that is no pty; before guests run */
int devpts_set_console(u64 rdev) must_check;
