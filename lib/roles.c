/* What a role is told when it is started (roles.h) */
#include "lib/roles.h"

#include <stdlib.h>

u64 role_namespaces(int argc, char **argv)
{
	return argc > 1 ? strtoull(argv[1], NULL, 16) : 0;
}
