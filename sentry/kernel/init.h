/*
 * Process 1 and the programs that are started from outside (init.c).
 *
 * Process 1 is a part of the kernel: it has no guest code, takes in orphans and
 * reaps them.  The program the sandbox was made for is its child, so a signal
 * to itself does what it does natively.
 */
#pragma once
#include <sys/resource.h>

#include "lib/base.h"

struct cred;
struct fdtable;
struct fs_struct;
struct task;
struct tgroup;

/* What to start.  Everything stays the caller's; references are taken. */
struct init_params {
	const char *path;        /* of the program, already searched in PATH */
	const char *const *argv; /* NULL-terminated */
	const char *const *envp; /* NULL-terminated */
	struct cred *cred;
	struct fdtable *files;       /* close-on-exec ones are closed, as at any exec */
	struct fs_struct *fs;        /* root, cwd, umask */
	const struct rlimit64 *rlim; /* RLIM_NLIMITS of them; NULL: defaults */
	bool no_new_privs;
	bool new_session; /* leader of a session of its own; else in process 1's */
	bool own_group;   /* leader of a process group; else in one that stands for its caller's */
	int oom_score_adj;
};

/*
 * task_create_init - make process 1, if need be, and a program below it
 *
 * The first one made is the main program: when it has ended, sandbox_exit() is
 * called with its wait status.  The task is not yet running: task_start() does.
 *
 * Locks: none.  May sleep; runs on any fiber.
 * Return: 0 with a counted task, or -errno as execve(2) gives it.
 */
int task_create_init(const struct init_params *p, struct task **ret) must_check;

/* init_tgroup - process 1; NULL before the first task_create_init() */
struct tgroup *init_tgroup(void);

/* init_is_main - is @tg the main program, with which the sandbox ends; any lock may be held */
bool init_is_main(const struct tgroup *tg);

/* init_main_get - the main program, counted; NULL before it was made */
struct tgroup *init_main_get(void);
