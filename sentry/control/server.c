/*
 * Serving a container's commands (server.h).
 *
 * A connection is a fiber.  Poll sources and the ends of processes only unpark
 * it; what it asks of the kernel may sleep.
 *
 * Locks: lock (a spinlock) guards the list of sessions and how the start went.
 */
#include "control/server.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "host/host.h"
#include "kernel/exit.h"
#include "kernel/init.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "lib/control.h"
#include "lib/log.h"
#include "lib/roles.h"
#include "sched/sched.h"

#define EXEC_SPEC_MAX (16 << 20)
#define SESSIONS_MAX  256
#define NUMBER_MAX    16 /* bytes: a blank, a process number, the end */

/* One connection; its fiber's, but for node. */
struct session {
	struct list_head node; /* guarded by lock */
	hostfd_t sock;
	struct poll_source source;
	struct parker *parker;
	bool wants_start; /* guarded by lock: CONTROL_START awaits its answer */

	bool has_exec;            /* CONTROL_EXEC was served: signals are for that program alone */
	struct tgroup *program;   /* of CONTROL_EXEC, until it ends; counted */
	struct waitq_entry death; /* on program->pid->wq */
};

static struct spinlock lock;
static struct list_head sessions = LIST_HEAD_INIT(sessions);
static u32 nr_sessions; /* guarded by lock */
static struct mnt_ns *mounts;
static struct poll_source listener;
static struct parker *starter; /* the boot fiber, while it waits */
static bool start_asked;       /* atomic */

static void answer(struct session *s, enum control_type type, s32 value, const char *text)
{
	int err = control_send(s->sock.n, type, value, text);

	if (err)
		log_debug("control: a command went away: %s", strerror(-err));
}

static struct session *session_create(hostfd_t sock)
{
	struct session *s = kzalloc(sizeof(*s));
	bool room;

	if (!s)
		return NULL;
	s->sock = sock;
	spin_lock(&lock);
	room = nr_sessions < SESSIONS_MAX;
	if (room) {
		nr_sessions++;
		list_add_tail(&s->node, &sessions);
	}
	spin_unlock(&lock);
	if (room)
		return s;
	kfree(s);
	return NULL;
}

static void session_free(struct session *s)
{
	spin_lock(&lock);
	list_del(&s->node);
	nr_sessions--;
	spin_unlock(&lock);
	host_close(s->sock);
	kfree(s);
}

static void session_ready(struct poll_source *src, poll_t ready)
{
	(void)ready;
	unpark(container_of(src, struct session, source)->parker);
}

void server_wait_start(void)
{
	starter = park_self();
	while (!__atomic_load_n(&start_asked, __ATOMIC_ACQUIRE))
		park(PARK_FOREVER);
}

void server_started(const struct boot_error *e)
{
	struct session *s;

	spin_lock(&lock);
	list_for_each_entry (s, &sessions, node) {
		if (!s->wants_start)
			continue;
		s->wants_start = false;
		answer(s, e ? CONTROL_FAILED : CONTROL_STARTED, e ? e->status : 0,
		       e ? e->text : NULL);
	}
	spin_unlock(&lock);
}

static void ask_start(struct session *s)
{
	bool again;

	/* Under the lock: the boot fiber looks for us the moment it knows. */
	spin_lock(&lock);
	again = __atomic_exchange_n(&start_asked, true, __ATOMIC_ACQ_REL);
	s->wants_start = !again;
	spin_unlock(&lock);
	if (again)
		answer(s, CONTROL_FAILED, 125, "it was started already");
	else if (starter)
		unpark(starter);
}

static int signal_all(const siginfo_t *info)
{
	struct tgroup *tg;
	pid_t at = 1;
	int err = 0;

	while (!err && (tg = tgroup_next_get(at))) {
		at = task_tgid(tg->leader);
		err = signal_send_tgroup(tg, info);
		tgroup_put(tg);
	}
	return err == -ESRCH ? 0 : err;
}

static struct tgroup *signal_target(struct session *s)
{
	if (s->has_exec)
		return s->program ? tgroup_get(s->program) : NULL;
	return init_main_get();
}

static void send_signal(struct session *s, const struct control_msg *m)
{
	cleanup_tgroup struct tgroup *tg = signal_target(s);
	siginfo_t info;
	int err;

	if (m->value < 1 || m->value > NSIG_GUEST) {
		answer(s, CONTROL_FAILED, 125, "no such signal");
		return;
	}
	signal_info_kernel(&info, m->value);
	if (m->type == CONTROL_SIGNAL_ALL)
		err = signal_all(&info);
	else
		err = tg ? signal_send_tgroup(tg, &info) : -ESRCH;
	/* Whoever waits for the end of a program learns of it anyway. */
	if (err && !s->has_exec)
		answer(s, CONTROL_FAILED, 125, tg ? strerror(-err) : "it is not running");
	else
		answer(s, CONTROL_DONE, 0, NULL);
}

static void list_processes(struct session *s)
{
	char text[CONTROL_TEXT_MAX] = "";
	size_t used = 0;
	struct tgroup *tg;
	pid_t at = 1;

	while ((tg = tgroup_next_get(at))) {
		at = task_tgid(tg->leader);
		tgroup_put(tg);
		if (used + NUMBER_MAX > sizeof(text)) {
			answer(s, CONTROL_PROCESSES, 0, text);
			used = 0;
		}
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%d", used ? " " : "",
					 at);
	}
	answer(s, CONTROL_PROCESSES, 0, text);
	answer(s, CONTROL_DONE, 0, NULL);
}

/* As spec_read(), by calls that the filter allows. */
static int read_spec(hostfd_t fd, struct sandbox_spec **ret, struct boot_error *e)
{
	cleanup_free void *packed = NULL;
	struct stat st;
	ssize_t n;

	if (host_fstat(fd, &st) || st.st_size <= 0 || st.st_size > EXEC_SPEC_MAX)
		return boot_fail(e, 125, "no specification came along");
	packed = kzalloc((size_t)st.st_size);
	n = packed ? host_pread(fd, packed, (size_t)st.st_size, 0) : -ENOMEM;
	if (n < 0)
		return boot_fail(e, 125, "the specification: %s", strerror((int)-n));
	return spec_unpack(packed, (size_t)n, ret, e->text, sizeof(e->text));
}

/* Another program, with streams of its own: fds[0] is its specification. */
static void exec_program(struct session *s, int fds[CONTROL_FDS_MAX])
{
	struct boot_error e = {.status = 125};
	cleanup_tgroup struct tgroup *first = init_main_get();
	hostfd_t stdio[3] = {{fds[1]}, {fds[2]}, {fds[3]}};
	struct sandbox_spec *spec = NULL;
	int err = -1;

	fds[1] = fds[2] = fds[3] = -1;
	if (!first)
		boot_fail(&e, 125, "it was not started");
	else if (s->has_exec)
		boot_fail(&e, 125, "this connection has a program already");
	else
		err = read_spec((hostfd_t){fds[0]}, &spec, &e);
	if (!err)
		err = boot_program(spec, mounts, stdio, &s->program, &e);
	spec_free(spec);
	for (int i = 0; i < 3; i++)
		host_close(stdio[i]);
	if (err) {
		answer(s, CONTROL_FAILED, e.status, e.text);
		return;
	}
	s->has_exec = true;
	waitq_entry_init(&s->death, 0);
	waitq_add(&s->program->pid->wq, &s->death);
	answer(s, CONTROL_STARTED, task_tgid(s->program->leader), NULL);
}

static void serve_packet(struct session *s, const struct control_msg *m, int fds[CONTROL_FDS_MAX])
{
	switch ((enum control_type)m->type) {
	case CONTROL_START:
		ask_start(s);
		return;
	case CONTROL_SIGNAL:
	case CONTROL_SIGNAL_GROUP:
	case CONTROL_SIGNAL_ALL:
		send_signal(s, m);
		return;
	case CONTROL_PS:
		list_processes(s);
		return;
	case CONTROL_EXEC:
		exec_program(s, fds);
		return;
	case CONTROL_STARTED:
	case CONTROL_EXITED:
	case CONTROL_STOPPED:
	case CONTROL_FAILED:
	case CONTROL_PROCESSES:
	case CONTROL_DONE:
	case CONTROL_KEEP:
		break;
	}
	answer(s, CONTROL_FAILED, 125, "the sentry does not know this command");
}

/* What has come; false: the command has gone away. */
static bool serve_packets(struct session *s)
{
	int fds[CONTROL_FDS_MAX];
	struct control_msg m;
	int n;

	while ((n = control_recv_fds(s->sock.n, &m, fds)) == 1) {
		serve_packet(s, &m, fds);
		for (int i = 0; i < CONTROL_FDS_MAX; i++)
			host_close((hostfd_t){fds[i]});
	}
	return n == -EAGAIN;
}

/* The program of this connection is over: say so, once. */
static void look_at_program(struct session *s)
{
	int status;

	if (!s->program || !__atomic_load_n(&s->program->pid->dead, __ATOMIC_ACQUIRE))
		return;
	waitq_remove(&s->program->pid->wq, &s->death);
	mutex_lock(&tasklist_lock);
	status = tgroup_wait_status_locked(s->program);
	mutex_unlock(&tasklist_lock);
	tgroup_put(s->program);
	s->program = NULL;
	answer(s, CONTROL_EXITED, status, NULL);
}

static void serve(void *arg)
{
	struct session *s = arg;

	s->parker = park_self();
	if (!poll_source_add(&s->source, EPOLLIN | EPOLLRDHUP)) {
		while (serve_packets(s)) {
			look_at_program(s);
			park(PARK_FOREVER);
		}
		poll_source_del(&s->source);
	}
	if (s->program) {
		waitq_remove(&s->program->pid->wq, &s->death);
		tgroup_put(s->program);
	}
	session_free(s);
}

static void accept_one(hostfd_t sock)
{
	struct session *s = session_create(sock);
	struct fiber *f;

	if (!s) {
		host_close(sock);
		return;
	}
	s->source = (struct poll_source){.fd = sock, .fn = session_ready};
	if (fiber_create("command", serve, s, &f))
		session_free(s);
}

static void commands_came(struct poll_source *src, poll_t ready)
{
	hostfd_t sock;

	(void)ready;
	while (!host_accept(src->fd, SOCK_CLOEXEC | SOCK_NONBLOCK, &sock))
		accept_one(sock);
}

int server_start(struct mnt_ns *ns)
{
	mounts = ns;
	listener = (struct poll_source){.fd = {ROLE_FD_LISTEN}, .fn = commands_came};
	return poll_source_add(&listener, EPOLLIN);
}
