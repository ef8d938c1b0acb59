/*
 * Reading config.json (config.h): root, hostname and what ties the parts together.
 */
#include "runtime/oci/config.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/log.h"
#include "runtime/oci/internal.h"

#define CONFIG_BYTES_MAX (16 << 20)

int config_refuse(struct config_error *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}

int config_string(const json_t *o, const char *where, const char *key, bool needed,
		  const char **ret, struct config_error *e)
{
	const json_t *v = json_object_get(o, key);

	*ret = NULL;
	if (!v)
		return needed ? config_refuse(e, "%s%s: it is missing", where, key) : 0;
	*ret = json_string_value(v);
	if (!*ret)
		return config_refuse(e, "%s%s: a string is wanted", where, key);
	return strlen(*ret) == json_string_length(v)
		       ? 0
		       : config_refuse(e, "%s%s: it has a NUL in it", where, key);
}

int config_bool(const json_t *o, const char *where, const char *key, bool *ret,
		struct config_error *e)
{
	const json_t *v = json_object_get(o, key);

	*ret = json_is_true(v);
	return !v || json_is_boolean(v)
		       ? 0
		       : config_refuse(e, "%s%s: true or false is wanted", where, key);
}

int config_object(const json_t *o, const char *where, const char *key, bool needed,
		  const json_t **ret, struct config_error *e)
{
	*ret = json_object_get(o, key);
	if (!*ret)
		return needed ? config_refuse(e, "%s%s: it is missing", where, key) : 0;
	return json_is_object(*ret) ? 0 : config_refuse(e, "%s%s: an object is wanted", where, key);
}

static int load_root(const json_t *config, const char *bundle, struct sandbox_spec *spec,
		     struct config_error *e)
{
	char joined[PATH_MAX], real[PATH_MAX];
	const json_t *root;
	const char *path;
	struct spec_mount *m;
	struct stat st;
	bool read_only;

	if (config_object(config, "", "root", true, &root, e) ||
	    config_string(root, "root.", "path", true, &path, e) ||
	    config_bool(root, "root.", "readonly", &read_only, e))
		return -1;
	snprintf(joined, sizeof(joined), "%s%s%s", path[0] == '/' ? "" : bundle,
		 path[0] == '/' ? "" : "/", path);
	if (!realpath(joined, real) || stat(real, &st))
		return config_refuse(e, "root.path: '%s': %s", joined, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return config_refuse(e, "root.path: '%s' is not a directory", joined);
	/* A read-only root is one in memory too: mount points can be made in it before it closes.
	 */
	m = spec_add_mount(spec, read_only ? SPEC_MOUNT_OVERLAY : SPEC_MOUNT_BIND, real, "/");
	if (!m)
		return config_refuse(e, "out of memory");
	m->read_only = read_only;
	return 0;
}

static int load_hostname(const json_t *config, struct sandbox_spec *spec, struct config_error *e)
{
	const char *name;

	if (config_string(config, "", "hostname", false, &name, e))
		return -1;
	if (name && (!*name || strlen(name) > 64))
		return config_refuse(e, "hostname: 1 to 64 bytes are wanted");
	spec->hostname = kstrdup(name ? name : "bailey");
	return spec->hostname ? 0 : config_refuse(e, "out of memory");
}

static int load_version(const json_t *config, struct config_error *e)
{
	const char *version;

	if (config_string(config, "", "ociVersion", true, &version, e))
		return -1;
	return strncmp(version, "1.", 2)
		       ? config_refuse(e, "ociVersion: '%s' is not known, only 1.x", version)
		       : 0;
}

static int fill_spec(const json_t *config, const char *bundle, struct sandbox_spec *spec,
		     bool *ret_terminal, struct config_error *e)
{
	const json_t *process;

	spec->log_level = LOG_WARN;
	spec->umask = 022;
	if (!json_is_object(config))
		return config_refuse(e, "an object is wanted");
	if (load_version(config, e) || load_root(config, bundle, spec, e) ||
	    load_hostname(config, spec, e) || config_mounts(config, bundle, spec, e) ||
	    config_object(config, "", "process", true, &process, e))
		return -1;
	return config_process(process, spec, ret_terminal, e);
}

json_t *config_file(const char *path, struct config_error *e)
{
	/* Not to sleep in the open of a pipe; a regular file does not care. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	json_t *j = NULL;
	json_error_t je;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		config_refuse(e, "cannot open it: %s", strerror(errno));
	else if (!S_ISREG(st.st_mode) || st.st_size > CONFIG_BYTES_MAX)
		config_refuse(e, "a regular file of at most %d bytes is wanted", CONFIG_BYTES_MAX);
	else {
		j = json_loadfd(fd, JSON_REJECT_DUPLICATES, &je);
		if (!j)
			config_refuse(e, "line %d, column %d: %s", je.line, je.column, je.text);
	}
	if (fd >= 0)
		close(fd);
	return j;
}

int config_load(const char *bundle, struct sandbox_spec **ret, bool *ret_terminal,
		struct config_error *e)
{
	struct sandbox_spec *spec = kzalloc(sizeof(*spec));
	char path[PATH_MAX + 16];
	json_t *config;
	int err;

	if (!spec)
		return config_refuse(e, "out of memory");
	snprintf(path, sizeof(path), "%s/config.json", bundle);
	config = config_file(path, e);
	err = config ? fill_spec(config, bundle, spec, ret_terminal, e) : -1;
	json_decref(config);
	if (err)
		spec_free(spec);
	else
		*ret = spec;
	return err;
}
