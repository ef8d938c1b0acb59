/* The debug builds' variables (debugenv.h). */
#include "lib/debugenv.h"

#if defined(BAILEY_DEBUG)
#include <unistd.h>

static const char *const names[DEBUGENV_MAX] = {"BAILEY_FAULT", "BAILEY_WORKERS"};

/* NAME=VALUE as it stands in our environment, or NULL. */
static char *find(const char *name)
{
	size_t len = strlen(name);

	for (char **e = environ; *e; e++)
		if (!strncmp(*e, name, len) && (*e)[len] == '=')
			return *e;
	return NULL;
}

const char *debugenv_get(const char *name)
{
	const char *var = find(name);

	return var ? var + strlen(name) + 1 : NULL;
}

void debugenv_environ(char *ret[DEBUGENV_MAX + 1])
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		*ret = find(names[i]);
		if (*ret)
			ret++;
	}
	*ret = NULL;
}
#endif
