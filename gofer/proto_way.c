/* The way of a look (proto_way.h) */
#include "gofer/proto_way.h"

void gofer_way_init(struct gofer_way *w, const struct gofer_names *names, u32 from)
{
	u32 i;

	w->n = names->n - from;
	w->depth = from;
	w->up = 0;
	w->top = false;
	w->used = 0;
	for (i = 0; i < w->n; i++)
		w->v[i] = names->v[from + i];
}

static const char *take_first(struct gofer_way *w)
{
	const char *first = w->v[0];

	w->n--;
	memmove(&w->v[0], &w->v[1], w->n * sizeof(w->v[0]));
	return first;
}

const char *gofer_way_next(struct gofer_way *w)
{
	const char *name;

	while (w->n) {
		name = take_first(w);
		if (!strcmp(name, "."))
			continue;
		if (strcmp(name, "..") != 0)
			return gofer_name_ok(name, strlen(name)) ? name : NULL;
		/* Above where the request begins is nothing that it could ask for. */
		if (!w->depth)
			return NULL;
		w->depth--;
		w->up++;
	}
	return NULL;
}

void gofer_way_enter(struct gofer_way *w)
{
	w->depth++;
	w->up = 0;
	w->top = false;
}

/* Cut @text, which is ours, into @v; how many, 0 for none or too many. */
static u32 cut(char *text, const char *v[GOFER_WAY_MAX])
{
	u32 n = 0;

	for (;;) {
		while (*text == '/')
			*text++ = 0;
		if (!*text)
			return n;
		if (n == GOFER_WAY_MAX)
			return 0;
		v[n++] = text;
		text = strchrnul(text, '/');
	}
}

bool gofer_way_link(struct gofer_way *w, const char *text)
{
	const size_t size = strlen(text) + 1;
	const char *v[GOFER_WAY_MAX];
	char *copy = w->text + w->used;
	u32 n;

	w->up = 0;
	w->top = *text == '/';
	if (size > sizeof(w->text) - w->used)
		return false;
	memcpy(copy, text, size);
	w->used += size;
	n = cut(copy, v);
	if (!n || n + w->n > GOFER_WAY_MAX)
		return false;
	if (w->top)
		w->depth = 0;
	memmove(&w->v[n], &w->v[0], w->n * sizeof(w->v[0]));
	memcpy(&w->v[0], v, n * sizeof(v[0]));
	w->n += n;
	return true;
}
