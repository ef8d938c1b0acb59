/*
 * Process 1, and starting programs from outside (init.h)
 *
 * A started program is a child of process 1, in process 1's session.  It leads
 * a process group if its caller did, as a shell's job does; else it is in one
 * whose leader is outside, so that setsid(1) forks inside when it would outside.
 *
 * Differs: process 1 takes no signals and cannot be replaced; programs that ask
 * whether they are process 1 are not.
 */
#include "kernel/init.h"

#include <string.h>

#include "fs/fdtable.h"
#include "fs/fs_struct.h"
#include "fs/open.h"
#include "kernel/cred.h"
#include "kernel/exec.h"
#include "kernel/task.h"

static struct task *init_task;     /* set once */
static struct tgroup *main_tgroup; /* set once; counted */
static struct pid *caller_group;   /* set once; counted: the group of those who are not leaders */

struct tgroup *init_tgroup(void)
{
	return init_task ? init_task->tg : NULL;
}

struct tgroup *init_main_get(void)
{
	return main_tgroup ? tgroup_get(main_tgroup) : NULL;
}

bool init_is_main(const struct tgroup *tg)
{
	return tg == main_tgroup;
}

static const struct rlimit64 default_rlim[RLIM_NLIMITS] = {
	[RLIMIT_CPU] = {RLIM64_INFINITY, RLIM64_INFINITY},
	[RLIMIT_FSIZE] = {RLIM64_INFINITY, RLIM64_INFINITY},
	[RLIMIT_DATA] = {RLIM64_INFINITY, RLIM64_INFINITY},
	[RLIMIT_STACK] = {8 << 20, RLIM64_INFINITY},
	[RLIMIT_CORE] = {0, RLIM64_INFINITY},
	[RLIMIT_RSS] = {RLIM64_INFINITY, RLIM64_INFINITY},
	[RLIMIT_NPROC] = {65536, 65536},
	[RLIMIT_NOFILE] = {1024, FDTABLE_MAX},
	[RLIMIT_MEMLOCK] = {8 << 20, 8 << 20},
	[RLIMIT_AS] = {RLIM64_INFINITY, RLIM64_INFINITY},
	[RLIMIT_LOCKS] = {RLIM64_INFINITY, RLIM64_INFINITY},
	[RLIMIT_SIGPENDING] = {65536, 65536},
	[RLIMIT_MSGQUEUE] = {819200, 819200},
	[RLIMIT_NICE] = {0, 0},
	[RLIMIT_RTPRIO] = {0, 0},
	[RLIMIT_RTTIME] = {RLIM64_INFINITY, RLIM64_INFINITY},
};

/*
 * A new process that is nobody's copy: number, credentials, handlers, limits.
 * It is in no list; its group and session are to be set.
 */
static int bare_process(struct cred *cred, struct task **ret)
{
	cleanup_task struct task *t = NULL;
	cleanup_pid struct pid *pid = NULL;
	int err;

	err = pid_create(&pid);
	if (!err)
		err = task_create(NULL, NULL, pid, &t);
	if (!err)
		err = sighand_create(&t->tg->sighand);
	if (err)
		return err;
	t->cred = cred_get(cred);
	memcpy(t->tg->rlim, default_rlim, sizeof(default_rlim));
	*ret = steal(&t);
	return 0;
}

static void join_locked(struct task *t, struct pid *pgrp, struct pid *session)
	REQUIRES(tasklist_lock)
{
	t->tg->pgrp = pid_get(pgrp);
	t->tg->session = pid_get(session);
	task_publish_locked(t);
}

/* Process 1 exists from the first program on; it is never freed. */
static int create_process_1(void)
{
	struct cred *root;
	struct task *t;
	int err;

	if (init_task)
		return 0;
	err = cred_create(0, 0, NULL, 0, CAP_FULL_SET, &root);
	if (err)
		return err;
	err = bare_process(root, &t);
	cred_put(root);
	if (err)
		return err;
	task_set_comm(t, "bailey-init");
	t->tg->unkillable = true;
	mutex_lock(&tasklist_lock);
	join_locked(t, t->pid, t->pid);
	mutex_unlock(&tasklist_lock);
	init_task = t;
	return 0;
}

static int add_strings(struct exec *x, struct strv *sv, const char *const *strs)
{
	int err = 0;

	for (; strs && *strs && !err; strs++)
		err = exec_strv_add(x, sv, *strs);
	return err;
}

static int start_program(struct task *t, const struct init_params *p)
{
	cleanup_exec struct exec x = {0};
	int err;

	exec_init(&x, t);
	err = exec_set_names(&x, p->path);
	if (!err)
		err = add_strings(&x, &x.envp, p->envp);
	if (!err)
		err = add_strings(&x, &x.argv, p->argv);
	if (!err)
		err = exec_open(t, &x, p->path, &x.file);
	return err ? err : do_exec(t, &x);
}

static int create_caller_group(void)
{
	return caller_group ? 0 : pid_create(&caller_group);
}

static void publish_program(struct task *t, const struct init_params *p)
{
	struct tgroup *tg = t->tg;
	bool leader = p->own_group || p->new_session;

	mutex_lock(&tasklist_lock);
	tg->parent = init_task->tg;
	tg->parent_thread = init_task;
	join_locked(t, leader ? tg->pid : caller_group,
		    p->new_session ? tg->pid : init_task->tg->session);
	if (!main_tgroup)
		main_tgroup = tgroup_get(tg);
	mutex_unlock(&tasklist_lock);
}

int task_create_init(const struct init_params *p, struct task **ret)
{
	cleanup_task struct task *t = NULL;
	int err;

	err = create_process_1();
	if (!err)
		err = bare_process(p->cred, &t);
	if (!err)
		err = create_caller_group();
	if (err)
		return err;
	t->files = fdtable_get(p->files);
	t->fs = fs_struct_get(p->fs);
	t->no_new_privs = p->no_new_privs;
	t->tg->oom_score_adj = p->oom_score_adj;
	if (p->rlim)
		memcpy(t->tg->rlim, p->rlim, sizeof(t->tg->rlim));
	err = start_program(t, p);
	if (err)
		return err;
	publish_program(t, p);
	*ret = steal(&t);
	return 0;
}
