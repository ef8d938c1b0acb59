/*
 * Functions that have no safe use here; naming one is a compile error.
 */
#pragma once

/* Declared first, so that a system header included later does not trip. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets
#undef alloca
#pragma GCC poison rand srand
