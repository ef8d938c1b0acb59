/* Decoding of call sites and their trampolines, from any bytes of guest text. */
#include <string.h>

#include "platform/patch/patch.h"

#define AT 0x7f0000001000ull

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void check_site(const struct patch_plan *p, const struct patch_site *s)
{
	assert(s->size <= PATCH_TRAMP_MAX && s->nr_map <= PATCH_MAP_MAX);
	assert(!memcmp(s->orig, p->orig, PATCH_JUMP));
	for (unsigned i = 0; i < s->nr_map; i++)
		assert(patch_to_guest(s, s->tramp + s->map[i].at) == p->site + s->map[i].orig);
	for (unsigned k = 1; k < PATCH_JUMP; k++) {
		uaddr_t to;

		if (!(p->inside & 1 << k))
			continue;
		assert(patch_to_tramp(s, p->site + k, &to));
		assert(patch_to_guest(s, to) == p->site + k);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct patch_code code = {.addr = AT, .len = size, .bytes = data};
	u8 buf[PATCH_TRAMP_MAX];
	struct patch_chunk c;
	struct patch_plan p;
	struct patch_site s;
	uaddr_t base, at;

	for (size_t off = 0; off < size; off++) {
		if (patch_decode(&code, AT + off, size > 4 ? data[1] : 0, &p))
			continue;
		assert(p.site >= AT && p.site + PATCH_JUMP <= AT + size);
		for (unsigned k = 0; patch_target(&p, k, &base); k++) {
			patch_chunk_init(&c, base);
			if (patch_chunk_take(&c, &p, &at) && patch_emit(&p, at, base, buf, &s)) {
				check_site(&p, &s);
				break;
			}
		}
	}
	return 0;
}
