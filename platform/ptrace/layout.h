/*
 * What stands above the guest's memory in a process of the ptrace platform.
 *
 * Only #defines: assembly includes it too.  The places are those of the notify
 * platform, so that a guest sees the same limits on both.
 *
 *	STUB_BASE      the stub, read and execute
 *	PT_SCRATCH     what the pointer arguments of the stub's calls point to
 *	CHAN_END...    host vDSO and its data
 *
 * The guest can write the scratch pages at any time: nothing in them is believed.
 */
#pragma once
#include "platform/stub/layout.h"

/* Offsets of instructions in the stub's page. */
#define PT_STUB_ENTRY     0x00
#define PT_STUB_SYSCALL   0x10
#define PT_STUB_CMPXCHG32 0x20
#define PT_STUB_CMPXCHG64 0x30
#define PT_STUB_HANDLER   0x40
#define PT_STUB_ADDRESS   0x80 /* struct sockaddr_un: where the sentry gives out descriptors */

#define PT_SYSCALL_SIZE   2 /* bytes of the syscall instruction */

#define PT_SCRATCH        CHAN_BASE
#define PT_SCRATCH_SIZE   0x10000
#define PT_FRAME_TOP      (PT_SCRATCH + PT_SCRATCH_SIZE) /* a signal frame is laid below it */
#define PT_DATA           PT_SCRATCH                     /* arguments and answers of calls */
#define PT_DATA_SIZE      0x4000
