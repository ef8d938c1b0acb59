/* What the stub says at a program's start (begin.c). */
#pragma once

struct vcpu;

/* begin_reset - a channel may have been another's: nothing is told or noted in @v's */
void begin_reset(struct vcpu *v);
