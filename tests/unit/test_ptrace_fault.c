/* The ptrace platform: a host that fails; the same tests as for notify */
#define PLATFORM "ptrace"
#include "tests/unit/test_platform_fault.c"
