/*
 * The verbs of an OCI runtime, and what they share.
 */
#pragma once
#include "lib/base.h"
#include "lib/control.h"
#include "runtime/oci/state.h"

/* Verbs: argv[0] is the verb; exit status for the user. */
int cmd_spec(int argc, char **argv);
int cmd_create(int argc, char **argv);
int cmd_start(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_exec(int argc, char **argv);
int cmd_state(int argc, char **argv);
int cmd_kill(int argc, char **argv);
int cmd_delete(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_ps(int argc, char **argv);

/* One option of a verb; a table of them ends with a zeroed one. */
struct oci_option {
	const char *name;   /* without dashes */
	char letter;        /* 0: none */
	const char **value; /* where a value goes; or NULL for a flag */
	bool *flag;         /* where a flag goes */
	const char **list;  /* instead of value: all of them, up to list_max */
	size_t *nr_list;
};
#define OCI_LIST_MAX 256

/*
 * oci_args - options of a verb, by a table
 *
 * An option is given as "--name VALUE", "--name=VALUE" or "-n VALUE".  The words
 * that are left start at argv[*ret_rest]; `--help` prints @usage.
 * Return: 0, -1 after --help (exit status 0), or an exit status after a message.
 */
int oci_args(int argc, char **argv, const struct oci_option *options, const char *usage,
	     int *ret_rest) must_check;

/* oci_ask - send @type to a container's sentry and wait for its answer; 0 or an exit status */
int oci_ask(const struct container *c, enum control_type type, s32 value, struct control_msg *ret)
	must_check;

/* oci_wait_packet - sleep for the next packet; false: the sentry is gone */
bool oci_wait_packet(int sock, struct control_msg *ret) must_check;

/* oci_write_pid - --pid-file; 0 or an exit status after a message */
int oci_write_pid(const char *path, pid_t pid) must_check;

/* oci_start - CONTROL_START, and note it in the state; 0 or an exit status after a message */
int oci_start(struct container *c) must_check;

/* oci_signal - a number or name ("TERM", "SIGTERM", "15"); -1: none */
int oci_signal(const char *s);

/*
 * oci_streams - the streams of a program
 * @console_socket: where the master of a terminal made for it goes; NULL: it gets our streams
 *
 * Return: 0 or an exit status after a message.
 */
int oci_streams(const char *console_socket, int ret[3]) must_check;
