/* SIGIO: telling the owner of an O_ASYNC file (sigio.c). */
#pragma once
#include "lib/base.h"

/* sigio_init - at start-up, after sched_init(): files tell their owners.  0, -ENOMEM. */
int sigio_init(void) must_check;
