/* The signal frame in a vcpu's channel. */
#pragma once
#include "platform/notify/notify.h"
#include "platform/x86_64/sigframe.h"

static inline struct sigframe *vcpu_frame(struct vcpu *v)
{
	return (void *)(v->ch.mem + notify.frame_off);
}
