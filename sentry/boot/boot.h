/*
 * From a specification to a running program.
 */
#pragma once
#include "lib/base.h"
#include "lib/spec.h"

struct cred;
struct fdtable;
struct gofer_client;
struct mnt_ns;
struct namei_base;
struct path;
struct super;
struct tgroup;

/* Why a sandbox could not start, as the command line tells it. */
struct boot_error {
	int status; /* exit status: 125, 126, 127 */
	char text[512];
};

/* boot_fail - fill @e; returns -1 for the caller to return */
int boot_fail(struct boot_error *e, int status, const char *fmt, ...) printf_like(3, 4);

/*
 * boot_mounts - build the mount tree of @spec
 *
 * Mount points that are missing are made where the file system allows it.
 * Runs on a fiber; may sleep.
 * Return: 0 with a counted tree, or -1 with *@e filled.
 */
int boot_mounts(const struct sandbox_spec *spec, struct gofer_client *gofer,
		const struct cred *cred, struct mnt_ns **ret, struct boot_error *e) must_check;

/*
 * boot_stdio - descriptors 0, 1 and 2 from the host's
 * @stdio: consumed
 *
 * Return: 0, or -1 with *@e filled.
 */
int boot_stdio(const struct namei_base *base, hostfd_t stdio[3], struct fdtable **ret,
	       struct boot_error *e) must_check;

/*
 * boot_program - find and start the program of @spec in the tree @ns
 * @stdio: its standard streams; consumed
 * @ret: the process, counted; NULL: nobody asks
 *
 * Runs on a fiber; may sleep.  Return: 0, or -1 with *@e filled.
 */
int boot_program(const struct sandbox_spec *spec, struct mnt_ns *ns, hostfd_t stdio[3],
		 struct tgroup **ret, struct boot_error *e) must_check;

/* boot_search_path - directories in which a program without a slash is searched, with colons */
const char *boot_search_path(const struct sandbox_spec *spec);

/*
 * boot_expect - ask the gofer at once for what a start of @spec looks at in its root
 *
 * May sleep.
 */
void boot_expect(const struct sandbox_spec *spec, struct super *root);
