/*
 * Messages for the people who run bailey.
 *
 * One line a message, written with one write(2) to the log descriptor, so that
 * lines of several roles never mix.  Guest-controlled text is escaped with
 * log_escape() first: a path may not forge a line or drive a terminal.
 */
#pragma once
#include "lib/base.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/*
 * log_init - where and how much
 * @role: short name put in front of each line; kept, not copied
 * @fd: descriptor that lines go to; stays the caller's
 * @level: the most talkative level that is written
 */
void log_init(const char *role, int fd, enum log_level level);

/* log_enabled - is @level written at all; log_at - one line, prefixed by the role */
bool log_enabled(enum log_level level);
void log_at(enum log_level level, const char *fmt, ...) printf_like(2, 3);

#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...)                                  \
	do {                                            \
		if (unlikely(log_enabled(LOG_DEBUG)))   \
			log_at(LOG_DEBUG, __VA_ARGS__); \
	} while (0)

/*
 * log_escape - @src as printable ASCII: control and high bytes become \xNN
 *
 * Return: @dst, always terminated, cut at @size.
 */
const char *log_escape(char *dst, size_t size, const char *src, size_t len);
