/*
 * The gofer's role: from `bailey gofer` to the loop that answers the sentry.
 *
 * It starts with the descriptors of lib/roles.h: the spec, the socket, and one
 * directory for each mount.  Everything that needs the host's file system by
 * path happens here, before the doors are closed behind it.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gofer/server.h"
#include "gofer/sys.h"
#include "lib/alloc.h"
#include "lib/log.h"
#include "lib/roles.h"
#include "lib/spec.h"

/* Descriptors that are not handles: sockets, streams, those on their way to the sentry. */
#define FDS_RESERVED 256

/* As many descriptors as the host lets us have; what of them may be handles. */
static u32 handles_max(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim))
		return 512;
	lim.rlim_cur = lim.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &lim))
		log_warn("descriptor limit stays at %ju", (uintmax_t)lim.rlim_cur);
	if (lim.rlim_cur > UINT32_MAX)
		return UINT32_MAX;
	return lim.rlim_cur > 2 * FDS_RESERVED ? (u32)lim.rlim_cur - FDS_RESERVED
					       : (u32)lim.rlim_cur / 2;
}

static int read_table(struct gofer_table *ret)
{
	struct sandbox_spec *spec;
	char why[256];
	int err = spec_read(ROLE_FD_SPEC, &spec, why, sizeof(why));

	if (err) {
		log_error("%s", why);
		return err;
	}
	log_init("gofer", ROLE_FD_LOG, (enum log_level)spec->log_level);
	err = gofer_table_create(spec, ROLE_FD_MOUNT0, ret);
	spec_free(spec);
	close(ROLE_FD_SPEC);
	if (err)
		log_error("mounts: %s", strerror(-err));
	return err;
}

int gofer_main(int argc, char **argv)
{
	struct gofer_table table = {0};
	struct gofer_server *s;
	int err;

	(void)argc, (void)argv;
	log_init("gofer", ROLE_FD_LOG, LOG_WARN);
	umask(0);
	err = read_table(&table);
	if (err)
		return 1;
	err = gofer_sys_init();
	if (err) {
		log_error("cannot use /proc/self/fd: %s", strerror(-err));
		return 1;
	}
	err = gofer_server_create(&table, handles_max(), &s);
	if (err) {
		log_error("%s", strerror(-err));
		return 1;
	}
	err = gofer_server_run(s, ROLE_FD_GOFER);
	gofer_server_destroy(s);
	return err ? 1 : 0;
}
