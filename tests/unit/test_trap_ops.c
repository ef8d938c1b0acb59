/* Interception by SIGSYS: work in guest memory, vector state; the same tests as for notify */
#define PLATFORM "trap"
#include "tests/unit/test_platform_ops.c"
