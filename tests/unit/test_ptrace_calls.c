/* The ptrace platform: calls, registers, faults, processes, threads, death; the same tests as for
 * notify */
#define PLATFORM "ptrace"
#include "tests/unit/test_platform_notify.c"
