/* The ptrace platform: work in guest memory, vector state; the same tests as for notify */
#define PLATFORM "ptrace"
#include "tests/unit/test_platform_ops.c"
