/*
 * The sandbox's specification as JSON, both ways (spec.h).
 *
 * One table says which member goes under which key, so that writer and reader
 * cannot drift apart.
 */
#include "lib/spec.h"

#include <jansson.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/alloc.h"

#define SPEC_LIST_MAX  65536
#define SPEC_WORDS_MAX (1u << 20) /* more than exec takes: 6 MiB, 9 bytes for the shortest */
#define SPEC_BYTES_MAX (64u << 20)

static const char *const mount_type_name[] = {
	[SPEC_MOUNT_BIND] = "bind",     [SPEC_MOUNT_OVERLAY] = "overlay",
	[SPEC_MOUNT_TMPFS] = "tmpfs",   [SPEC_MOUNT_PROC] = "proc",
	[SPEC_MOUNT_SYS] = "sysfs",     [SPEC_MOUNT_DEV] = "dev",
	[SPEC_MOUNT_DEVPTS] = "devpts", [SPEC_MOUNT_MQUEUE] = "mqueue",
};

enum member_kind { M_STRING, M_STRINGS, M_U32, M_U64, M_INT, M_BOOL };

struct member {
	const char *key;
	enum member_kind kind;
	size_t offset;
};

#define MEMBER(type, name, kind)                         \
	{                                                \
#name, kind, offsetof(struct type, name) \
	}

static const struct member spec_members[] = {
	MEMBER(sandbox_spec, args, M_STRINGS),      MEMBER(sandbox_spec, env, M_STRINGS),
	MEMBER(sandbox_spec, cwd, M_STRING),        MEMBER(sandbox_spec, hostname, M_STRING),
	MEMBER(sandbox_spec, uid, M_U32),           MEMBER(sandbox_spec, gid, M_U32),
	MEMBER(sandbox_spec, caps, M_U64),          MEMBER(sandbox_spec, umask, M_U32),
	MEMBER(sandbox_spec, no_new_privs, M_BOOL), MEMBER(sandbox_spec, platform, M_STRING),
	MEMBER(sandbox_spec, trace, M_STRING),      MEMBER(sandbox_spec, log_level, M_INT),
	MEMBER(sandbox_spec, strict, M_BOOL),       MEMBER(sandbox_spec, memory, M_U64),
	MEMBER(sandbox_spec, doctor, M_BOOL),       MEMBER(sandbox_spec, group_leader, M_BOOL),
	MEMBER(sandbox_spec, detached, M_BOOL),     MEMBER(sandbox_spec, new_session, M_BOOL),
	MEMBER(sandbox_spec, no_fastpath, M_BOOL),
};

static const struct member mount_members[] = {
	MEMBER(spec_mount, src, M_STRING),     MEMBER(spec_mount, dst, M_STRING),
	MEMBER(spec_mount, read_only, M_BOOL), MEMBER(spec_mount, nosuid, M_BOOL),
	MEMBER(spec_mount, nodev, M_BOOL),     MEMBER(spec_mount, noexec, M_BOOL),
	MEMBER(spec_mount, shared, M_BOOL),    MEMBER(spec_mount, size, M_U64),
	MEMBER(spec_mount, mode, M_U32),
};

/* A guest's bytes need not be UTF-8; JSON strings must be: each byte becomes one code point. */
static json_t *bytes_to_json(const char *s)
{
	size_t n = strlen(s), o = 0;
	char *utf8 = malloc(2 * n + 1);
	json_t *j;

	if (!utf8)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		u8 c = (u8)s[i];

		if (c < 0x80) {
			utf8[o++] = (char)c;
		} else {
			utf8[o++] = (char)(0xc0 | c >> 6);
			utf8[o++] = (char)(0x80 | (c & 0x3f));
		}
	}
	j = json_stringn_nocheck(utf8, o);
	free(utf8);
	return j;
}

/* The way back; NULL for what bytes_to_json() does not make, or without memory. */
static char *bytes_from_json(const json_t *j)
{
	const char *s = json_string_value(j);
	size_t n = json_string_length(j), o = 0;
	char *out = kzalloc(n + 1);

	for (size_t i = 0; out && i < n; i++) {
		u8 c = (u8)s[i];

		if (c >= 0xc0 && i + 1 < n && c <= 0xc3)
			c = (u8)((c & 3) << 6 | ((u8)s[++i] & 0x3f));
		else if (c >= 0x80 || !c) {
			kfree(out);
			return NULL;
		}
		out[o++] = (char)c;
	}
	return out;
}

static json_t *strings_to_json(char *const *v)
{
	json_t *a = json_array();

	for (size_t i = 0; v && v[i]; i++)
		if (json_array_append_new(a, bytes_to_json(v[i]))) {
			json_decref(a);
			return NULL;
		}
	return a;
}

static json_t *member_to_json(const struct member *m, const void *base)
{
	const void *p = (const u8 *)base + m->offset;

	switch (m->kind) {
	case M_STRING:
		return *(char *const *)p ? bytes_to_json(*(char *const *)p) : json_null();
	case M_STRINGS:
		return strings_to_json(*(char *const *const *)p);
	case M_U32:
		return json_integer(*(const u32 *)p);
	case M_U64:
		return json_integer((json_int_t) * (const u64 *)p);
	case M_INT:
		return json_integer(*(const int *)p);
	case M_BOOL:
		return json_boolean(*(const bool *)p);
	}
	return NULL;
}

static json_t *members_to_json(const struct member *m, size_t nr, const void *base)
{
	json_t *o = json_object();

	for (size_t i = 0; i < nr; i++)
		if (json_object_set_new(o, m[i].key, member_to_json(&m[i], base))) {
			json_decref(o);
			return NULL;
		}
	return o;
}

static json_t *mounts_to_json(const struct sandbox_spec *s)
{
	json_t *a = json_array();

	for (u32 i = 0; i < s->nr_mounts; i++) {
		json_t *m =
			members_to_json(mount_members, ARRAY_SIZE(mount_members), &s->mounts[i]);

		json_object_set_new(m, "type", json_string(mount_type_name[s->mounts[i].type]));
		if (json_array_append_new(a, m)) {
			json_decref(a);
			return NULL;
		}
	}
	return a;
}

static json_t *groups_to_json(const struct sandbox_spec *s)
{
	json_t *a = json_array();

	for (u32 i = 0; i < s->nr_groups; i++)
		json_array_append_new(a, json_integer(s->groups[i]));
	return a;
}

static json_t *rlimits_to_json(const struct sandbox_spec *s)
{
	json_t *a = json_array();

	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (s->has_rlimit[i])
			json_array_append_new(a, json_pack("[i,I,I]", i,
							   (json_int_t)s->rlimit[i].rlim_cur,
							   (json_int_t)s->rlimit[i].rlim_max));
	return a;
}

/*
 * jansson opens /dev/urandom for the seed of its tables, in each role.  Only our
 * own keys go into them, unless somebody else's were parsed before: then it has one.
 */
static void fix_seed(void)
{
	json_object_seed(1);
}

char *spec_to_json(const struct sandbox_spec *s)
{
	char *text = NULL;
	json_t *o;

	fix_seed();
	o = members_to_json(spec_members, ARRAY_SIZE(spec_members), s);
	if (o && !json_object_set_new(o, "mounts", mounts_to_json(s)) &&
	    !json_object_set_new(o, "groups", groups_to_json(s)) &&
	    !json_object_set_new(o, "rlimits", rlimits_to_json(s)))
		text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	return text;
}

/* Where a refusal is explained. */
struct why {
	char *text;
	size_t size;
};

static int refuse(struct why *w, const char *fmt, ...) printf_like(2, 3);

static int refuse(struct why *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->text, w->size, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int strings_from_json(const json_t *a, const char *key, char ***ret, struct why *w)
{
	size_t n = json_array_size(a);
	char **v;

	if (!json_is_array(a) || n > SPEC_WORDS_MAX)
		return refuse(w, "'%s' is not a list of at most %u strings", key, SPEC_WORDS_MAX);
	v = kcalloc(n + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	*ret = v;
	for (size_t i = 0; i < n; i++) {
		if (!json_is_string(json_array_get(a, i)))
			return refuse(w, "'%s'[%zu] is not a string", key, i);
		v[i] = bytes_from_json(json_array_get(a, i));
		if (!v[i])
			return refuse(w, "'%s'[%zu] is no text of bytes, or memory is short", key,
				      i);
	}
	return 0;
}

static int member_from_json(const struct member *m, void *base, const json_t *v, struct why *w)
{
	void *p = (u8 *)base + m->offset;
	bool number = json_is_integer(v);

	switch (m->kind) {
	case M_STRING:
		if (json_is_null(v))
			return 0;
		if (!json_is_string(v))
			return refuse(w, "'%s' is not a string", m->key);
		*(char **)p = bytes_from_json(v);
		if (!*(char **)p)
			return refuse(w, "'%s' is no text of bytes, or memory is short", m->key);
		return 0;
	case M_STRINGS:
		return strings_from_json(v, m->key, p, w);
	case M_U32:
		if (!number || json_integer_value(v) < 0 || json_integer_value(v) > UINT32_MAX)
			return refuse(w, "'%s' is not a 32-bit number", m->key);
		*(u32 *)p = (u32)json_integer_value(v);
		return 0;
	case M_U64:
		if (!number)
			return refuse(w, "'%s' is not a number", m->key);
		*(u64 *)p = (u64)json_integer_value(v);
		return 0;
	case M_INT:
		if (!number || json_integer_value(v) != (int)json_integer_value(v))
			return refuse(w, "'%s' is not a number", m->key);
		*(int *)p = (int)json_integer_value(v);
		return 0;
	case M_BOOL:
		if (!json_is_boolean(v))
			return refuse(w, "'%s' is neither true nor false", m->key);
		*(bool *)p = json_is_true(v);
		return 0;
	}
	return -EINVAL;
}

static int members_from_json(const struct member *m, size_t nr, void *base, const json_t *o,
			     struct why *w)
{
	for (size_t i = 0; i < nr; i++) {
		const json_t *v = json_object_get(o, m[i].key);
		int err = v ? member_from_json(&m[i], base, v, w)
			    : refuse(w, "'%s' is missing", m[i].key);

		if (err)
			return err;
	}
	return 0;
}

static int mount_type_from_json(const json_t *v, enum spec_mount_type *ret, struct why *w)
{
	const char *s = json_string_value(v);

	for (size_t i = 0; s && i < ARRAY_SIZE(mount_type_name); i++)
		if (!strcmp(s, mount_type_name[i])) {
			*ret = (enum spec_mount_type)i;
			return 0;
		}
	return refuse(w, "unknown mount type '%s'", s ? s : "");
}

static int mounts_from_json(struct sandbox_spec *s, const json_t *a, struct why *w)
{
	size_t n = json_array_size(a);
	int err = 0;

	if (!json_is_array(a) || !n || n > SPEC_LIST_MAX)
		return refuse(w, "'mounts' is not a list of 1 to %d mounts", SPEC_LIST_MAX);
	s->mounts = kcalloc(n, sizeof(*s->mounts));
	if (!s->mounts)
		return -ENOMEM;
	for (size_t i = 0; i < n && !err; i++) {
		const json_t *o = json_array_get(a, i);
		struct spec_mount *m = &s->mounts[s->nr_mounts++];

		err = mount_type_from_json(json_object_get(o, "type"), &m->type, w);
		if (!err)
			err = members_from_json(mount_members, ARRAY_SIZE(mount_members), m, o, w);
		if (!err && (!m->dst || m->dst[0] != '/'))
			err = refuse(w, "mount %zu: the destination is not an absolute path", i);
		if (!err && !m->src &&
		    (m->type == SPEC_MOUNT_BIND || m->type == SPEC_MOUNT_OVERLAY))
			err = refuse(w, "mount %zu: a source is missing", i);
	}
	return err;
}

static int groups_from_json(struct sandbox_spec *s, const json_t *a, struct why *w)
{
	size_t n = json_array_size(a);

	if (!json_is_array(a) || n > SPEC_LIST_MAX)
		return refuse(w, "'groups' is not a list of at most %d numbers", SPEC_LIST_MAX);
	s->groups = kcalloc(n + 1, sizeof(*s->groups));
	if (!s->groups)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		json_t *e = json_array_get(a, i);
		json_int_t v = json_integer_value(e);

		if (!json_is_integer(e) || v < 0 || v > UINT32_MAX)
			return refuse(w, "'groups'[%zu] is not a group id", i);
		s->groups[s->nr_groups++] = (u32)v;
	}
	return 0;
}

static int rlimits_from_json(struct sandbox_spec *s, const json_t *a, struct why *w)
{
	for (size_t i = 0; i < json_array_size(a); i++) {
		json_t *e = json_array_get(a, i);
		json_int_t nr, cur, hard;

		if (json_unpack(e, "[I,I,I]", &nr, &cur, &hard) || nr < 0 || nr >= RLIM_NLIMITS)
			return refuse(w, "'rlimits'[%zu] is not a limit", i);
		s->has_rlimit[nr] = true;
		s->rlimit[nr] = (struct rlimit64){(u64)cur, (u64)hard};
	}
	return 0;
}

static int spec_parse(struct sandbox_spec *s, const json_t *o, struct why *w)
{
	int err = members_from_json(spec_members, ARRAY_SIZE(spec_members), s, o, w);

	if (!err)
		err = mounts_from_json(s, json_object_get(o, "mounts"), w);
	if (!err)
		err = groups_from_json(s, json_object_get(o, "groups"), w);
	if (!err)
		err = rlimits_from_json(s, json_object_get(o, "rlimits"), w);
	if (!err && !s->args[0])
		err = refuse(w, "'args' is empty");
	if (!err && (!s->cwd || s->cwd[0] != '/'))
		err = refuse(w, "'cwd' is not an absolute path");
	return err;
}

int spec_from_json(const char *json, size_t len, struct sandbox_spec **ret, char *why,
		   size_t why_size)
{
	struct why w = {why, why_size};
	json_error_t e;
	struct sandbox_spec *s;
	json_t *o;
	int err;

	fix_seed();
	o = json_loadb(json, len, JSON_REJECT_DUPLICATES, &e);
	if (!o)
		return refuse(&w, "line %d, column %d: %s", e.line, e.column, e.text);
	/* What is said unless a better reason is found. */
	refuse(&w, "out of memory");
	s = kzalloc(sizeof(*s));
	err = s ? spec_parse(s, o, &w) : -ENOMEM;
	json_decref(o);
	if (err)
		spec_free(s);
	else
		*ret = s;
	return err;
}

int spec_read(int fd, struct sandbox_spec **ret, char *why, size_t why_size)
{
	struct why w = {why, why_size};
	struct stat st;
	void *map;
	int err;

	if (fstat(fd, &st) || st.st_size <= 0 || st.st_size > SPEC_BYTES_MAX)
		return refuse(&w, "descriptor %d holds no specification", fd);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return refuse(&w, "cannot be mapped: %s", strerror(errno));
	err = spec_from_json(map, (size_t)st.st_size, ret, why, why_size);
	munmap(map, (size_t)st.st_size);
	return err;
}

struct spec_mount *spec_add_mount(struct sandbox_spec *s, enum spec_mount_type type,
				  const char *src, const char *dst)
{
	struct spec_mount *m = krealloc(s->mounts, (s->nr_mounts + 1) * sizeof(*m));

	if (!m)
		return NULL;
	s->mounts = m;
	m += s->nr_mounts;
	*m = (struct spec_mount){
		.type = type, .src = src ? kstrdup(src) : NULL, .dst = kstrdup(dst)};
	s->nr_mounts++;
	return m->dst && (m->src || !src) ? m : NULL;
}

void strv_free(char **v)
{
	for (size_t i = 0; v && v[i]; i++)
		kfree(v[i]);
	kfree(v);
}

void spec_free(struct sandbox_spec *s)
{
	if (!s)
		return;
	strv_free(s->args);
	strv_free(s->env);
	kfree(s->cwd);
	kfree(s->hostname);
	kfree(s->groups);
	for (u32 i = 0; i < s->nr_mounts; i++) {
		kfree(s->mounts[i].src);
		kfree(s->mounts[i].dst);
	}
	kfree(s->mounts);
	kfree(s->platform);
	kfree(s->trace);
	kfree(s);
}
