/*
 * A memory policy: what was asked for.  There is one node of memory.
 */
#pragma once
#include "lib/base.h"

struct mempolicy {
	u8 mode;   /* MPOL_* */
	u16 flags; /* MPOL_F_STATIC_NODES... */
};
