/*
 * The way of a look: which name comes next
 *
 * Names that were asked for come first; the text of a symlink that is walked through
 * comes before those that are left.  Both ends of the protocol go the same way: the gofer
 * on the host, the sentry through the attributes that the gofer tells.  Neither name nor
 * text is believed to be anything: "..", slashes and their number are dealt with here.
 */
#pragma once
#include "gofer/wire.h"

#define GOFER_WAY_MAX 32u /* names to come at a time */

struct gofer_way {
	const char *v[GOFER_WAY_MAX]; /* to come; the first is v[0] */
	u32 n;
	u32 depth;                  /* of the directory at hand below the request's */
	u32 up;                     /* before the next name: so many directories up, ... */
	bool top;                   /* ... or to where the request begins */
	char text[GOFER_TEXTS_MAX]; /* of the symlinks, cut at their slashes */
	size_t used;
};

/* gofer_way_init - to the names of @names from @from on; their strings must outlive @w */
void gofer_way_init(struct gofer_way *w, const struct gofer_names *names, u32 from);

/*
 * gofer_way_next - the next name, which is one component; NULL: there is none, or no way to it
 *
 * @w->top and @w->up say where to go before; then they are reset by the next call.
 */
const char *gofer_way_next(struct gofer_way *w);

/* gofer_way_enter - what was reached is a directory, and now the one at hand */
void gofer_way_enter(struct gofer_way *w);

/* gofer_way_link - it is a symlink with @text; false: it cannot be walked */
bool gofer_way_link(struct gofer_way *w, const char *text) must_check;

/* gofer_way_is_end - nothing comes after the name that gofer_way_next() told last */
static inline bool gofer_way_is_end(const struct gofer_way *w)
{
	return !w->n;
}
