/* Command lines (words.h). */
#include "runtime/bench/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "runtime/runtime.h"

void *words_memory(void *p)
{
	if (!p)
		exit(fail("out of memory"));
	return p;
}

static void add_word(struct words *w, char *word)
{
	if (w->nr == WORDS_MAX)
		exit(fail("a command line of more than %d words", WORDS_MAX));
	w->w[w->nr++] = word;
	w->w[w->nr] = NULL;
}

void words_add(struct words *w, const char *fmt, ...)
{
	char word[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(word, sizeof(word), fmt, ap);
	va_end(ap);
	add_word(w, words_memory(kstrdup(word)));
}

void words_split(struct words *w, const char *text)
{
	for (;;) {
		size_t len;

		text += strspn(text, " ");
		len = strcspn(text, " ");
		if (len == 0)
			return;
		add_word(w, words_memory(kstrndup(text, len)));
		text += len;
	}
}

void words_append(struct words *w, const struct words *more)
{
	for (size_t i = 0; i < more->nr; i++)
		add_word(w, words_memory(kstrdup(more->w[i])));
}

void words_free(struct words *w)
{
	for (size_t i = 0; i < w->nr; i++)
		kfree(w->w[i]);
	*w = (struct words){0};
}

/* The value of the place that @text starts with; *@len is how long its name is there. */
static const char *place_at(const char *text, const struct words_places *p, const char *port,
			    const char *at, size_t *len)
{
	const struct {
		const char *name, *value;
	} places[] = {{"{work}", p->work}, {"{tmp}", p->tmp}, {"{port}", port}, {"{at}", at}};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		*len = strlen(places[i].name);
		if (!strncmp(text, places[i].name, *len))
			return places[i].value;
	}
	return NULL;
}

char *words_expand(const char *text, const struct words_places *places)
{
	size_t size = strlen(text) * 2 + 4096, at = 0, len;
	char *out = words_memory(kzalloc(size)), port[16], at_ms[32];

	snprintf(port, sizeof(port), "%u", places->port);
	snprintf(at_ms, sizeof(at_ms), "%llu", (unsigned long long)places->at_ms);
	while (*text) {
		const char *value = place_at(text, places, port, at_ms, &len);
		size_t more = value ? strlen(value) : 1;

		if (at + more + 1 > size)
			exit(fail("a command of more than %zu bytes", size));
		memcpy(out + at, value ? value : text, more);
		at += more;
		text += value ? len : 1;
	}
	return out;
}
