/*
 * What stands around a syscall instruction (patch.h).
 *
 * Bytes before it are only known when decoding from several places further ahead
 * comes upon the same boundary: x86 code read from a wrong one soon falls in step.
 * Bytes after it are decoded forwards, which is certain.
 *
 * Refused is what cannot do its work elsewhere: calls, which push their own
 * address; branches with no long form; more system calls.
 */
#include "platform/patch/patch.h"

#include <Zydis/Decoder.h>
#include <sys/syscall.h>

/* mov $nr,%eax, and the long form that signal restorers have: mov $nr,%rax. */
static const struct mov_form {
	u8 size, opcode_size, opcode[3];
} mov_forms[] = {
	{5, 1, {0xb8}},
	{7, 3, {0x48, 0xc7, 0xc0}},
};
#define MOV_MAX 7

/* How far ahead of the mov decoding starts; further starts are in step all the more. */
#define STEP_MIN 6
#define STEP_MAX (PATCH_BEFORE - MOV_MAX)

struct insn {
	ZydisDecodedInstruction z;
	uaddr_t ip, next;
};

static bool decode_at(const struct patch_code *c, uaddr_t ip, struct insn *ret)
{
	size_t off = ip - c->addr;
	ZydisDecoder decoder;

	if (ip < c->addr || off >= c->len ||
	    !ZYAN_SUCCESS(
		    ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64)))
		return false;
	if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder, NULL, c->bytes + off,
							c->len - off, &ret->z)))
		return false;
	ret->ip = ip;
	ret->next = ip + ret->z.length;
	return true;
}

static const u8 *bytes_at(const struct patch_code *c, uaddr_t ip)
{
	return c->bytes + (ip - c->addr);
}

/* Is @at where an instruction begins?  The vote of those who start ahead of it. */
static bool is_boundary(const struct patch_code *c, uaddr_t at)
{
	uaddr_t first = max(c->addr, at - min(at, (uaddr_t)STEP_MAX));
	enum { UNKNOWN, YES, NO } arrives[STEP_MAX + 1];
	unsigned n = (unsigned)(at - first), yes = 0, no = 0;

	/* From the end on, so that each instruction is decoded once. */
	arrives[0] = YES;
	for (unsigned d = 1; d <= n; d++) {
		struct insn i;

		if (!decode_at(c, at - d, &i))
			arrives[d] = UNKNOWN;
		else
			arrives[d] = i.next > at ? NO : arrives[at - i.next];
		if (d >= STEP_MIN) {
			yes += arrives[d] == YES;
			no += arrives[d] == NO;
		}
	}
	/* Too little code ahead to be lost in it: its beginning is a boundary. */
	return n < STEP_MIN ? arrives[n] == YES : yes > 2 * no;
}

static bool is_mov(const struct patch_code *c, const struct mov_form *m, uaddr_t call, u64 nr)
{
	uaddr_t at = call - m->size;
	struct insn i;
	u32 imm;

	if (call < c->addr || call - c->addr < m->size ||
	    memcmp(bytes_at(c, at), m->opcode, m->opcode_size))
		return false;
	memcpy(&imm, bytes_at(c, at) + m->opcode_size, sizeof(imm));
	return imm == nr && decode_at(c, at, &i) && i.z.length == m->size && is_boundary(c, at);
}

/* The bytes of the mov of @nr right before @call; 0: there is none. */
static u8 mov_before(const struct patch_code *c, uaddr_t call, u64 nr)
{
	for (size_t i = 0; i < ARRAY_SIZE(mov_forms); i++)
		if (is_mov(c, &mov_forms[i], call, nr))
			return mov_forms[i].size;
	return 0;
}

/* Nothing gets past it. */
static bool is_end(const ZydisDecodedInstruction *z)
{
	return z->mnemonic == ZYDIS_MNEMONIC_RET || z->mnemonic == ZYDIS_MNEMONIC_JMP ||
	       z->mnemonic == ZYDIS_MNEMONIC_HLT || z->mnemonic == ZYDIS_MNEMONIC_UD2;
}

static bool is_padding(const ZydisDecodedInstruction *z)
{
	return z->mnemonic == ZYDIS_MNEMONIC_NOP || z->mnemonic == ZYDIS_MNEMONIC_INT3;
}

/* A branch to a fixed place: the form of it that reaches two gigabytes. */
static const char *take_branch(const struct insn *i, struct patch_insn *ret)
{
	const ZydisDecodedInstruction *z = &i->z;

	if (z->raw.prefix_count && z->operand_width == 16)
		return "a branch of 16 bits";
	ret->target = i->next + (u64)z->raw.imm[0].value.s;
	if (z->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT) {
		if (z->opcode == 0xeb || z->opcode == 0xe9) {
			ret->opcode = 0xe9;
			return NULL;
		}
		if (z->opcode >= 0x70 && z->opcode <= 0x7f) {
			ret->opcode = z->opcode + 0x10;
			ret->two = true;
			return NULL;
		}
	} else if (z->opcode_map == ZYDIS_OPCODE_MAP_0F && z->opcode >= 0x80 && z->opcode <= 0x8f) {
		ret->opcode = z->opcode;
		ret->two = true;
		return NULL;
	}
	return "a call, or a branch without long form";
}

static const char *take_insn(const struct insn *i, struct patch_insn *ret)
{
	const ZydisDecodedInstruction *z = &i->z;

	switch (z->mnemonic) {
	case ZYDIS_MNEMONIC_CALL:
	case ZYDIS_MNEMONIC_SYSCALL:
	case ZYDIS_MNEMONIC_SYSENTER:
	case ZYDIS_MNEMONIC_INT:
	case ZYDIS_MNEMONIC_INT1:
	case ZYDIS_MNEMONIC_INT3:
	case ZYDIS_MNEMONIC_IRET:
	case ZYDIS_MNEMONIC_IRETD:
	case ZYDIS_MNEMONIC_IRETQ:
	case ZYDIS_MNEMONIC_ENDBR64:
		return "an instruction that knows where it stands";
	default:
		break;
	}
	if (z->raw.imm[0].is_relative)
		return take_branch(i, ret);
	if (z->attributes & ZYDIS_ATTRIB_HAS_MODRM && z->raw.modrm.mod == 0 &&
	    z->raw.modrm.rm == 5) {
		if (z->address_width != 64 || z->raw.disp.size != 32)
			return "a strange operand";
		ret->fix = z->raw.disp.offset;
		ret->target = i->next + (u64)z->raw.disp.value;
	}
	return NULL;
}

/*
 * What follows the syscall, until the jump's five bytes are covered.
 *
 * glibc's exit(2) of a thread stands in a loop of its own, two bytes from other code. Nobody comes
 * from there to here; who comes there by another way traps each time, which is dear, but seldom
 * beside threads that end.
 */
static const char *take_following(const struct patch_code *c, u64 nr, struct patch_plan *p)
{
	uaddr_t ip = p->site + PATCH_SYSCALL;
	bool ended = false;
	struct insn i;

	while (ip < p->site + PATCH_JUMP) {
		const char *why;

		if (!decode_at(c, ip, &i))
			return "no instruction behind it";
		if (ended && !is_padding(&i.z) && nr != SYS_exit)
			return "other code too near behind it";
		if (!ended || !is_padding(&i.z)) {
			struct patch_insn *in = &p->insn[p->nr_insns++];

			in->off = (u8)(ip - p->site);
			in->len = i.z.length;
			why = take_insn(&i, in);
			if (why)
				return why;
			p->inside |= (u8)(1 << in->off);
			p->cover = (u8)(in->off + in->len);
			ended |= is_end(&i.z);
		}
		ip = i.next;
	}
	return NULL;
}

const char *patch_decode(const struct patch_code *code, uaddr_t call, u64 nr,
			 struct patch_plan *ret)
{
	const char *why = NULL;
	struct insn i;

	*ret = (struct patch_plan){0};
	if (!decode_at(code, call, &i) || i.z.mnemonic != ZYDIS_MNEMONIC_SYSCALL ||
	    i.z.length != PATCH_SYSCALL)
		return "no syscall instruction";
	ret->mov = mov_before(code, call, nr);
	if (ret->mov) {
		ret->form = PATCH_MOV;
		ret->site = call - ret->mov;
		ret->nr = (u32)nr;
		ret->cover = ret->mov + PATCH_SYSCALL;
	} else {
		ret->form = PATCH_CALL;
		ret->site = call;
		why = take_following(code, nr, ret);
	}
	if (!why)
		memcpy(ret->orig, bytes_at(code, ret->site),
		       max((size_t)ret->cover, (size_t)PATCH_JUMP));
	return why;
}
