/* Interception by SIGSYS: calls, registers, faults, processes, threads, death; the same tests as
 * for notify */
#define PLATFORM "trap"
#include "tests/unit/test_platform_notify.c"
