/* Vector state in a signal frame: what xstate.c tells its sibling frame.c. */
#pragma once
#include "lib/base.h"

struct vcpu;

/* xstate_learn - size and features of the vector state in the zygote's first frame */
int xstate_learn(struct vcpu *zygote, const char **ret_why) must_check;
