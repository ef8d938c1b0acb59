/* lib/spec.c: specifications there and back, and those that are none */
#include "lib/spec.h"

#include <stdlib.h>

#include "lib/alloc.h"
#include "tests/unit/harness.h"

static struct sandbox_spec *sound(void)
{
	struct sandbox_spec *s = kzalloc(sizeof(*s));

	s->args = kcalloc(2, sizeof(char *));
	s->args[0] = kstrdup("\xff\x01 bytes \xc3");
	s->env = kcalloc(1, sizeof(char *));
	s->cwd = kstrdup("/");
	s->caps = ~0ull;
	s->memory = 1ull << 63;
	s->has_rlimit[RLIMIT_CORE] = true;
	s->rlimit[RLIMIT_CORE] = (struct rlimit64){1, RLIM64_INFINITY};
	CHECK(spec_add_mount(s, SPEC_MOUNT_BIND, "/host", "/"));
	CHECK(spec_add_mount(s, SPEC_MOUNT_TMPFS, NULL, "/tmp"));
	return s;
}

TEST(spec_comes_back_as_it_went)
{
	struct sandbox_spec *s = sound(), *back;
	char *json = spec_to_json(s), why[128];

	CHECK_EQ(0, spec_from_json(json, strlen(json), &back, why, sizeof(why)));
	CHECK(!strcmp(back->args[0], s->args[0]));
	CHECK_EQ(s->caps, back->caps);
	CHECK_EQ(s->memory, back->memory);
	CHECK_EQ(RLIM64_INFINITY, back->rlimit[RLIMIT_CORE].rlim_max);
	CHECK_EQ(2, back->nr_mounts);
	CHECK(!strcmp(back->mounts[0].src, "/host") && !back->mounts[1].src);
	free(json);
	spec_free(s);
	spec_free(back);
}

/* Change one thing of a sound specification; is it refused, with a reason. */
static bool is_refused(const char *from, const char *to)
{
	struct sandbox_spec *s = sound(), *back = NULL;
	char *json = spec_to_json(s), why[128] = "", text[4096];
	char *at = strstr(json, from);
	bool refused;

	CHECK(at != NULL);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - json), json, to, at + strlen(from));
	refused = spec_from_json(text, strlen(text), &back, why, sizeof(why)) != 0;
	if (!refused)
		spec_free(back);
	free(json);
	spec_free(s);
	return refused && why[0];
}

TEST(spec_refuses_what_is_none)
{
	CHECK(is_refused("\"cwd\":\"/\"", "\"cwd\":\"here\""));
	CHECK(is_refused("\"cwd\":\"/\"", "\"cwd\":null"));
	CHECK(is_refused("\"uid\":0", "\"uid\":-1"));
	CHECK(is_refused("\"uid\":0", "\"uid\":4294967296"));
	CHECK(is_refused("\"uid\":0", "\"uid\":0,\"uid\":1"));
	CHECK(is_refused("\"uid\":0,", ""));
	CHECK(is_refused("\"detached\":false", "\"detached\":0"));
	CHECK(is_refused("\"env\":[]", "\"env\":[1]"));
	CHECK(is_refused("\"env\":[]", "\"env\":[\"\\u0100\"]"));
	CHECK(is_refused("\"/tmp\"", "\"tmp\""));
	CHECK(is_refused("\"/host\"", "null"));
	CHECK(is_refused("\"bind\"", "\"ext4\""));
	CHECK(is_refused("\"groups\":[]", "\"groups\":[-1]"));
	CHECK(is_refused("\"groups\":[]", "\"groups\":[\"wheel\"]"));
	CHECK(is_refused("\"rlimits\":[[4", "\"rlimits\":[[16"));
	CHECK(is_refused("\"rlimits\":[[4", "\"rlimits\":[[4294967300"));
	CHECK(is_refused("\"rlimits\":[[4", "\"rlimits\":[[-1"));
}
