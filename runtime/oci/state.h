/*
 * What is kept of a container between two commands: a directory of its own in
 * the state directory, with state.json and the sentry's control socket.
 */
#pragma once
#include <limits.h>

#include "lib/base.h"

struct container {
	char id[256];
	char dir[PATH_MAX]; /* of this container */
	char bundle[PATH_MAX];
	pid_t pid;        /* of the sentry, on the host */
	u64 start_time;   /* of that process, in clock ticks: a reused pid has another */
	char created[64]; /* RFC 3339 */
	bool started;
};

/* Where it stands in its life, as the runtime specification names it. */
enum container_status { STATUS_CREATED, STATUS_RUNNING, STATUS_STOPPED };

/* container_status_name - "created", "running", "stopped" */
const char *container_status_name(enum container_status s);

/* state_set_root - --root DIR; else /run/bailey, or below XDG_RUNTIME_DIR for ordinary users */
void state_set_root(const char *dir);

/*
 * The functions below say what went wrong on standard error and return 0 or the
 * exit status for the user.
 */

/* container_reserve - make the directory of a new container; refuses ids that are paths, or taken
 */
int container_reserve(const char *id, struct container *ret) must_check;

/* container_save - write state.json whole */
int container_save(const struct container *c) must_check;
int container_load(const char *id, struct container *ret) must_check;

/* container_remove - the directory and all in it */
int container_remove(const struct container *c) must_check;

enum container_status container_status(const struct container *c);

/* container_kill - end its sentry, and with it all, and wait for that; fine if it has stopped */
int container_kill(const struct container *c) must_check;

/* container_half_made - is @id one whose maker was killed half way; then it can be removed */
bool container_half_made(const char *id, struct container *ret) must_check;

/* container_connect - a connection to the sentry, or -1 after a message */
int container_connect(const struct container *c) must_check;

/* container_listen - the socket the sentry will serve; -1 after a message */
int container_listen(const struct container *c) must_check;

/* container_each - call @fn for every container there is, by name */
int container_each(int (*fn)(const struct container *c, void *arg), void *arg) must_check;

/* process_start_time - field 22 of /proc/PID/stat; 0: no such process, or a zombie */
u64 process_start_time(pid_t pid);
