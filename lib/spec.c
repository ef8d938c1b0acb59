/*
 * The sandbox's specification as bytes, both ways (spec.h).
 *
 * Both ends are the same program, so members go one after the other as one table
 * has them: numbers as eight bytes of this machine, a string as its length and its
 * bytes, a list as its length and its elements.  What is read is checked as if it
 * came from a stranger.
 */
#include "lib/spec.h"

#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/alloc.h"

#define SPEC_MAGIC     0x3163657073796c62ull /* "blyspec1" */
#define SPEC_NULL      ~0ull                 /* in place of a string's length */
#define SPEC_LIST_MAX  65536
#define SPEC_WORDS_MAX (1u << 20) /* more than exec takes: 6 MiB, 9 bytes for the shortest */
#define SPEC_BYTES_MAX (64u << 20)
#define SPEC_FIRST     4096 /* most fit */

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

/* A buffer that grows; what does not fit any more for want of memory is noticed at the end. */
struct packer {
	u8 *buf;
	size_t size, room;
	bool failed;
};

static void put(struct packer *p, const void *data, size_t n)
{
	if (!p->failed && p->size + n > p->room) {
		size_t room = max(2 * p->room, p->size + n + SPEC_FIRST);
		u8 *buf = krealloc(p->buf, room);

		p->failed = !buf;
		p->buf = buf ? buf : p->buf;
		p->room = buf ? room : p->room;
	}
	if (p->failed || !n)
		return;
	memcpy(p->buf + p->size, data, n);
	p->size += n;
}

static void put_u64(struct packer *p, u64 v)
{
	put(p, &v, sizeof(v));
}

static void put_string(struct packer *p, const char *s)
{
	size_t n = s ? strlen(s) : 0;

	put_u64(p, s ? n : SPEC_NULL);
	put(p, s, n);
}

static void put_strings(struct packer *p, char *const *v)
{
	u64 n = 0;

	while (v && v[n])
		n++;
	put_u64(p, n);
	for (u64 i = 0; i < n; i++)
		put_string(p, v[i]);
}

static void put_members(struct packer *p, const struct member *m, size_t nr, const void *base)
{
	for (size_t i = 0; i < nr; i++) {
		const void *at = (const u8 *)base + m[i].offset;

		switch (m[i].kind) {
		case M_STRING:
			put_string(p, *(char *const *)at);
			break;
		case M_STRINGS:
			put_strings(p, *(char *const *const *)at);
			break;
		case M_U32:
			put_u64(p, *(const u32 *)at);
			break;
		case M_U64:
			put_u64(p, *(const u64 *)at);
			break;
		case M_INT:
			put_u64(p, (u64)(s64) * (const int *)at);
			break;
		case M_BOOL:
			put_u64(p, *(const bool *)at);
			break;
		}
	}
}

void *spec_pack(const struct sandbox_spec *s, size_t *ret_size)
{
	struct packer p = {0};

	put_u64(&p, SPEC_MAGIC);
	put_members(&p, spec_members, ARRAY_SIZE(spec_members), s);
	put_u64(&p, s->nr_mounts);
	for (u32 i = 0; i < s->nr_mounts; i++) {
		put_u64(&p, s->mounts[i].type);
		put_members(&p, mount_members, ARRAY_SIZE(mount_members), &s->mounts[i]);
	}
	put_u64(&p, s->nr_groups);
	for (u32 i = 0; i < s->nr_groups; i++)
		put_u64(&p, s->groups[i]);
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		put_u64(&p, s->has_rlimit[i]);
		put_u64(&p, s->rlimit[i].rlim_cur);
		put_u64(&p, s->rlimit[i].rlim_max);
	}
	if (p.failed) {
		kfree(p.buf);
		return NULL;
	}
	*ret_size = p.size;
	return p.buf;
}

/* What is left to read, and where a refusal is explained. */
struct unpacker {
	const u8 *at, *end;
	char *why;
	size_t why_size;
};

static int refuse(struct unpacker *u, const char *fmt, ...) printf_like(2, 3);

static int refuse(struct unpacker *u, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(u->why, u->why_size, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int no_memory(struct unpacker *u)
{
	refuse(u, "out of memory");
	return -ENOMEM;
}

/* A number of at most @most. */
static int get_u64(struct unpacker *u, const char *key, u64 most, u64 *ret)
{
	if ((size_t)(u->end - u->at) < sizeof(*ret))
		return refuse(u, "'%s' is missing", key);
	memcpy(ret, u->at, sizeof(*ret));
	u->at += sizeof(*ret);
	return *ret <= most ? 0 : refuse(u, "'%s' is larger than %ju", key, (uintmax_t)most);
}

/* A string, or NULL where @optional. */
static int get_string(struct unpacker *u, const char *key, bool optional, char **ret)
{
	u64 n;
	int err = get_u64(u, key, SPEC_NULL, &n);

	if (err || (n == SPEC_NULL && optional))
		return err;
	if (n > (size_t)(u->end - u->at) || memchr(u->at, 0, n))
		return refuse(u, "'%s' is no text, or cut off", key);
	*ret = kzalloc(n + 1);
	if (!*ret)
		return no_memory(u);
	memcpy(*ret, u->at, n);
	u->at += n;
	return 0;
}

static int get_strings(struct unpacker *u, const char *key, char ***ret)
{
	u64 n;
	int err = get_u64(u, key, SPEC_WORDS_MAX, &n);

	/* Each takes its length at the least. */
	if (!err && n > (size_t)(u->end - u->at) / sizeof(u64))
		err = refuse(u, "'%s' is cut off", key);
	if (err)
		return err;
	*ret = kcalloc(n + 1, sizeof(**ret));
	if (!*ret)
		return no_memory(u);
	for (u64 i = 0; i < n && !err; i++)
		err = get_string(u, key, false, *ret + i);
	return err;
}

static int get_int(struct unpacker *u, const char *key, int *ret)
{
	u64 v;
	int err = get_u64(u, key, ~0ull, &v);

	*ret = (int)v;
	return err || (s64)v == *ret ? err : refuse(u, "'%s' is not a number of 32 bits", key);
}

static int get_member(struct unpacker *u, const struct member *m, void *at)
{
	u64 v = 0;
	int err;

	switch (m->kind) {
	case M_STRING:
		return get_string(u, m->key, true, at);
	case M_STRINGS:
		return get_strings(u, m->key, at);
	case M_U32:
		err = get_u64(u, m->key, UINT32_MAX, &v);
		*(u32 *)at = (u32)v;
		return err;
	case M_U64:
		return get_u64(u, m->key, ~0ull, at);
	case M_INT:
		return get_int(u, m->key, at);
	case M_BOOL:
		err = get_u64(u, m->key, true, &v);
		*(bool *)at = v == true;
		return err;
	}
	return -EINVAL;
}

static int get_members(struct unpacker *u, const struct member *m, size_t nr, void *base)
{
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++)
		err = get_member(u, &m[i], (u8 *)base + m[i].offset);
	return err;
}

static int get_mount(struct unpacker *u, u32 i, struct spec_mount *m)
{
	u64 type = 0;
	int err = get_u64(u, "type", SPEC_MOUNT_MQUEUE, &type);

	m->type = (enum spec_mount_type)type;
	if (!err)
		err = get_members(u, mount_members, ARRAY_SIZE(mount_members), m);
	if (!err && (!m->dst || m->dst[0] != '/'))
		err = refuse(u, "mount %u: the destination is not an absolute path", i);
	if (!err && !m->src && (m->type == SPEC_MOUNT_BIND || m->type == SPEC_MOUNT_OVERLAY))
		err = refuse(u, "mount %u: a source is missing", i);
	return err;
}

static int get_mounts(struct unpacker *u, struct sandbox_spec *s)
{
	u64 n = 0;
	int err = get_u64(u, "mounts", SPEC_LIST_MAX, &n);

	if (!err && !n)
		err = refuse(u, "there is no mount");
	if (err)
		return err;
	s->mounts = kcalloc(n, sizeof(*s->mounts));
	if (!s->mounts)
		return no_memory(u);
	while (s->nr_mounts < n && !err) {
		u32 i = s->nr_mounts++;

		err = get_mount(u, i, &s->mounts[i]);
	}
	return err;
}

static int get_groups(struct unpacker *u, struct sandbox_spec *s)
{
	u64 n = 0, gid = 0;
	int err = get_u64(u, "groups", SPEC_LIST_MAX, &n);

	if (err)
		return err;
	s->groups = kcalloc(n + 1, sizeof(*s->groups));
	if (!s->groups)
		return no_memory(u);
	while (s->nr_groups < n && !err) {
		err = get_u64(u, "groups", UINT32_MAX, &gid);
		s->groups[s->nr_groups++] = (u32)gid;
	}
	return err;
}

static int get_rlimits(struct unpacker *u, struct sandbox_spec *s)
{
	u64 has = 0, cur = 0, hard = 0;
	int err = 0;

	for (int i = 0; i < RLIM_NLIMITS && !err; i++) {
		err = get_u64(u, "rlimits", true, &has);
		if (!err)
			err = get_u64(u, "rlimits", ~0ull, &cur);
		if (!err)
			err = get_u64(u, "rlimits", ~0ull, &hard);
		s->has_rlimit[i] = has;
		s->rlimit[i] = (struct rlimit64){cur, hard};
	}
	return err;
}

static int get_spec(struct unpacker *u, struct sandbox_spec *s)
{
	u64 magic = 0;
	int err = get_u64(u, "magic", ~0ull, &magic);

	if (!err && magic != SPEC_MAGIC)
		err = refuse(u, "it does not begin as one");
	if (!err)
		err = get_members(u, spec_members, ARRAY_SIZE(spec_members), s);
	if (!err)
		err = get_mounts(u, s);
	if (!err)
		err = get_groups(u, s);
	if (!err)
		err = get_rlimits(u, s);
	if (!err && u->at != u->end)
		err = refuse(u, "something comes behind its end");
	if (!err && !s->args[0])
		err = refuse(u, "'args' is empty");
	if (!err && (!s->cwd || s->cwd[0] != '/'))
		err = refuse(u, "'cwd' is not an absolute path");
	return err;
}

int spec_unpack(const void *data, size_t size, struct sandbox_spec **ret, char *why,
		size_t why_size)
{
	struct unpacker u = {data, (const u8 *)data + size, why, why_size};
	struct sandbox_spec *s = kzalloc(sizeof(*s));
	int err = s ? get_spec(&u, s) : no_memory(&u);

	if (err)
		spec_free(s);
	else
		*ret = s;
	return err;
}

int spec_read(int fd, struct sandbox_spec **ret, char *why, size_t why_size)
{
	struct unpacker u = {.why = why, .why_size = why_size};
	cleanup_free void *data = NULL;
	struct stat st;

	if (fstat(fd, &st) || st.st_size <= 0 || st.st_size > SPEC_BYTES_MAX)
		return refuse(&u, "descriptor %d holds no specification", fd);
	data = krealloc(NULL, (size_t)st.st_size);
	if (!data)
		return no_memory(&u);
	if (pread(fd, data, (size_t)st.st_size, 0) != st.st_size)
		return refuse(&u, "cannot be read");
	return spec_unpack(data, (size_t)st.st_size, ret, why, why_size);
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
