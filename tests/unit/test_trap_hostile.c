/* Interception by SIGSYS: guests that attack the platform; the same tests as for notify */
#define PLATFORM "trap"
#include "tests/unit/test_platform_hostile.c"
