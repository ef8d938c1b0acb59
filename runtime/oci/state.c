/*
 * The state directory (state.h).
 *
 * state.json is written beside and renamed, so that a reader sees all of it or
 * the one before.
 */
#include "runtime/oci/state.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/runtime.h"

#define CONTROL_SOCK  "control.sock"
#define DEATH_WAIT_MS 5000

static char root[PATH_MAX - 300];

void state_set_root(const char *dir)
{
	if ((size_t)snprintf(root, sizeof(root), "%s", dir) >= sizeof(root))
		exit(fail("--root: the name is longer than %zu bytes", sizeof(root) - 1));
}

static const char *state_root(void)
{
	const char *run = getenv("XDG_RUNTIME_DIR");

	if (root[0])
		return root;
	if (geteuid() == 0)
		snprintf(root, sizeof(root), "/run/bailey");
	else if (run && *run == '/')
		snprintf(root, sizeof(root), "%s/bailey", run);
	else
		snprintf(root, sizeof(root), "/tmp/bailey-%u", geteuid());
	return root;
}

const char *container_status_name(enum container_status s)
{
	static const char *const names[] = {"created", "running", "stopped"};

	return names[s];
}

/* An id becomes a path: nothing in it may lead elsewhere. */
static bool id_is_valid(const char *id)
{
	size_t len = strlen(id);

	return len && len < sizeof(((struct container *)0)->id) && id[0] != '.' &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-.") ==
		       len;
}

static int set_names(const char *id, struct container *c)
{
	if (!id_is_valid(id))
		return fail("container id '%s': letters, digits and _ + - . are wanted, not "
			    "beginning with a dot",
			    id);
	*c = (struct container){.pid = -1};
	snprintf(c->id, sizeof(c->id), "%s", id);
	snprintf(c->dir, sizeof(c->dir), "%s/%s", state_root(), id);
	return 0;
}

/* What stands in a directory of somebody else names processes of ours to kill. */
static int check_root(void)
{
	struct stat st;

	if (lstat(state_root(), &st))
		return errno == ENOENT ? 0
				       : fail("cannot use the state directory '%s': %s", root,
					      strerror(errno));
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 022))
		return fail("the state directory '%s' is not ours alone", root);
	return 0;
}

static int make_root(void)
{
	if (mkdir(state_root(), 0700) && errno != EEXIST)
		return fail("cannot make the state directory '%s': %s", root, strerror(errno));
	return check_root();
}

int container_reserve(const char *id, struct container *ret)
{
	int err = set_names(id, ret);

	if (!err)
		err = make_root();
	if (err)
		return err;
	if (mkdir(ret->dir, 0700))
		return errno == EEXIST ? fail("container '%s' exists already", id)
				       : fail("cannot make '%s': %s", ret->dir, strerror(errno));
	return 0;
}

int container_save(const struct container *c)
{
	char path[PATH_MAX + 32], temp[PATH_MAX + 32];
	json_t *j = json_pack("{ss,ss,si,sI,ss,sb}", "id", c->id, "bundle", c->bundle, "pid",
			      (int)c->pid, "startTime", (json_int_t)c->start_time, "created",
			      c->created, "started", c->started);
	int err = 0;

	snprintf(path, sizeof(path), "%s/state.json", c->dir);
	snprintf(temp, sizeof(temp), "%s/state.json.new", c->dir);
	if (!j || json_dump_file(j, temp, JSON_INDENT(2)) || rename(temp, path))
		err = fail("cannot write '%s': %s", path, strerror(errno));
	json_decref(j);
	return err;
}

static int parse_state(const json_t *j, struct container *c)
{
	const char *bundle, *created;
	json_int_t start;
	int pid, started;

	if (json_unpack((json_t *)(uintptr_t)j, "{ss,si,sI,ss,sb}", "bundle", &bundle, "pid", &pid,
			"startTime", &start, "created", &created, "started", &started))
		return -1;
	snprintf(c->bundle, sizeof(c->bundle), "%s", bundle);
	snprintf(c->created, sizeof(c->created), "%s", created);
	c->pid = pid;
	c->start_time = (u64)start;
	c->started = started;
	return 0;
}

int container_load(const char *id, struct container *ret)
{
	char path[PATH_MAX + 32];
	json_error_t e;
	json_t *j;
	int err = set_names(id, ret);

	if (!err)
		err = check_root();
	if (err)
		return err;
	snprintf(path, sizeof(path), "%s/state.json", ret->dir);
	if (access(path, F_OK))
		return access(ret->dir, F_OK)
			       ? fail("container '%s' does not exist", id)
			       : fail("container '%s' is half made; if nobody is making it, "
				      "`bailey delete --force %s` removes it",
				      id, id);
	j = json_load_file(path, 0, &e);
	if (!j)
		return fail("'%s': line %d, column %d: %s", path, e.line, e.column, e.text);
	err = parse_state(j, ret) ? fail("'%s' is not a container's state", path) : 0;
	json_decref(j);
	return err;
}

bool container_half_made(const char *id, struct container *ret)
{
	char path[PATH_MAX + 32];

	if (!id_is_valid(id) || set_names(id, ret) || check_root())
		return false;
	snprintf(path, sizeof(path), "%s/state.json", ret->dir);
	return access(path, F_OK) && !access(ret->dir, F_OK);
}

int container_remove(const struct container *c)
{
	static const char *const files[] = {"state.json", "state.json.new", CONTROL_SOCK};
	char path[PATH_MAX + 32];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", c->dir, files[i]);
		if (unlink(path) && errno != ENOENT)
			return fail("cannot remove '%s': %s", path, strerror(errno));
	}
	return rmdir(c->dir) && errno != ENOENT
		       ? fail("cannot remove '%s': %s", c->dir, strerror(errno))
		       : 0;
}

u64 process_start_time(pid_t pid)
{
	unsigned long long start = 0;
	char path[64], text[1024], state;
	const char *rest;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	/* The name may hold anything, blanks and brackets too: look from its end. */
	rest = fgets(text, sizeof(text), f) ? strrchr(text, ')') : NULL;
	if (!rest ||
	    sscanf(rest + 2,
		   "%c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
		   "%*d %*d %llu",
		   &state, &start) != 2 ||
	    state == 'Z' || state == 'X')
		start = 0;
	fclose(f);
	return start;
}

enum container_status container_status(const struct container *c)
{
	if (c->pid <= 0 || !c->start_time || process_start_time(c->pid) != c->start_time)
		return STATUS_STOPPED;
	return c->started ? STATUS_RUNNING : STATUS_CREATED;
}

/* The sentry, by a descriptor that cannot come to mean another process; -1: it has ended. */
static int open_sentry(const struct container *c)
{
	int fd = c->pid > 0 ? (int)syscall(SYS_pidfd_open, c->pid, 0) : -1;

	if (fd < 0 || container_status(c) != STATUS_STOPPED)
		return fd;
	close(fd);
	return -1;
}

int container_kill(const struct container *c)
{
	struct pollfd p = {.fd = open_sentry(c), .events = POLLIN};
	int err = 0;

	if (p.fd < 0)
		return container_status(c) == STATUS_STOPPED
			       ? 0
			       : fail("cannot reach process %d: %s", c->pid, strerror(errno));
	if (syscall(SYS_pidfd_send_signal, p.fd, SIGKILL, NULL, 0) && errno != ESRCH)
		err = fail("cannot kill process %d: %s", c->pid, strerror(errno));
	else if (poll(&p, 1, DEATH_WAIT_MS) <= 0)
		err = fail("container '%s': process %d does not end", c->id, c->pid);
	close(p.fd);
	return err;
}

/* A path longer than sun_path is reached through its directory. */
static int open_sock(const struct container *c, bool listening)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int type = SOCK_SEQPACKET | SOCK_CLOEXEC | (listening ? SOCK_NONBLOCK : 0);
	int s = socket(AF_UNIX, type, 0);
	int dir = open(c->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int err = -1;

	if (s >= 0 && dir >= 0) {
		snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/" CONTROL_SOCK, dir);
		if (listening)
			err = bind(s, (struct sockaddr *)&a, sizeof(a)) || listen(s, 16);
		else
			err = connect(s, (struct sockaddr *)&a, sizeof(a));
	}
	if (dir >= 0)
		close(dir);
	if (err && s >= 0) {
		int saved = errno;

		close(s);
		errno = saved;
		s = -1;
	}
	return s;
}

int container_connect(const struct container *c)
{
	int s = open_sock(c, false);

	if (s < 0)
		fail("container '%s' does not answer: %s", c->id, strerror(errno));
	return s;
}

int container_listen(const struct container *c)
{
	int s = open_sock(c, true);

	if (s < 0)
		fail("cannot make the control socket of '%s': %s", c->id, strerror(errno));
	return s;
}

static int has_state(const struct dirent *d)
{
	char path[PATH_MAX + 300];

	snprintf(path, sizeof(path), "%s/%s/state.json", root, d->d_name);
	return id_is_valid(d->d_name) && !access(path, F_OK);
}

int container_each(int (*fn)(const struct container *c, void *arg), void *arg)
{
	struct dirent **names;
	int n, err = check_root();

	if (err)
		return err;
	n = scandir(state_root(), &names, has_state, alphasort);
	if (n < 0)
		return errno == ENOENT ? 0 : fail("cannot read '%s': %s", root, strerror(errno));
	for (int i = 0; i < n; i++) {
		struct container c;

		if (!err)
			err = container_load(names[i]->d_name, &c);
		if (!err)
			err = fn(&c, arg);
		free(names[i]);
	}
	free(names);
	return err;
}
