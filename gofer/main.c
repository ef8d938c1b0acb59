/*
 * The gofer's role: from `bailey gofer` to the loop that answers the sentry.
 *
 * It starts with the descriptors of lib/roles.h: the spec, the socket, and one
 * directory for each mount.  Everything that needs the host's file system by
 * path happens here, before the doors are closed behind it.
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gofer/confine.h"
#include "gofer/core.h"
#include "gofer/server.h"
#include "gofer/sys.h"
#include "lib/alloc.h"
#include "lib/fault.h"
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

static int read_table(struct gofer_table *ret, bool *ret_strict, bool *ret_doctor)
{
	struct sandbox_spec *spec;
	char why[256];
	int err = spec_read(ROLE_FD_SPEC, &spec, why, sizeof(why));

	if (err) {
		log_error("%s", why);
		return err;
	}
	log_init("gofer", ROLE_FD_LOG, (enum log_level)spec->log_level);
	*ret_strict = spec->strict;
	*ret_doctor = spec->doctor;
	err = gofer_table_create(spec, ROLE_FD_MOUNT0, ret);
	spec_free(spec);
	close(ROLE_FD_SPEC);
	if (err)
		log_error("mounts: %s", strerror(-err));
	return err;
}

/* Descriptors of mounts follow each other; what is beyond them was not meant for us. */
static void close_strangers(const struct gofer_table *t, int sentry, struct harden_report *r)
{
	int keep[] = {0, 1, ROLE_FD_LOG, ROLE_FD_GOFER, ROLE_FD_SENTRY};
	cleanup_free int *all = kcalloc(ARRAY_SIZE(keep) + t->nr, sizeof(*all));
	size_t nr = ARRAY_SIZE(keep) - (sentry < 0);
	u32 i;

	if (!all) {
		harden_note(r, HARDEN_FDS, -ENOMEM);
		return;
	}
	memcpy(all, keep, sizeof(keep));
	for (i = 0; i < t->nr; i++)
		all[nr++] = t->mounts[i].fd;
	harden_fds(all, nr, r);
}

/* Every layer; with --strict, or nothing. */
static int confine(struct gofer_table *t, bool strict, bool doctor, int sentry)
{
	struct harden_report r = {0};
	struct harden_list missing = {.used = 0};

	close_strangers(t, sentry, &r);
	gofer_confine(t, strict, sentry, &r);
	if (doctor)
		harden_print(&r, gofer_layers_wanted(&r), "gofer", ROLE_FD_LOG);
	if (!harden_missing(&r, gofer_layers_wanted(&r), &missing))
		return 0;
	if (!strict) {
		log_debug("without: %s", harden_list_end(&missing));
		return 0;
	}
	log_error("--strict: the gofer is missing: %s", harden_list_end(&missing));
	return -EPERM;
}

int gofer_main(int argc, char **argv)
{
	struct gofer_table table = {0};
	struct gofer_server *s;
	bool strict = false, doctor = false;
	u32 handles;
	int err;

	prctl(PR_SET_NAME, "bailey-gofer");
	log_init("gofer", ROLE_FD_LOG, LOG_WARN);
	umask(0);
	fault_arm("gofer", "alloc", &fault_alloc_at);
	fault_arm("gofer", "host", &fault_gsys_at);
	err = read_table(&table, &strict, &doctor);
	if (err)
		return 1;
	core_init();
	err = gofer_sys_init();
	if (err) {
		log_error("cannot use /proc/self/fd: %s", strerror(-err));
		return 1;
	}
	handles = handles_max();
	err = confine(&table, strict, doctor, role_namespaces(argc, argv) ? ROLE_FD_SENTRY : -1);
	if (!err)
		err = gofer_server_create(&table, handles, &s);
	if (err) {
		log_error("cannot start: %s", strerror(-err));
		return 1;
	}
	err = gofer_server_run(s, ROLE_FD_GOFER);
	gofer_server_destroy(s);
	fault_report("gofer", "alloc", &fault_alloc_at);
	fault_report("gofer", "host", &fault_gsys_at);
	return err ? 1 : 0;
}
