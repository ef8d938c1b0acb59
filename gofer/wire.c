/*
 * Fields of the gofer protocol: writing them, and reading them from a peer that
 * lies (wire.h)
 *
 * Every get checks what it takes, so the generated decoders need no checks of
 * their own.  A bad message leaves zeroes and empty strings behind: a caller
 * that went on by mistake would still not read outside the buffer.
 */
#include "gofer/wire.h"

#include <dirent.h>
#include <sys/stat.h>

#define NSEC_LIMIT 1000000000u

void wire_init(struct wire *w, void *buf, size_t size)
{
	*w = (struct wire){.buf = buf, .size = size};
}

int wire_put_end(const struct wire *w)
{
	return w->bad ? -EMSGSIZE : 0;
}

int wire_get_end(const struct wire *w)
{
	return w->bad || w->off != w->size ? -EPROTO : 0;
}

/* Room for @size bytes and their padding, zeroed at the end; NULL and bad if there is none. */
static void *put_room(struct wire *w, size_t size)
{
	size_t padded = ALIGN_UP(size, 8);
	u8 *p = w->buf + w->off;

	if (w->bad || size > w->size || padded > w->size - w->off) {
		w->bad = true;
		return NULL;
	}
	memset(p + size, 0, padded - size);
	w->off += padded;
	return p;
}

static void put_raw(struct wire *w, const void *src, size_t size)
{
	void *p = put_room(w, size);

	if (p && size)
		memcpy(p, src, size);
}

/* The next @size bytes, their padding skipped and checked to be zero; NULL and bad if short. */
static const void *get_raw(struct wire *w, size_t size)
{
	size_t padded = ALIGN_UP(size, 8);
	const u8 *p = w->buf + w->off;
	size_t i;

	if (w->bad || size > w->size || padded > w->size - w->off) {
		w->bad = true;
		return NULL;
	}
	for (i = size; i < padded; i++)
		w->bad |= p[i] != 0;
	w->off += padded;
	return w->bad ? NULL : p;
}

void wire_put_u64(struct wire *w, u64 v)
{
	put_raw(w, &v, sizeof(v));
}

void wire_put_s64(struct wire *w, s64 v)
{
	wire_put_u64(w, (u64)v);
}

void wire_put_u32(struct wire *w, u32 v)
{
	wire_put_u64(w, v);
}

void wire_put_flags(struct wire *w, u32 v, u32 mask)
{
	if (v & ~mask)
		w->bad = true;
	wire_put_u64(w, v);
}

void wire_put_handle(struct wire *w, u32 v)
{
	if (!v)
		w->bad = true;
	wire_put_u64(w, v);
}

u64 wire_get_u64(struct wire *w)
{
	const void *p = get_raw(w, sizeof(u64));
	u64 v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

s64 wire_get_s64(struct wire *w)
{
	return (s64)wire_get_u64(w);
}

static u32 get_limited(struct wire *w, u64 limit)
{
	u64 v = wire_get_u64(w);

	if (v <= limit)
		return (u32)v;
	w->bad = true;
	return 0;
}

u32 wire_get_u32(struct wire *w)
{
	return get_limited(w, UINT32_MAX);
}

u32 wire_get_flags(struct wire *w, u32 mask)
{
	u32 v = wire_get_u32(w);

	if (!(v & ~mask))
		return v;
	w->bad = true;
	return 0;
}

u32 wire_get_handle(struct wire *w)
{
	u32 v = wire_get_u32(w);

	if (!v)
		w->bad = true;
	return v;
}

void wire_put_handles(struct wire *w, const struct gofer_handles *v)
{
	u32 i;

	if (v->n > GOFER_CLUNK_MAX)
		w->bad = true;
	wire_put_u64(w, v->n);
	for (i = 0; i < v->n && !w->bad; i++)
		wire_put_handle(w, v->v[i]);
}

void wire_get_handles(struct wire *w, struct gofer_handles *ret)
{
	u32 i, n = get_limited(w, GOFER_CLUNK_MAX);

	for (i = 0; i < n && !w->bad; i++)
		ret->v[i] = wire_get_handle(w);
	ret->n = w->bad ? 0 : n;
}

static bool time_ok(const struct gofer_time *t)
{
	return t->nsec < NSEC_LIMIT && !t->zero;
}

void wire_put_time(struct wire *w, const struct gofer_time *v)
{
	put_raw(w, v, sizeof(*v));
}

void wire_get_time(struct wire *w, struct gofer_time *ret)
{
	const void *p = get_raw(w, sizeof(*ret));

	*ret = (struct gofer_time){0};
	if (!p)
		return;
	memcpy(ret, p, sizeof(*ret));
	if (!time_ok(ret))
		w->bad = true;
}

static bool type_ok(u32 mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
	case S_IFDIR:
	case S_IFLNK:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return !(mode & ~(u32)(S_IFMT | 07777));
	}
	return false;
}

static bool attr_ok(const struct gofer_attr *a)
{
	return type_ok(a->mode) && a->size <= INT64_MAX && a->blocks <= INT64_MAX &&
	       !(a->flags & ~GOFER_ATTR_MASK) && time_ok(&a->atime) && time_ok(&a->mtime) &&
	       time_ok(&a->ctime) && time_ok(&a->btime);
}

void wire_put_attr(struct wire *w, const struct gofer_attr *v)
{
	put_raw(w, v, sizeof(*v));
}

void wire_get_attr(struct wire *w, struct gofer_attr *ret)
{
	const void *p = get_raw(w, sizeof(*ret));

	*ret = (struct gofer_attr){0};
	if (!p)
		return;
	memcpy(ret, p, sizeof(*ret));
	if (!attr_ok(ret))
		w->bad = true;
}

void wire_put_attrs(struct wire *w, const struct gofer_attrs *v)
{
	u32 i;

	if (v->n > GOFER_WALK_MAX)
		w->bad = true;
	wire_put_u64(w, v->n);
	for (i = 0; i < v->n && !w->bad; i++)
		wire_put_attr(w, &v->v[i]);
}

void wire_get_attrs(struct wire *w, struct gofer_attrs *ret)
{
	u32 i, n = get_limited(w, GOFER_WALK_MAX);

	for (i = 0; i < n && !w->bad; i++)
		wire_get_attr(w, &ret->v[i]);
	ret->n = w->bad ? 0 : n;
}

void wire_put_statfs(struct wire *w, const struct gofer_statfs *v)
{
	put_raw(w, v, sizeof(*v));
}

void wire_get_statfs(struct wire *w, struct gofer_statfs *ret)
{
	const void *p = get_raw(w, sizeof(*ret));

	*ret = (struct gofer_statfs){0};
	if (p)
		memcpy(ret, p, sizeof(*ret));
}

/* A string: its length, then the bytes and a NUL. */
static void put_str(struct wire *w, const char *s, size_t len, u32 limit)
{
	if (len > limit) {
		w->bad = true;
		return;
	}
	wire_put_u64(w, len);
	put_raw(w, s, len + 1);
}

static const char *get_str(struct wire *w, u32 limit, size_t *ret_len)
{
	u32 len = get_limited(w, limit);
	const char *s = get_raw(w, (size_t)len + 1);

	*ret_len = len;
	if (s && strnlen(s, (size_t)len + 1) == len)
		return s;
	w->bad = true;
	*ret_len = 0;
	return "";
}

bool gofer_name_ok(const char *name, size_t len)
{
	if (!len || len > GOFER_NAME_MAX || memchr(name, '/', len) || memchr(name, 0, len))
		return false;
	return !(name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')));
}

void wire_put_name(struct wire *w, const char *s)
{
	size_t len = strlen(s);

	if (!gofer_name_ok(s, len))
		w->bad = true;
	put_str(w, s, len, GOFER_NAME_MAX);
}

const char *wire_get_name(struct wire *w)
{
	size_t len;
	const char *s = get_str(w, GOFER_NAME_MAX, &len);

	if (!gofer_name_ok(s, len))
		w->bad = true;
	return s;
}

void wire_put_names(struct wire *w, const struct gofer_names *v)
{
	u32 i;

	if (!v->n || v->n > GOFER_WALK_MAX)
		w->bad = true;
	wire_put_u64(w, v->n);
	for (i = 0; i < v->n && !w->bad; i++)
		wire_put_name(w, v->v[i]);
}

void wire_get_names(struct wire *w, struct gofer_names *ret)
{
	u32 i, n = get_limited(w, GOFER_WALK_MAX);

	if (!n)
		w->bad = true;
	for (i = 0; i < n && !w->bad; i++)
		ret->v[i] = wire_get_name(w);
	ret->n = w->bad ? 0 : n;
}

void wire_put_nodes(struct wire *w, const struct gofer_nodes *v)
{
	u32 i;

	if (v->n > GOFER_WALK_MAX)
		w->bad = true;
	wire_put_u64(w, v->n);
	for (i = 0; i < v->n && !w->bad; i++) {
		wire_put_handle(w, v->v[i].handle);
		wire_put_attr(w, &v->v[i].attr);
	}
}

void wire_get_nodes(struct wire *w, struct gofer_nodes *ret)
{
	u32 i, n = get_limited(w, GOFER_WALK_MAX);

	for (i = 0; i < n && !w->bad; i++) {
		ret->v[i].handle = wire_get_handle(w);
		ret->v[i].zero = 0;
		wire_get_attr(w, &ret->v[i].attr);
	}
	ret->n = w->bad ? 0 : n;
}

void wire_put_path(struct wire *w, const char *s)
{
	put_str(w, s, strlen(s), GOFER_PATH_MAX);
}

const char *wire_get_path(struct wire *w)
{
	size_t len;

	return get_str(w, GOFER_PATH_MAX, &len);
}

void wire_put_xname(struct wire *w, const char *s)
{
	put_str(w, s, strlen(s), GOFER_NAME_MAX);
}

const char *wire_get_xname(struct wire *w)
{
	size_t len;
	const char *s = get_str(w, GOFER_NAME_MAX, &len);

	if (!len)
		w->bad = true;
	return s;
}

void wire_put_bytes(struct wire *w, const struct gofer_bytes *v, u32 limit)
{
	if (v->len > limit)
		w->bad = true;
	wire_put_u64(w, v->len);
	put_raw(w, v->p, v->len);
}

void wire_get_bytes(struct wire *w, struct gofer_bytes *ret, u32 limit)
{
	u32 len = get_limited(w, limit);
	const void *p = get_raw(w, len);

	*ret = (struct gofer_bytes){.p = p ? p : "", .len = p ? len : 0};
}

/* Where an entry's name stands, and what the whole entry takes. */
static size_t dirent_name_off(bool has_attr)
{
	return sizeof(struct gofer_dirent) + (has_attr ? sizeof(struct gofer_attr) : 0);
}

static size_t dirent_size(bool has_attr, size_t name_len)
{
	return ALIGN_UP(dirent_name_off(has_attr) + name_len + 1, 8);
}

bool gofer_dirent_add(void *buf, size_t size, size_t *used, const char *name, u64 ino, u64 next,
		      u8 type, const struct gofer_attr *attr)
{
	size_t len = strlen(name), need = dirent_size(attr, len);
	struct gofer_dirent d = {
		.ino = ino,
		.next = next,
		.size = (u16)need,
		.type = type,
		.has_attr = attr != NULL,
		.name_len = (u32)len,
	};
	u8 *p = (u8 *)buf + *used;

	if (need > size - *used)
		return false;
	memset(p, 0, need);
	memcpy(p, &d, sizeof(d));
	if (attr)
		memcpy(p + sizeof(d), attr, sizeof(*attr));
	memcpy(p + dirent_name_off(attr), name, len);
	*used += need;
	return true;
}

const struct gofer_dirent *gofer_dirent_next(const struct gofer_bytes *entries, size_t *off,
					     const char **ret_name,
					     const struct gofer_attr **ret_attr)
{
	const u8 *p = (const u8 *)entries->p + *off;
	const struct gofer_dirent *d = (const void *)p;

	if (*off >= entries->len)
		return NULL;
	*ret_attr = d->has_attr ? (const void *)(p + sizeof(*d)) : NULL;
	*ret_name = (const char *)p + dirent_name_off(d->has_attr);
	*off += d->size;
	return d;
}

/* "." and ".." are the sentry's to add, so an entry is a name like any other. */
static bool dirent_ok(const u8 *p, size_t left)
{
	const struct gofer_dirent *d = (const void *)p;
	const char *name;

	if (left < sizeof(*d) || d->has_attr > 1 || d->name_len > GOFER_NAME_MAX ||
	    d->size != dirent_size(d->has_attr, d->name_len) || d->size > left)
		return false;
	if (d->has_attr && !attr_ok((const void *)(p + sizeof(*d))))
		return false;
	if (d->type > DT_SOCK || d->next > INT64_MAX)
		return false;
	name = (const char *)p + dirent_name_off(d->has_attr);
	return !name[d->name_len] && gofer_name_ok(name, d->name_len);
}

void wire_put_dirents(struct wire *w, const struct gofer_bytes *v)
{
	wire_put_bytes(w, v, GOFER_READDIR_MAX);
}

void wire_get_dirents(struct wire *w, struct gofer_bytes *ret)
{
	size_t off = 0;

	wire_get_bytes(w, ret, GOFER_READDIR_MAX);
	while (off < ret->len && !w->bad) {
		const u8 *p = (const u8 *)ret->p + off;

		if (dirent_ok(p, ret->len - off))
			off += ((const struct gofer_dirent *)(const void *)p)->size;
		else
			w->bad = true;
	}
	if (w->bad)
		ret->len = 0;
}
