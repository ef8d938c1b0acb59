/*
 * Trampolines (patch.h; what the fast entry expects stands in platform.h).
 *
 *	mov $nr,%eax            PATCH_MOV only
 *	lea 1f(%rip),%rcx
 *	jmp *slot(%rip)
 *	syscall
 * 1:	what was overwritten    PATCH_CALL only
 *	jmp back
 *
 * rcx is free: a system call destroys it.  No stack, no flags.
 */
#include "platform/patch/patch.h"

#define LEA_SIZE    7
#define JMPM_SIZE   6
#define JMP         0xe9
#define MOV_EAX_IMM 0xb8

/*
 * Bytes that raise #UD in 64-bit mode whatever follows, or #BP.  Not those that
 * are prefixes on some processor (0x62, 0xc4, 0xc5, 0xd5).
 */
static const u8 trap_bytes[] = {
	0xcc, 0xce, 0xd4, 0xea, 0x06, 0x07, 0x0e, 0x16, 0x17,
	0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x60, 0x61, 0x9a,
};

static bool is_trap(u8 byte)
{
	return memchr(trap_bytes, byte, sizeof(trap_bytes));
}

static bool fits(s64 rel)
{
	return rel == (s32)rel;
}

bool patch_target_ok(const struct patch_plan *p, uaddr_t tramp)
{
	s64 rel = (s64)(tramp - (p->site + PATCH_JUMP));

	if (!fits(rel))
		return false;
	for (unsigned k = 1; k < PATCH_JUMP; k++)
		if (p->inside & 1 << k && !is_trap((u8)((u64)rel >> 8 * (k - 1))))
			return false;
	return true;
}

/* The highest byte of the displacement: some way below the text, then elsewhere. */
static const u8 high_free[] = {0xe0, 0xe8, 0xd8, 0xf0, 0xd0, 0xc8, 0xf8, 0xc0,
			       0xb0, 0xa0, 0x90, 0x84, 0xfc, 0xfe, 0xff, 0x3f,
			       0x37, 0x2f, 0x60, 0x70, 0x1f, 0x17, 0x07, 0x01};
static const u8 high_trap[] = {0xea, 0xd4, 0xce, 0xcc, 0x9a, 0x3f, 0x37, 0x2f,
			       0x27, 0x1f, 0x60, 0x17, 0x1e, 0x0e, 0x07, 0x06};
/* The one below it. */
static const u8 mid_free[] = {0x80, 0xc0, 0x40, 0xf0, 0x20};

bool patch_target(const struct patch_plan *p, unsigned k, uaddr_t *ret)
{
	bool high_is_trap = patch_is_choosy(p), mid_is_trap = p->inside & 1 << 3;
	const u8 *high = high_is_trap ? high_trap : high_free;
	size_t nr_high = high_is_trap ? sizeof(high_trap) : sizeof(high_free);
	const u8 *mid = mid_is_trap ? trap_bytes : mid_free;
	size_t nr_mid = mid_is_trap ? sizeof(trap_bytes) : sizeof(mid_free);
	u32 rel;

	if (k >= nr_high * nr_mid)
		return false;
	rel = (u32)high[k / nr_mid] << 24 | (u32)mid[k % nr_mid] << 16 | 0x600;
	*ret = ALIGN_DOWN(p->site + PATCH_JUMP + (u64)(s64)(s32)rel, PAGE_SIZE);
	return true;
}

/* A trampoline on its way. */
struct emit {
	u8 *buf;
	uaddr_t base;
	u8 len;
	bool ok;
	struct patch_site *site;
};

static void put(struct emit *e, const void *bytes, u8 n)
{
	if (e->len + n > PATCH_TRAMP_MAX) {
		e->ok = false;
		return;
	}
	memcpy(e->buf + e->len, bytes, n);
	e->len += n;
}

static void put8(struct emit *e, u8 byte)
{
	put(e, &byte, 1);
}

/* A displacement to @target, of an instruction that has @after bytes behind it. */
static void put_rel(struct emit *e, uaddr_t target, u8 after)
{
	s64 rel = (s64)(target - (e->base + e->len + 4u + after));
	s32 rel32 = (s32)rel;

	if (!fits(rel))
		e->ok = false;
	put(e, &rel32, sizeof(rel32));
}

/* From here on the guest is at @orig bytes from the site. */
static void mark(struct emit *e, u8 orig)
{
	struct patch_site *s = e->site;

	assert(s->nr_map < PATCH_MAP_MAX);
	s->map[s->nr_map].at = e->len;
	s->map[s->nr_map++].orig = orig;
}

static void put_insn(struct emit *e, const struct patch_plan *p, const struct patch_insn *in)
{
	const u8 *bytes = p->orig + in->off;

	mark(e, in->off);
	if (in->opcode) {
		if (in->two)
			put8(e, 0x0f);
		put8(e, in->opcode);
		put_rel(e, in->target, 0);
	} else if (in->fix) {
		u8 after = (u8)(in->len - in->fix - 4);

		put(e, bytes, in->fix);
		put_rel(e, in->target, after);
		put(e, bytes + in->len - after, after);
	} else {
		put(e, bytes, in->len);
	}
}

/* The call itself: slow or fast, it ends at what comes next. */
static void put_call(struct emit *e, uaddr_t slot)
{
	static const u8 lea[] = {0x48, 0x8d, 0x0d}, jmpm[] = {0xff, 0x25}, syscall[] = {0x0f, 0x05};

	put(e, lea, sizeof(lea));
	put_rel(e, e->base + e->len + 4u + JMPM_SIZE + PATCH_SYSCALL, 0);
	put(e, jmpm, sizeof(jmpm));
	put_rel(e, slot, 0);
	put(e, syscall, sizeof(syscall));
}

static bool set_jump(const struct patch_plan *p, struct patch_site *s)
{
	s64 rel = (s64)(s->tramp - (p->site + PATCH_JUMP));
	s32 rel32 = (s32)rel;

	s->jump[0] = JMP;
	memcpy(s->jump + 1, &rel32, sizeof(rel32));
	return fits(rel);
}

bool patch_emit(const struct patch_plan *p, uaddr_t tramp, uaddr_t slot, u8 *buf,
		struct patch_site *ret)
{
	struct emit e = {.buf = buf, .base = tramp, .ok = true, .site = ret};

	*ret = (struct patch_site){
		.form = p->form,
		.site = p->site,
		.tramp = tramp,
		.inside = p->inside,
	};
	memcpy(ret->orig, p->orig, PATCH_JUMP);
	mark(&e, 0);
	if (p->form == PATCH_MOV) {
		put8(&e, MOV_EAX_IMM);
		put(&e, &p->nr, sizeof(p->nr));
		mark(&e, p->mov);
	}
	put_call(&e, slot);
	for (unsigned i = 0; i < p->nr_insns; i++)
		put_insn(&e, p, &p->insn[i]);
	mark(&e, p->cover);
	put8(&e, JMP);
	put_rel(&e, p->site + p->cover, 0);
	ret->size = e.len;
	return set_jump(p, ret) && e.ok;
}

uaddr_t patch_to_guest(const struct patch_site *s, uaddr_t ip)
{
	u8 orig = 0;

	for (unsigned i = 0; i < s->nr_map && s->tramp + s->map[i].at <= ip; i++)
		orig = s->map[i].orig;
	return s->site + orig;
}

bool patch_to_tramp(const struct patch_site *s, uaddr_t ip, uaddr_t *ret)
{
	uaddr_t off = ip - s->site;

	if (off == 0 || off >= PATCH_JUMP || !(s->inside & 1 << off))
		return false;
	for (unsigned i = 0; i < s->nr_map; i++) {
		if (s->map[i].orig == off) {
			*ret = s->tramp + s->map[i].at;
			return true;
		}
	}
	return false;
}
