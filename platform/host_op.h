/*
 * Which host calls the sentry may order in a guest's address space (struct
 * host_op of platform.h): the same on every platform.
 */
#pragma once
#include "platform/platform.h"

#define ARCH_SET_GS 0x1001
#define ARCH_SET_FS 0x1002

/* in_user - is all of it the guest's part of an address space */
bool in_user(u64 addr, u64 size);

/* host_op_is_sound - as platform.h asks: inside the guest's part, at a fixed address */
bool host_op_is_sound(const struct host_op *op);

static inline bool is_host_error(long ret)
{
	return (unsigned long)ret >= (unsigned long)-4095;
}
