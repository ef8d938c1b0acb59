/* Text that grows (seq.h). */
#include "fs/seq.h"

#define SEQ_MAX (64ul << 20)

static bool reserve(struct seq *s, size_t more)
{
	size_t want = s->cap ? s->cap : 512;
	char *buf;

	if (s->oom)
		return false;
	if (s->cap - s->len > more)
		return true;
	while (want - s->len <= more)
		want *= 2;
	buf = want <= SEQ_MAX ? krealloc(s->buf, want) : NULL;
	if (!buf) {
		s->oom = true;
		return false;
	}
	s->buf = buf;
	s->cap = want;
	return true;
}

void seq_write(struct seq *s, const void *data, size_t len)
{
	if (!reserve(s, len))
		return;
	memcpy(s->buf + s->len, data, len);
	s->len += len;
	s->buf[s->len] = 0;
}

void seq_puts(struct seq *s, const char *str)
{
	seq_write(s, str, strlen(str));
}

void seq_putc(struct seq *s, char c)
{
	seq_write(s, &c, 1);
}

void seq_printf(struct seq *s, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !reserve(s, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(s->buf + s->len, s->cap - s->len, fmt, ap);
	va_end(ap);
	s->len += (size_t)n;
}

void seq_escape(struct seq *s, const char *str, const char *set)
{
	for (; *str; str++) {
		if (*str == '\\' || strchr(set, *str))
			seq_printf(s, "\\%03o", (u8)*str);
		else
			seq_putc(s, *str);
	}
}

void seq_pad(struct seq *s, size_t line_start, size_t col)
{
	while (!s->oom && s->len - line_start < col)
		seq_putc(s, ' ');
}
