/* The process of a config.json (config.h): who runs what, where, and with which limits. */
#include <linux/capability.h>

#include "lib/alloc.h"
#include "runtime/oci/internal.h"

static const char *const cap_names[] = {
	"CAP_CHOWN",
	"CAP_DAC_OVERRIDE",
	"CAP_DAC_READ_SEARCH",
	"CAP_FOWNER",
	"CAP_FSETID",
	"CAP_KILL",
	"CAP_SETGID",
	"CAP_SETUID",
	"CAP_SETPCAP",
	"CAP_LINUX_IMMUTABLE",
	"CAP_NET_BIND_SERVICE",
	"CAP_NET_BROADCAST",
	"CAP_NET_ADMIN",
	"CAP_NET_RAW",
	"CAP_IPC_LOCK",
	"CAP_IPC_OWNER",
	"CAP_SYS_MODULE",
	"CAP_SYS_RAWIO",
	"CAP_SYS_CHROOT",
	"CAP_SYS_PTRACE",
	"CAP_SYS_PACCT",
	"CAP_SYS_ADMIN",
	"CAP_SYS_BOOT",
	"CAP_SYS_NICE",
	"CAP_SYS_RESOURCE",
	"CAP_SYS_TIME",
	"CAP_SYS_TTY_CONFIG",
	"CAP_MKNOD",
	"CAP_LEASE",
	"CAP_AUDIT_WRITE",
	"CAP_AUDIT_CONTROL",
	"CAP_SETFCAP",
	"CAP_MAC_OVERRIDE",
	"CAP_MAC_ADMIN",
	"CAP_SYSLOG",
	"CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND",
	"CAP_AUDIT_READ",
	"CAP_PERFMON",
	"CAP_BPF",
	"CAP_CHECKPOINT_RESTORE",
};
_Static_assert(ARRAY_SIZE(cap_names) == CAP_LAST_CAP + 1, "a name for each capability");

static const char *const rlimit_names[RLIM_NLIMITS] = {
	[RLIMIT_AS] = "RLIMIT_AS",
	[RLIMIT_CORE] = "RLIMIT_CORE",
	[RLIMIT_CPU] = "RLIMIT_CPU",
	[RLIMIT_DATA] = "RLIMIT_DATA",
	[RLIMIT_FSIZE] = "RLIMIT_FSIZE",
	[RLIMIT_LOCKS] = "RLIMIT_LOCKS",
	[RLIMIT_MEMLOCK] = "RLIMIT_MEMLOCK",
	[RLIMIT_MSGQUEUE] = "RLIMIT_MSGQUEUE",
	[RLIMIT_NICE] = "RLIMIT_NICE",
	[RLIMIT_NOFILE] = "RLIMIT_NOFILE",
	[RLIMIT_NPROC] = "RLIMIT_NPROC",
	[RLIMIT_RSS] = "RLIMIT_RSS",
	[RLIMIT_RTPRIO] = "RLIMIT_RTPRIO",
	[RLIMIT_RTTIME] = "RLIMIT_RTTIME",
	[RLIMIT_SIGPENDING] = "RLIMIT_SIGPENDING",
	[RLIMIT_STACK] = "RLIMIT_STACK",
};

static int find_name(const char *const *names, size_t nr, const char *name)
{
	for (size_t i = 0; name && i < nr; i++)
		if (!strcmp(names[i], name))
			return (int)i;
	return -1;
}

static int load_strings(const json_t *p, const char *key, bool needed, char ***ret,
			struct config_error *e)
{
	const json_t *list = json_object_get(p, key);
	size_t n = json_array_size(list), i;
	json_t *v;

	if ((needed && !list) || (list && !json_is_array(list)) || (needed && !n))
		return config_refuse(e, "process.%s: a list of strings is wanted", key);
	*ret = kcalloc(n + 1, sizeof(char *));
	if (!*ret)
		return config_refuse(e, "out of memory");
	json_array_foreach(list, i, v)
	{
		const char *s = json_string_value(v);

		if (!s || strlen(s) != json_string_length(v))
			return config_refuse(e, "process.%s[%zu]: a string is wanted", key, i);
		(*ret)[i] = kstrdup(s);
		if (!(*ret)[i])
			return config_refuse(e, "out of memory");
	}
	return 0;
}

static int load_id(const json_t *user, const char *key, u32 *ret, struct config_error *e)
{
	const json_t *v = json_object_get(user, key);
	json_int_t n = json_integer_value(v);

	if (v && (!json_is_integer(v) || n < 0 || n >= UINT32_MAX))
		return config_refuse(e, "process.user.%s: a number is wanted", key);
	if (v)
		*ret = (u32)n;
	return 0;
}

static int load_user(const json_t *p, struct sandbox_spec *spec, struct config_error *e)
{
	const json_t *user, *groups;
	size_t n, i;
	json_t *v;

	if (config_object(p, "process.", "user", false, &user, e))
		return -1;
	if (load_id(user, "uid", &spec->uid, e) || load_id(user, "gid", &spec->gid, e) ||
	    load_id(user, "umask", &spec->umask, e))
		return -1;
	if (spec->umask > 0777)
		return config_refuse(e, "process.user.umask: more than 0777");
	groups = json_object_get(user, "additionalGids");
	n = json_array_size(groups);
	if ((groups && !json_is_array(groups)) || n > 65536)
		return config_refuse(e, "process.user.additionalGids: a list is wanted");
	spec->groups = kcalloc(n + 1, sizeof(u32));
	if (!spec->groups)
		return config_refuse(e, "out of memory");
	json_array_foreach(groups, i, v)
	{
		if (!json_is_integer(v) || json_integer_value(v) < 0 ||
		    json_integer_value(v) >= UINT32_MAX)
			return config_refuse(e, "process.user.additionalGids[%zu]: no group", i);
		spec->groups[spec->nr_groups++] = (u32)json_integer_value(v);
	}
	return 0;
}

static int load_caps(const json_t *p, struct sandbox_spec *spec, struct config_error *e)
{
	const json_t *caps, *list;
	size_t i;
	json_t *v;

	if (config_object(p, "process.", "capabilities", false, &caps, e))
		return -1;
	list = json_object_get(caps, "bounding");
	if (list && !json_is_array(list))
		return config_refuse(e, "process.capabilities.bounding: a list is wanted");
	json_array_foreach(list, i, v)
	{
		int cap = find_name(cap_names, ARRAY_SIZE(cap_names), json_string_value(v));

		if (cap < 0)
			return config_refuse(e, "process.capabilities.bounding[%zu]: no capability",
					     i);
		spec->caps |= 1ull << cap;
	}
	return 0;
}

static int load_rlimits(const json_t *p, struct sandbox_spec *spec, struct config_error *e)
{
	const json_t *list = json_object_get(p, "rlimits");
	size_t i;
	json_t *v;

	if (list && !json_is_array(list))
		return config_refuse(e, "process.rlimits: a list is wanted");
	json_array_foreach(list, i, v)
	{
		int nr = find_name(rlimit_names, RLIM_NLIMITS,
				   json_string_value(json_object_get(v, "type")));
		const json_t *soft = json_object_get(v, "soft"), *hard = json_object_get(v, "hard");

		if (nr < 0)
			return config_refuse(e, "process.rlimits[%zu].type: no limit", i);
		if (!json_is_integer(soft) || !json_is_integer(hard) ||
		    (u64)json_integer_value(soft) > (u64)json_integer_value(hard))
			return config_refuse(e,
					     "process.rlimits[%zu]: soft and hard are wanted, "
					     "soft no greater than hard",
					     i);
		if (spec->has_rlimit[nr])
			return config_refuse(e, "process.rlimits[%zu]: it is there twice", i);
		spec->has_rlimit[nr] = true;
		spec->rlimit[nr].rlim_cur = (u64)json_integer_value(soft);
		spec->rlimit[nr].rlim_max = (u64)json_integer_value(hard);
	}
	return 0;
}

int config_process(const json_t *process, struct sandbox_spec *spec, bool *ret_terminal,
		   struct config_error *e)
{
	const char *cwd;

	if (!json_is_object(process))
		return config_refuse(e, "process: an object is wanted");
	if (config_string(process, "process.", "cwd", true, &cwd, e) ||
	    load_strings(process, "args", true, &spec->args, e) ||
	    load_strings(process, "env", false, &spec->env, e) || load_user(process, spec, e) ||
	    load_caps(process, spec, e) || load_rlimits(process, spec, e) ||
	    config_bool(process, "process.", "noNewPrivileges", &spec->no_new_privs, e) ||
	    config_bool(process, "process.", "terminal", ret_terminal, e))
		return -1;
	if (cwd[0] != '/')
		return config_refuse(e, "process.cwd: an absolute path is wanted");
	spec->cwd = kstrdup(cwd);
	return spec->cwd ? 0 : config_refuse(e, "out of memory");
}
