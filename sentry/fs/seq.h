/*
 * Text that grows: what files of /proc and /sys are made of.
 *
 * Errors are remembered (oom) and told once, by whoever uses the text.
 */
#pragma once
#include <stdarg.h>

#include "lib/alloc.h"
#include "lib/base.h"

struct seq {
	char *buf; /* kfree() */
	size_t len, cap;
	bool oom;
};

#define SEQ_INIT ((struct seq){0})

/* seq_printf, seq_puts, seq_putc, seq_write - append; when memory is short, oom is set */
void seq_printf(struct seq *s, const char *fmt, ...) printf_like(2, 3);
void seq_puts(struct seq *s, const char *str);
void seq_putc(struct seq *s, char c);
void seq_write(struct seq *s, const void *data, size_t len);

/* seq_escape - @str with the bytes of @set, and backslash, as octal \ooo */
void seq_escape(struct seq *s, const char *str, const char *set);

/* seq_pad - spaces up to column @col of the current line */
void seq_pad(struct seq *s, size_t line_start, size_t col);

static inline void seq_fini(struct seq *s)
{
	kfree(s->buf);
	*s = SEQ_INIT;
}
