/*
 * Patching a call site: what may be overwritten, and what the trampoline is.
 *
 * Pure: bytes in, bytes out.  Where trampolines stand, who writes them, and when,
 * is the sentry's business (mm/fastpath*.c).
 *
 * A site is five bytes that become `jmp rel32`:
 *
 *	PATCH_MOV   mov $nr,%eax; syscall   of the mov; the syscall stays and still traps
 *	PATCH_CALL  syscall; insn...        syscall and what follows, re-created behind
 *	                                    the call in the trampoline
 *
 * A thread may stand, or jump, between two instructions that were overwritten:
 * after the syscall it has just made, say.  So a PATCH_CALL jump is only made
 * where its displacement has, at each such place, a byte that is no instruction
 * in 64-bit mode (patch_target_ok()): who comes there traps, and is moved to the
 * right place of the trampoline by patch_to_tramp().  Nobody has to be stopped,
 * and no branch to be searched for.
 *
 * Locks: none.  Never sleeps.
 */
#pragma once
#include "lib/base.h"

#define PATCH_JUMP      5  /* bytes of a site */
#define PATCH_SYSCALL   2  /* bytes of a syscall instruction */
#define PATCH_BEFORE    64 /* bytes before and after the syscall that are worth having */
#define PATCH_AFTER     32
#define PATCH_TRAMP_MAX 48 /* bytes of the longest trampoline */
#define PATCH_MAX_INSNS 3  /* re-created: the three bytes behind a syscall */
#define PATCH_MAP_MAX   (PATCH_MAX_INSNS + 5)
#define PATCH_COVER_MAX (PATCH_SYSCALL + 2 + 15) /* the last begins at the last byte but one */

enum patch_form { PATCH_MOV, PATCH_CALL };

/* An instruction behind the syscall that the trampoline has to do. */
struct patch_insn {
	u8 off, len; /* in the site's original bytes */
	u8 fix;      /* of a relative operand: offset in the instruction; 0: none */
	u8 opcode;   /* a branch: its new form, behind 0x0f if @two; 0: no branch */
	bool two;
	uaddr_t target; /* of the relative operand */
};

/* A site as it was found. */
struct patch_plan {
	enum patch_form form;
	uaddr_t site; /* the first byte that is overwritten */
	u32 nr;       /* PATCH_MOV: what the mov loads */
	u8 mov;       /* PATCH_MOV: its bytes */
	u8 orig[PATCH_COVER_MAX];
	u8 cover;  /* bytes from site that the trampoline does instead */
	u8 inside; /* bit k: an instruction begins at site + k, k < PATCH_JUMP, 0 excepted */
	u8 nr_insns;
	struct patch_insn insn[PATCH_MAX_INSNS];
};

/* A site and its trampoline: all that is needed to put it back and to translate. */
struct patch_site {
	enum patch_form form;
	uaddr_t site, tramp;
	u8 orig[PATCH_JUMP], jump[PATCH_JUMP];
	u8 inside; /* as in the plan */
	u8 size;   /* of the trampoline */
	u8 nr_map;
	struct {
		u8 at;   /* offset in the trampoline: from here on... */
		u8 orig; /* ...the guest is at this offset from site */
	} map[PATCH_MAP_MAX];
};

/* Guest code as it was read. */
struct patch_code {
	uaddr_t addr;
	size_t len;
	const u8 *bytes;
};

/*
 * patch_decode - can the syscall instruction at @call be patched, and how
 * @code: holds it, and what there is of PATCH_BEFORE and PATCH_AFTER around it, all of
 *        one mapping
 * @nr: the number it was made with
 *
 * Return: NULL with *@ret filled, or why not.
 */
const char *patch_decode(const struct patch_code *code, uaddr_t call, u64 nr,
			 struct patch_plan *ret) must_check;

/* patch_target_ok - can the site's jump lead to @tramp */
bool patch_target_ok(const struct patch_plan *p, uaddr_t tramp);

/* patch_is_choosy - only few places, 16 MiB apart at least, are good for its trampoline */
static inline bool patch_is_choosy(const struct patch_plan *p)
{
	return p->inside & 1 << 4;
}

/*
 * patch_target - the @k-th of the places to try a trampoline at, best first
 * @ret: a page-aligned address near which, upwards, patch_target_ok() holds somewhere
 *       within PATCH_CHUNK bytes; it may be no address at all
 *
 * Return: false: there are no more.
 */
bool patch_target(const struct patch_plan *p, unsigned k, uaddr_t *ret) must_check;

/*
 * patch_emit - write the trampoline that is to stand at @tramp
 * @slot: where in the guest the address of the fast entry stands
 * @buf: PATCH_TRAMP_MAX bytes; what is not used is left alone
 *
 * Return: false when something is too far away; *@ret is undefined then.
 */
bool patch_emit(const struct patch_plan *p, uaddr_t tramp, uaddr_t slot, u8 *buf,
		struct patch_site *ret) must_check;

/* patch_to_guest - where the guest is when it stands at @ip of the trampoline */
uaddr_t patch_to_guest(const struct patch_site *s, uaddr_t ip);

/* patch_to_tramp - where it has to stand when it is at @ip among overwritten instructions */
bool patch_to_tramp(const struct patch_site *s, uaddr_t ip, uaddr_t *ret) must_check;

/* patch_in_tramp - does @ip belong to the trampoline */
static inline bool patch_in_tramp(const struct patch_site *s, uaddr_t ip)
{
	return ip - s->tramp < s->size;
}

/*
 * A chunk: memory for trampolines, PATCH_CHUNK bytes at a page of the guest.  The
 * first unit holds the address of the fast entry.
 */
#define PATCH_CHUNK 0x10000ul
#define PATCH_UNIT  16ul
#define PATCH_UNITS (PATCH_CHUNK / PATCH_UNIT)

struct patch_chunk {
	uaddr_t base;
	u64 used[PATCH_UNITS / 64];
};

/* patch_chunk_init - an empty one at @base */
void patch_chunk_init(struct patch_chunk *c, uaddr_t base);

/* patch_chunk_take - room for the trampoline of @p; false: there is none */
bool patch_chunk_take(struct patch_chunk *c, const struct patch_plan *p, uaddr_t *ret) must_check;
