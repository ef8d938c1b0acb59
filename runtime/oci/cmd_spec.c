/* spec: a config.json to start from. */
#include <unistd.h>

#include "runtime/oci/config.h"
#include "runtime/oci/oci.h"
#include "runtime/runtime.h"

static json_t *default_process(void)
{
	json_t *caps = json_pack("[sss]", "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE");

	return json_pack("{sb,s{si,si},s[s],s[s,s],ss,s{sO,sO,so},s[{ss,si,si}],sb}", "terminal", 0,
			 "user", "uid", 0, "gid", 0, "args", "sh", "env",
			 "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			 "TERM=xterm", "cwd", "/", "capabilities", "bounding", caps, "effective",
			 caps, "permitted", caps, "rlimits", "type", "RLIMIT_NOFILE", "hard", 1024,
			 "soft", 1024, "noNewPrivileges", 1);
}

static json_t *default_mounts(void)
{
	return json_pack(
		"[{ss,ss,ss},{ss,ss,ss,s[s,s,s,s]},{ss,ss,ss,s[s,s,s,s]},"
		"{ss,ss,ss,s[s,s,s,s,s]},{ss,ss,ss,s[s,s,s]},{ss,ss,ss,s[s,s,s,s]}]",
		"destination", "/proc", "type", "proc", "source", "proc", "destination", "/dev",
		"type", "tmpfs", "source", "tmpfs", "options", "nosuid", "strictatime", "mode=755",
		"size=65536k", "destination", "/dev/pts", "type", "devpts", "source", "devpts",
		"options", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "destination",
		"/dev/shm", "type", "tmpfs", "source", "shm", "options", "nosuid", "noexec",
		"nodev", "mode=1777", "size=65536k", "destination", "/dev/mqueue", "type", "mqueue",
		"source", "mqueue", "options", "nosuid", "noexec", "nodev", "destination", "/sys",
		"type", "sysfs", "source", "sysfs", "options", "nosuid", "noexec", "nodev", "ro");
}

json_t *config_default(void)
{
	return json_pack("{ss,so,s{ss,sb},ss,so,s{}}", "ociVersion", "1.0.2", "process",
			 default_process(), "root", "path", "rootfs", "readonly", 1, "hostname",
			 "bailey", "mounts", default_mounts(), "linux");
}

int cmd_spec(int argc, char **argv)
{
	const char *bundle = ".";
	bool ignored;
	const struct oci_option options[] = {
		{"bundle", 'b', &bundle, NULL, NULL, NULL},
		{"rootless", 0, NULL, &ignored, NULL, NULL},
		{0},
	};
	char path[PATH_MAX];
	json_t *config;
	int rest, err;

	err = oci_args(argc, argv, options,
		       "usage: bailey spec [--bundle DIR]\n\nWrites a config.json to start from.\n",
		       &rest);
	if (err)
		return max(err, 0);
	snprintf(path, sizeof(path), "%s/config.json", bundle);
	if (!access(path, F_OK))
		return fail("'%s' exists already", path);
	config = config_default();
	if (!config || json_dump_file(config, path, JSON_INDENT(4)))
		err = fail("cannot write '%s': %s", path, strerror(errno));
	json_decref(config);
	return err;
}
