/*
 * The environment a sandboxed program gets: a short list of harmless names, so
 * that no agent socket, token or preload of the caller leaks in.
 */
#include <fnmatch.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "runtime/runtime.h"

static const char *const kept[] = {
	"PATH",      "HOME", "USER", "LOGNAME", "SHELL", "TERM",
	"COLORTERM", "LANG", "LC_*", "TZ",      "PWD",
};

static bool is_kept(const char *assignment)
{
	char name[64];
	size_t len = strcspn(assignment, "=");

	if (len >= sizeof(name))
		return false;
	memcpy(name, assignment, len);
	name[len] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (!fnmatch(kept[i], name, 0))
			return true;
	return false;
}

int env_set(char ***env, const char *assignment)
{
	size_t name = strcspn(assignment, "=") + 1, n = 0;
	char *copy = kstrdup(assignment);
	char **grown;

	if (!copy)
		return -ENOMEM;
	for (; *env && (*env)[n]; n++)
		if (!strncmp((*env)[n], assignment, name)) {
			kfree((*env)[n]);
			(*env)[n] = copy;
			return 0;
		}
	grown = krealloc(*env, (n + 2) * sizeof(*grown));
	if (!grown) {
		kfree(copy);
		return -ENOMEM;
	}
	grown[n] = copy;
	grown[n + 1] = NULL;
	*env = grown;
	return 0;
}

char **env_scrubbed(bool all)
{
	char **env = kcalloc(1, sizeof(*env));

	for (size_t i = 0; env && environ[i]; i++)
		if ((all || is_kept(environ[i])) && strchr(environ[i], '=') &&
		    env_set(&env, environ[i]))
			return NULL;
	return env;
}
