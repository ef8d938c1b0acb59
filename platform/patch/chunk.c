/* Room for trampolines in a chunk (patch.h): units that are taken and never given back. */
#include "platform/patch/patch.h"

static bool is_used(const struct patch_chunk *c, size_t unit)
{
	return c->used[unit / 64] >> (unit % 64) & 1;
}

static bool run_is_free(const struct patch_chunk *c, size_t unit, size_t n)
{
	if (unit + n > PATCH_UNITS)
		return false;
	for (size_t i = unit; i < unit + n; i++)
		if (is_used(c, i))
			return false;
	return true;
}

void patch_chunk_init(struct patch_chunk *c, uaddr_t base)
{
	*c = (struct patch_chunk){.base = base, .used = {1}};
}

/* Where patch_target_ok() may say something else: it does not look at the lowest byte. */
static size_t next_window(const struct patch_chunk *c, const struct patch_plan *p, uaddr_t at)
{
	uaddr_t rel = at - (p->site + PATCH_JUMP);

	return (at + (256 - (rel & 255)) - c->base + PATCH_UNIT - 1) / PATCH_UNIT;
}

bool patch_chunk_take(struct patch_chunk *c, const struct patch_plan *p, uaddr_t *ret)
{
	const size_t n = PATCH_TRAMP_MAX / PATCH_UNIT;
	size_t unit = 1;

	while (unit + n <= PATCH_UNITS) {
		uaddr_t at = c->base + unit * PATCH_UNIT;

		if (!patch_target_ok(p, at)) {
			unit = next_window(c, p, at);
			continue;
		}
		if (run_is_free(c, unit, n)) {
			for (size_t i = unit; i < unit + n; i++)
				c->used[i / 64] |= 1ull << (i % 64);
			*ret = at;
			return true;
		}
		unit++;
	}
	return false;
}
