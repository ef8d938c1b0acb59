/*
 * What the readers of config.json share.
 */
#pragma once
#include "runtime/oci/config.h"

/* config_refuse - fill @e; returns -1 for the caller to return */
int config_refuse(struct config_error *e, const char *fmt, ...) printf_like(2, 3);

/*
 * config_string, config_bool, config_object - a member of @o
 * @where: what stands before @key in messages: "process."
 *
 * An absent member that is not @needed gives NULL or false.
 */
int config_string(const json_t *o, const char *where, const char *key, bool needed,
		  const char **ret, struct config_error *e) must_check;
int config_bool(const json_t *o, const char *where, const char *key, bool *ret,
		struct config_error *e) must_check;
int config_object(const json_t *o, const char *where, const char *key, bool needed,
		  const json_t **ret, struct config_error *e) must_check;

/* config_mounts - the mounts of @config behind the root */
int config_mounts(const json_t *config, const char *bundle, struct sandbox_spec *spec,
		  struct config_error *e) must_check;
