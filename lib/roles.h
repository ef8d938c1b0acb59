/*
 * The processes of one sandbox and the descriptors each is started with.
 *
 * The command line starts sentry and gofer from a sealed copy of its own
 * binary: `bailey sentry`, `bailey gofer`.  A role finds its descriptors at
 * these numbers and closes all others.
 */
#pragma once
#include "lib/base.h"

enum role_fd {
	ROLE_FD_LOG = 2,     /* messages for the user */
	ROLE_FD_SPEC = 3,    /* sealed memory file: struct sandbox_spec, packed */
	ROLE_FD_GOFER = 4,   /* the socket between sentry and gofer, one end each */
	ROLE_FD_CONTROL = 5, /* sentry: the command line's control socket */
	ROLE_FD_SENTRY = 5,  /* gofer: a pidfd of the sentry, if there are role_namespaces() */
	ROLE_FD_STDIN = 6,   /* sentry: the guest's standard streams */
	ROLE_FD_STDOUT = 7,
	ROLE_FD_STDERR = 8,
	ROLE_FD_TRACE = 9,   /* sentry: where --trace goes */
	ROLE_FD_LISTEN = 10, /* sentry of a container: where commands connect */
	ROLE_FD_MOUNT0 =
		10, /* gofer: host directories, one a mount of the spec that has a source */
};

/*
 * role_namespaces - the only argument of a role: CLONE_NEW* of the namespaces
 * that were made for the sandbox, in hexadecimal
 *
 * The sentry is born in them; the gofer may enter those of the sentry.
 */
u64 role_namespaces(int argc, char **argv);

/* What the roles run; the result is the status of the process. */
int sentry_main(int argc, char **argv);
int gofer_main(int argc, char **argv);
