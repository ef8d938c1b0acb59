/*
 * Running one command: its time, its output, its end; and that nothing of it is
 * left when it takes too long or when we are interrupted.
 */
#pragma once
#include "lib/base.h"

struct run {
	char *const *argv;
	char *const *env;
	unsigned limit_ms;     /* killed after that */
	bool even_interrupted; /* runs although we are to stop: it cleans up */
	bool discard;          /* standard output goes to /dev/null, as in @out nobody looks */
	/* while it runs, once, after @watch_ms; true: it has seen enough, end it.  NULL: nobody */
	bool (*watch)(struct run *r, void *arg);
	void *watch_arg;
	unsigned watch_ms;

	pid_t pid;      /* while it runs */
	char out[4096]; /* what it printed; what does not fit is dropped */
	char err[1024]; /* the end of its standard error */
	int status;     /* of waitpid() */
	bool timed_out;
	u64 ns; /* from before it was started until it had ended */
};

/*
 * run_command - start @r->argv in a process group of its own and wait for its end
 *
 * Return: 0 when it ended by itself with status 0, or was ended by @watch; else
 * -ETIME, -EINTR (we are to stop), -ECHILD (it failed), or why it could not be
 * started.
 */
int run_command(struct run *r) must_check;

/* run_why - one line that says why run_command() failed */
void run_why(const struct run *r, int err, char *buf, size_t size);

/*
 * run_catch_signals - from now on SIGINT, SIGTERM and SIGHUP make run_command() return -EINTR
 *
 * And what commands leave behind becomes ours to end.
 */
void run_catch_signals(void);

/* run_interrupted - has one of them come */
bool run_interrupted(void);

/* run_find - the path of program @name in the PATH that commands get; false: there is none */
bool run_find(const char *name, char *path, size_t size) must_check;

/* run_env - the environment of all commands */
char *const *run_env(void);
