/*
 * The command line: verbs, and what they share.
 */
#pragma once
#include "lib/base.h"
#include "lib/control.h"
#include "lib/spec.h"

/* Exit statuses of the command line itself, as sh(1) and docker(1) have them. */
#define EXIT_BAILEY_FAILED  125
#define EXIT_NOT_EXECUTABLE 126
#define EXIT_NOT_FOUND      127

/* Verbs: exit status for the user. */
int cmd_do(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_bench(int argc, char **argv);

/* fail - one line on standard error, `bailey: ...`; returns EXIT_BAILEY_FAILED */
int fail(const char *fmt, ...) printf_like(1, 2);

/* fail_as_told - fail() with what a sentry says in CONTROL_FAILED; 125, 126 or 127 */
int fail_as_told(const struct control_msg *m);

/* A sandbox that the command line has started. */
struct sandbox {
	pid_t sentry, gofer; /* -1: not started or reaped */
	int control;         /* our end of the control socket */
};

/*
 * sandbox_spawn - start gofer and sentry for @spec
 * @stdio: the three descriptors that become the guest's standard streams
 * @log_fd, @trace_fd: where messages and --trace go
 * @listen_fd: of a container, which outlives the command line; else -1
 *
 * Nothing is left behind on failure.
 * Return: 0, or EXIT_BAILEY_FAILED after a message.
 */
int sandbox_spawn(struct sandbox_spec *spec, const int stdio[3], int log_fd, int trace_fd,
		  int listen_fd, struct sandbox *ret) must_check;

/*
 * sandbox_supervise - relay signals until the sandbox is over
 *
 * Return: the exit status for the user.
 */
int sandbox_supervise(struct sandbox *s);

/* sandbox_kill - end what is left of it and reap it */
void sandbox_kill(struct sandbox *s);

/* sealed_memfd - a memory file of @size bytes of @data that nobody can change any more; -1: errno
 */
int sealed_memfd(const char *name, const void *data, size_t size) must_check;

/*
 * self_exe - our own program as roles execute it: through it nothing can be written to our file
 *
 * Return: a descriptor for fexecve(3), -1 with errno.
 */
int self_exe(void) must_check;

/* env_scrubbed - the part of the caller's environment a program gets; NULL: no memory */
char **env_scrubbed(bool all) must_check;

/* user_parse - UID[:GID] in numbers; *@ret_gid stays as it is without GID; false: it is not one */
bool user_parse(const char *s, u32 *ret_uid, u32 *ret_gid) must_check;

/* env_set - add or replace K=V in a list made by env_scrubbed(); 0 or -ENOMEM */
int env_set(char ***env, const char *assignment) must_check;

/* stdio_fill - what the caller closed of 0, 1, 2 leads nowhere, before another file gets its number
 */
void stdio_fill(void);

/* stdio_open - descriptors for a sandbox's standard streams; 0 or an exit status after a message */
int stdio_open(int ret[3]) must_check;
void stdio_close(int fds[3]);

/* stdio_restore_terminal - the settings of the terminal as stdio_open() found them */
void stdio_restore_terminal(void);

/* stdio_leave - let go of standard input and output, so that a reader of ours sees the end in time
 */
void stdio_leave(void);
