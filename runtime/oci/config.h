/*
 * config.json of an OCI bundle, and the specification it becomes.
 */
#pragma once
#include <jansson.h>

#include "lib/spec.h"

/* Where and why a configuration was refused. */
struct config_error {
	char text[512]; /* "process.args[0]: a string is wanted" */
};

/*
 * config_load - read @bundle/config.json
 *
 * What bailey does not know is ignored when it is an annotation or a layer of
 * isolation that the sentry makes needless (seccomp, masked paths, devices,
 * namespaces), and refused when leaving it out would change what the program sees.
 * Return: 0, or -1 with the place and the reason in @e.
 */
int config_load(const char *bundle, struct sandbox_spec **ret, bool *ret_terminal,
		struct config_error *e) must_check;

/* config_file - the JSON in a regular file; a new reference, or NULL with the place of the error */
json_t *config_file(const char *path, struct config_error *e) must_check;

/* config_process - the process object of `exec --process`, over the sandbox's own settings */
int config_process(const json_t *process, struct sandbox_spec *spec, bool *ret_terminal,
		   struct config_error *e) must_check;

/* config_default - what `bailey spec` writes; a new reference, or NULL */
json_t *config_default(void) must_check;
