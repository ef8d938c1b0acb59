/* The flags of `bailey do` (do_flags.h). */
#include "runtime/do_flags.h"

#include <getopt.h>

#include "lib/alloc.h"
#include "lib/log.h"
#include "runtime/runtime.h"

enum {
	OPT_ROOTFS = 256,
	OPT_CWD,
	OPT_ENV_ALL,
	OPT_OVERLAY,
	OPT_NETWORK,
	OPT_USER,
	OPT_HOSTNAME,
	OPT_PLATFORM,
	OPT_FASTPATH,
	OPT_TRACE,
	OPT_STRICT,
	OPT_DEBUG,
};

static const struct option options[] = {
	{"rootfs", required_argument, NULL, OPT_ROOTFS},
	{"cwd", required_argument, NULL, OPT_CWD},
	{"env", required_argument, NULL, 'e'},
	{"env-all", no_argument, NULL, OPT_ENV_ALL},
	{"volume", required_argument, NULL, 'v'},
	{"overlay", required_argument, NULL, OPT_OVERLAY},
	{"network", required_argument, NULL, OPT_NETWORK},
	{"user", required_argument, NULL, OPT_USER},
	{"hostname", required_argument, NULL, OPT_HOSTNAME},
	{"platform", required_argument, NULL, OPT_PLATFORM},
	{"fastpath", required_argument, NULL, OPT_FASTPATH},
	{"trace", optional_argument, NULL, OPT_TRACE},
	{"strict", no_argument, NULL, OPT_STRICT},
	{"debug", no_argument, NULL, OPT_DEBUG},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static bool parse_id(const char *s, char **end, u32 *ret)
{
	unsigned long long v;

	errno = 0;
	v = strtoull(s, end, 10);
	if (*s < '0' || *s > '9' || errno || v >= UINT32_MAX)
		return false;
	*ret = (u32)v;
	return true;
}

bool user_parse(const char *s, u32 *ret_uid, u32 *ret_gid)
{
	char *end;

	return parse_id(s, &end, ret_uid) && (*end != ':' || parse_id(end + 1, &end, ret_gid)) &&
	       !*end;
}

static int parse_user(const char *s, struct sandbox_spec *spec)
{
	const char *group = strchr(s, ':');

	if (!user_parse(s, &spec->uid, &spec->gid))
		return fail("--user '%s': UID[:GID] in numbers is wanted", s);
	if (!group)
		spec->gid = spec->uid;
	spec->nr_groups = 0;
	return 0;
}

static int set_string(char **to, const char *s)
{
	kfree(*to);
	*to = kstrdup(s);
	return *to ? 0 : fail("out of memory");
}

static int parse_overlay(const char *s, struct do_flags *f)
{
	if (strcmp(s, "memory") && strcmp(s, "none"))
		return fail("--overlay '%s': memory or none is wanted", s);
	f->overlay = !strcmp(s, "memory");
	return 0;
}

static int parse_network(const char *s)
{
	return strcmp(s, "none") ? fail("--network '%s': only none can be had", s) : 0;
}

static int parse_hostname(const char *s, struct sandbox_spec *spec)
{
	if (!*s || strlen(s) > 64)
		return fail("--hostname '%s': 1 to 64 bytes are wanted", s);
	return set_string(&spec->hostname, s);
}

static int add_string(const char **list, size_t *nr, const char *flag, const char *s)
{
	if (*nr == DO_LIST_MAX)
		return fail("more than %d times %s", DO_LIST_MAX, flag);
	list[(*nr)++] = s;
	return 0;
}

static int parse_env(const char *s, struct do_flags *f)
{
	if (!strchr(s, '=') || *s == '=')
		return fail("--env '%s': K=V is wanted", s);
	return add_string(f->envs, &f->nr_envs, "--env", s);
}

static int parse_fastpath(const char *s, struct sandbox_spec *spec)
{
	spec->no_fastpath = !strcmp(s, "off");
	if (!spec->no_fastpath && strcmp(s, "on"))
		return fail("--fastpath '%s': on or off is wanted", s);
	return 0;
}

static int parse_option(int opt, struct do_flags *f, struct sandbox_spec *spec)
{
	switch (opt) {
	case OPT_ROOTFS:
		f->rootfs = optarg;
		break;
	case OPT_CWD:
		f->cwd = optarg;
		break;
	case 'e':
		return parse_env(optarg, f);
	case OPT_ENV_ALL:
		f->env_all = true;
		break;
	case 'v':
		return add_string(f->volumes, &f->nr_volumes, "--volume", optarg);
	case OPT_OVERLAY:
		return parse_overlay(optarg, f);
	case OPT_NETWORK:
		return parse_network(optarg);
	case OPT_USER:
		return parse_user(optarg, spec);
	case OPT_HOSTNAME:
		return parse_hostname(optarg, spec);
	case OPT_PLATFORM:
		return set_string(&spec->platform, optarg);
	case OPT_FASTPATH:
		return parse_fastpath(optarg, spec);
	case OPT_TRACE:
		return set_string(&spec->trace, optarg ? optarg : "");
	case OPT_STRICT:
		spec->strict = true;
		break;
	case OPT_DEBUG:
		spec->log_level = LOG_DEBUG;
		break;
	case 'h':
		f->help = true;
		break;
	}
	return 0;
}

static int copy_command(int argc, char **argv, struct sandbox_spec *spec)
{
	if (argc == 0)
		return fail("no command given; `bailey do --help` says how");
	spec->args = kcalloc((size_t)argc + 1, sizeof(char *));
	for (int i = 0; spec->args && i < argc; i++) {
		spec->args[i] = kstrdup(argv[i]);
		if (!spec->args[i])
			return fail("out of memory");
	}
	return spec->args ? 0 : fail("out of memory");
}

int do_parse(int argc, char **argv, struct do_flags *f, struct sandbox_spec *spec)
{
	int opt, at = 1, err;

	opterr = 0;
	optind = 1;
	while ((opt = getopt_long(argc, argv, "+:e:v:h", options, NULL)) != -1) {
		if (opt == '?')
			return fail("unknown option '%s'; `bailey do --help` lists them", argv[at]);
		if (opt == ':')
			return fail("option '%s' wants a value; `bailey do --help` says which",
				    argv[at]);
		err = parse_option(opt, f, spec);
		if (err)
			return err;
		at = optind;
	}
	return f->help ? 0 : copy_command(argc - optind, argv + optind, spec);
}
