/*
 * Command lines, built word by word.
 */
#pragma once
#include "lib/base.h"

#define WORDS_MAX 96

struct words {
	char *w[WORDS_MAX + 1]; /* NULL behind the last */
	size_t nr;
};

/* words_add - append one word; ends the program when memory or room is short */
void words_add(struct words *w, const char *fmt, ...) printf_like(2, 3);

/* words_split - append the words of @text, which blanks part */
void words_split(struct words *w, const char *text);

/* words_append - append the words of another */
void words_append(struct words *w, const struct words *more);

/* words_free - and @w is as empty as {0} */
void words_free(struct words *w);

/* What {work}, {tmp}, {port} and {at} stand for. */
struct words_places {
	const char *work; /* directory that everybody can read */
	const char *tmp;  /* what names of files in /tmp begin with */
	unsigned port;
	u64 at_ms; /* when those who run together begin: ms of the wall clock */
};

/* words_expand - @text with the places filled in, to be kfree()d; ends the program without memory
 */
char *words_expand(const char *text, const struct words_places *places);

/* words_memory - @p, or a message and the end of the program when it is NULL */
void *words_memory(void *p);
