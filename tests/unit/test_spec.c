/* lib/spec.c: specifications there and back, and those that are none */
#include "lib/spec.h"

#include <string.h>

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
	s->uid = 0x12345678;
	s->log_level = -1;
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
	size_t size = 0;
	void *packed = spec_pack(s, &size);
	char why[128];

	CHECK_EQ(0, spec_unpack(packed, size, &back, why, sizeof(why)));
	CHECK(!strcmp(back->args[0], s->args[0]));
	CHECK_EQ(s->caps, back->caps);
	CHECK_EQ(s->uid, back->uid);
	CHECK_EQ(s->log_level, back->log_level);
	CHECK_EQ(s->memory, back->memory);
	CHECK_EQ(RLIM64_INFINITY, back->rlimit[RLIMIT_CORE].rlim_max);
	CHECK_EQ(2, back->nr_mounts);
	CHECK(!strcmp(back->mounts[0].src, "/host") && !back->mounts[1].src);
	CHECK(!back->hostname && !back->env[0]);
	kfree(packed);
	spec_free(s);
	spec_free(back);
}

/* Are these bytes refused, with a reason. */
static bool is_refused(const void *packed, size_t size)
{
	struct sandbox_spec *back = NULL;
	char why[128] = "";

	if (!spec_unpack(packed, size, &back, why, sizeof(why))) {
		spec_free(back);
		return false;
	}
	return why[0];
}

/* The same of a specification, which goes. */
static bool is_refused_packed(struct sandbox_spec *s)
{
	size_t size = 0;
	void *packed = spec_pack(s, &size);
	bool refused = packed && is_refused(packed, size);

	kfree(packed);
	spec_free(s);
	return refused;
}

TEST(spec_refuses_what_is_none)
{
	struct sandbox_spec *s = sound();

	s->cwd[0] = 'x';
	CHECK(is_refused_packed(s));
	s = sound();
	kfree(s->cwd);
	s->cwd = NULL;
	CHECK(is_refused_packed(s));
	s = sound();
	kfree(s->args[0]);
	s->args[0] = NULL;
	CHECK(is_refused_packed(s));
	s = sound();
	s->mounts[1].dst[0] = 'x';
	CHECK(is_refused_packed(s));
	s = sound();
	kfree(s->mounts[0].src);
	s->mounts[0].src = NULL;
	CHECK(is_refused_packed(s));
	s = sound();
	s->mounts[0].type = SPEC_MOUNT_MQUEUE + 1;
	CHECK(is_refused_packed(s));
}

/* Exchange one number, or the first bytes of one text, for another. */
static bool is_refused_with(const void *from, const void *to, size_t n)
{
	struct sandbox_spec *s = sound();
	size_t size = 0;
	u8 *packed = spec_pack(s, &size), *at = memmem(packed, size, from, n);
	bool refused;

	CHECK(at != NULL);
	memcpy(at, to, n);
	refused = is_refused(packed, size);
	kfree(packed);
	spec_free(s);
	return refused;
}

TEST(spec_refuses_other_bytes)
{
	const u64 uid = 0x12345678, large = 1ull << 32, level = ~0ull, limit[2] = {1, 1};
	const u64 bad_limit[2] = {2, 1}, args = 1, no_end = ~0ull - 1;

	CHECK(is_refused_with(&uid, &large, sizeof(uid)));
	CHECK(is_refused_with("bytes", "by\0es", 5));
	CHECK(is_refused_with("bly", "json", 3));
	CHECK(is_refused_with(&args, &no_end, sizeof(args)));
	CHECK(is_refused_with(&args, &level, sizeof(args)));
	CHECK(is_refused_with(limit, bad_limit, sizeof(limit)));
}

TEST(spec_refuses_what_is_cut_off_or_too_long)
{
	struct sandbox_spec *s = sound();
	size_t size = 0;
	u8 *packed = spec_pack(s, &size), *longer = kzalloc(size + 1);

	for (size_t n = 0; n < size; n++)
		CHECK(is_refused(packed, n));
	memcpy(longer, packed, size);
	CHECK(!is_refused(longer, size));
	CHECK(is_refused(longer, size + 1));
	kfree(packed);
	kfree(longer);
	spec_free(s);
}
