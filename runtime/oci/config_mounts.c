/* The mounts of a config.json (config.h). */
#include <limits.h>
#include <sys/stat.h>

#include "lib/alloc.h"
#include "runtime/oci/internal.h"

/* What the options of one mount say. */
struct options {
	bool bind;
	bool read_only, nosuid, nodev, noexec;
	u32 mode;
	u64 size;
};

static int parse_size(const char *s, u64 *ret)
{
	char *end;
	int shift = 0;
	u64 n;

	errno = 0;
	n = strtoull(s, &end, 10);
	if (*s < '0' || *s > '9' || errno)
		return -1;
	switch (*end) {
	case 'g':
	case 'G':
		shift += 10;
		/* fall through */
	case 'm':
	case 'M':
		shift += 10;
		/* fall through */
	case 'k':
	case 'K':
		shift += 10;
		end++;
		break;
	}
	*ret = n << shift;
	return *end || *ret >> shift != n ? -1 : 0;
}

static int parse_mode(const char *s, u32 *ret)
{
	char *end;
	unsigned long n = strtoul(s, &end, 8);

	if (*s < '0' || *s > '7' || *end || n > 07777)
		return -1;
	*ret = (u32)n;
	return 0;
}

/* Propagation, times and the rest change nothing that a sandbox sees. */
static int parse_option(const char *s, struct options *o)
{
	if (!strcmp(s, "bind") || !strcmp(s, "rbind"))
		o->bind = true;
	else if (!strcmp(s, "ro"))
		o->read_only = true;
	else if (!strcmp(s, "rw"))
		o->read_only = false;
	else if (!strcmp(s, "nosuid"))
		o->nosuid = true;
	else if (!strcmp(s, "nodev"))
		o->nodev = true;
	else if (!strcmp(s, "noexec"))
		o->noexec = true;
	else if (!strncmp(s, "mode=", 5))
		return parse_mode(s + 5, &o->mode);
	else if (!strncmp(s, "size=", 5))
		return parse_size(s + 5, &o->size);
	return 0;
}

static int parse_options(const json_t *list, size_t at, struct options *ret, struct config_error *e)
{
	size_t i;
	json_t *v;

	*ret = (struct options){0};
	if (list && !json_is_array(list))
		return config_refuse(e, "mounts[%zu].options: a list is wanted", at);
	json_array_foreach(list, i, v)
	{
		if (!json_is_string(v) || parse_option(json_string_value(v), ret))
			return config_refuse(e, "mounts[%zu].options[%zu]: it makes no sense", at,
					     i);
	}
	return 0;
}

/* The file system of a mount; -1: none of ours. */
static int type_of(const char *type, const char *dst, const struct options *o)
{
	static const struct {
		const char *name;
		enum spec_mount_type type;
	} types[] = {
		{"proc", SPEC_MOUNT_PROC},     {"sysfs", SPEC_MOUNT_SYS},
		{"devpts", SPEC_MOUNT_DEVPTS}, {"mqueue", SPEC_MOUNT_MQUEUE},
		{"tmpfs", SPEC_MOUNT_TMPFS},
	};

	if (o->bind || !type || !strcmp(type, "bind"))
		return SPEC_MOUNT_BIND;
	/* The devices a container expects stand there by themselves. */
	if (!strcmp(type, "tmpfs") && !strcmp(dst, "/dev"))
		return SPEC_MOUNT_DEV;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(type, types[i].name))
			return (int)types[i].type;
	return -1;
}

static int resolve_source(const char *bundle, const char *source, size_t at, char ret[PATH_MAX],
			  struct config_error *e)
{
	char joined[PATH_MAX];

	if (!source)
		return config_refuse(e, "mounts[%zu].source: it is missing", at);
	snprintf(joined, sizeof(joined), "%s%s%s", source[0] == '/' ? "" : bundle,
		 source[0] == '/' ? "" : "/", source);
	if (!realpath(joined, ret))
		return config_refuse(e, "mounts[%zu].source: '%s': %s", at, joined,
				     strerror(errno));
	return 0;
}

static int add_one(const json_t *m, size_t at, const char *bundle, struct sandbox_spec *spec,
		   struct config_error *e)
{
	char where[32], real[PATH_MAX];
	const char *dst, *type, *source;
	struct spec_mount *added;
	struct options o;
	int kind;

	snprintf(where, sizeof(where), "mounts[%zu].", at);
	if (!json_is_object(m))
		return config_refuse(e, "mounts[%zu]: an object is wanted", at);
	if (config_string(m, where, "destination", true, &dst, e) ||
	    config_string(m, where, "type", false, &type, e) ||
	    config_string(m, where, "source", false, &source, e) ||
	    parse_options(json_object_get(m, "options"), at, &o, e))
		return -1;
	if (dst[0] != '/')
		return config_refuse(e, "%sdestination: an absolute path is wanted", where);
	/* A view of control groups comes with sysfs. */
	if (type && (!strcmp(type, "cgroup") || !strcmp(type, "cgroup2")))
		return 0;
	kind = type_of(type, dst, &o);
	if (kind < 0)
		return config_refuse(e, "%stype: '%s' cannot be had", where, type);
	if (kind == SPEC_MOUNT_BIND && resolve_source(bundle, source, at, real, e))
		return -1;
	added = spec_add_mount(spec, (enum spec_mount_type)kind,
			       kind == SPEC_MOUNT_BIND ? real : NULL, dst);
	if (!added)
		return config_refuse(e, "out of memory");
	added->read_only = o.read_only;
	added->nosuid = o.nosuid;
	added->nodev = o.nodev;
	added->noexec = o.noexec;
	added->shared = kind == SPEC_MOUNT_BIND;
	added->size = o.size;
	added->mode = o.mode;
	return 0;
}

int config_mounts(const json_t *config, const char *bundle, struct sandbox_spec *spec,
		  struct config_error *e)
{
	const json_t *list = json_object_get(config, "mounts");
	size_t i;
	json_t *m;

	if (list && !json_is_array(list))
		return config_refuse(e, "mounts: a list is wanted");
	json_array_foreach(list, i, m)
	{
		if (add_one(m, i, bundle, spec, e))
			return -1;
	}
	return 0;
}
