/*
 * What a bundle or a caller says, under libFuzzer: config.json becomes a
 * specification that its own reader takes back unchanged, or a refusal with a reason.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/spec.h"
#include "runtime/oci/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What sentry and gofer rely on. */
static void check(const struct sandbox_spec *s)
{
	assert(s->args && s->args[0] && s->env);
	assert(s->cwd && s->cwd[0] == '/');
	assert(s->nr_mounts > 0);
	for (u32 i = 0; i < s->nr_mounts; i++)
		assert(s->mounts[i].dst[0] == '/');
}

static void round_trip(const struct sandbox_spec *s)
{
	size_t size = 0, size_again = 0;
	void *bytes = spec_pack(s, &size), *again;
	struct sandbox_spec *back;
	char why[256] = "";

	assert(bytes);
	if (spec_unpack(bytes, size, &back, why, sizeof(why)))
		abort();
	check(back);
	again = spec_pack(back, &size_again);
	assert(again && size == size_again && !memcmp(bytes, again, size));
	kfree(again);
	kfree(bytes);
	spec_free(back);
}

static void try_spec(const void *data, size_t size)
{
	char why[256] = "";
	struct sandbox_spec *s;

	if (spec_unpack(data, size, &s, why, sizeof(why))) {
		assert(why[0]);
		return;
	}
	check(s);
	round_trip(s);
	spec_free(s);
}

/* Mounts and process of a bundle; its root, which the host looks up, is given. */
static void try_config(const char *data, size_t size)
{
	struct sandbox_spec *s = kzalloc(sizeof(*s));
	json_t *config = json_loadb(data, size, JSON_REJECT_DUPLICATES, NULL);
	struct config_error e = {0};
	bool terminal;

	assert(s && spec_add_mount(s, SPEC_MOUNT_BIND, "/", "/"));
	if (!config_mounts(config, "/", s, &e) &&
	    !config_process(json_object_get(config, "process"), s, &terminal, &e)) {
		check(s);
		round_trip(s);
	} else {
		assert(e.text[0]);
	}
	json_decref(config);
	spec_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	long before = alloc_live();

	try_spec(data, size);
	try_config((const char *)data, size);
	assert(alloc_live() == before);
	return 0;
}
