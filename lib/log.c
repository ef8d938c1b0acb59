/* Messages (log.h), and panic() (base.h). */
#include "lib/log.h"

#include <stdarg.h>
#include <unistd.h>

#define LOG_LINE_MAX 1024

static const char *log_role = "bailey";
static int log_fd = 2;
static enum log_level log_max = LOG_WARN;

void log_init(const char *role, int fd, enum log_level level)
{
	log_role = role;
	log_fd = fd;
	log_max = level;
}

bool log_enabled(enum log_level level)
{
	return level <= log_max;
}

static void log_line(const char *word, const char *fmt, va_list ap)
{
	char line[LOG_LINE_MAX];
	int n = snprintf(line, sizeof(line), "%s: %s", log_role, word);
	int m = vsnprintf(line + n, sizeof(line) - (size_t)n - 1, fmt, ap);
	size_t len = min((size_t)n + (size_t)max(m, 0), sizeof(line) - 2);

	line[len++] = '\n';
	/* A lost message must not stop the sandbox. */
	if (write(log_fd, line, len) < 0)
		return;
}

void log_at(enum log_level level, const char *fmt, ...)
{
	static const char *const word[] = {"", "warning: ", "", "debug: "};
	va_list ap;

	if (!log_enabled(level))
		return;
	va_start(ap, fmt);
	log_line(word[level], fmt, ap);
	va_end(ap);
}

const char *log_escape(char *dst, size_t size, const char *src, size_t len)
{
	size_t o = 0;

	for (size_t i = 0; i < len && o + 5 <= size; i++) {
		u8 c = (u8)src[i];

		if (c >= 0x20 && c < 0x7f && c != '\\')
			dst[o++] = (char)c;
		else
			o += (size_t)snprintf(dst + o, size - o, "\\x%02x", c);
	}
	if (size)
		dst[min(o, size - 1)] = '\0';
	return dst;
}

void panic_at(const char *file, int line, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	log_error("panic at %s:%d: %s", file, line, what);
	abort();
}
