/* Text in a buffer of fixed size (text.h). */
#include "lib/text.h"

#include <stdio.h>

void text_append(char *buf, size_t size, size_t *used, const char *fmt, va_list ap)
{
	size_t room = size - *used;
	int n = vsnprintf(buf + *used, room, fmt, ap);

	*used += min((size_t)max(n, 0), room - 1);
}
