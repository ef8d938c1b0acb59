/* Addresses in the stub. */
#pragma once
#include "lib/base.h"

/* The start of the stub's page, as the assembler filled it. */
struct stub_table {
	u64 handler, handler_fsgsbase;
	u64 park_ip, born_ip, clone_ip, exit_ip, order_ip;
	u64 park_nr;
	u64 nested_ip;
	u64 fast, posted, fast_end; /* [posted, fast_end): a fast call is posted, or answered */
	u64 kicked, sleep_ip, done, post, return_args;
	u64 marshal, marshal_end, outs, outs_end; /* may fault: the guest's pointers */
	u64 local, local_end, post_bare, full;
	u64 returns, returns_end;       /* of a fast call, all orders done */
	u64 bulk, bulk_end, bulk_ended; /* [bulk, bulk_end): may fault; then it has ended */
	u64 rest, rest_end, rested;     /* within [posted, fast_end): it sleeps on its bell */
	u64 moved, moved_on, moved_end; /* [moved, moved_end): it has read or closed by itself */
};
