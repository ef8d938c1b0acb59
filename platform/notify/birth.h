/* New host processes and threads, until they first run (birth.c). */
#pragma once
#include "lib/base.h"

struct vcpu;

/* birth_finish - if @v is newborn: it gets its channel, runs its orders and parks; 0 or -ESRCH */
int birth_finish(struct vcpu *v) must_check;

/* birth_answer - the newborn @v, waiting in notification @id, gets its channel; 0 or -errno */
int birth_answer(struct vcpu *v, u64 id) must_check;
