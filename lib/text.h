/*
 * Text in a buffer of fixed size that grows piece by piece.
 */
#pragma once
#include <stdarg.h>

#include "lib/base.h"

/*
 * text_append - print behind the *@used bytes of @buf
 * @size: of @buf, more than *@used; a NUL stands behind the text
 *
 * What does not fit is left out.
 */
void text_append(char *buf, size_t size, size_t *used, const char *fmt, va_list ap);
