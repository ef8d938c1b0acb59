/* lib/filter_asm.c: the program says of each call what the rules say */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "lib/filter.h"
#include "tests/unit/harness.h"

#define SIZE 4096

static struct sock_filter insns[SIZE];
static const struct sock_filter *prog;
static int len;

static bool assemble(const struct filter *filters, size_t nr)
{
	len = filter_assemble(filters, nr, insns, SIZE);
	prog = insns + SIZE - len;
	return len > 0;
}

/* What the host would do: the few instructions that a filter has. */
static u32 run(const struct seccomp_data *data)
{
	u32 acc = 0;

	for (int i = 0; i < len; i++) {
		const struct sock_filter *f = &prog[i];

		switch (f->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&acc, (const char *)data + f->k, sizeof(acc));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			acc &= f->k;
			break;
		case BPF_JMP | BPF_JA:
			i += (int)f->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			i += acc == f->k ? f->jt : f->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			i += acc >= f->k ? f->jt : f->jf;
			break;
		case BPF_RET | BPF_K:
			return f->k;
		default:
			return ~0u;
		}
	}
	return ~0u;
}

static bool holds(const struct filter_rule *r, const struct seccomp_data *d)
{
	switch (r->test) {
	case FILTER_ANY:
		return true;
	case FILTER_EQ:
		return d->args[r->arg] == r->value;
	case FILTER_MASKED:
		return (d->args[r->arg] & r->mask) == r->value;
	}
	return false;
}

/* The same from the lists themselves. */
static u32 expected(const struct filter *filters, size_t nr, const struct seccomp_data *d)
{
	u32 ret = SECCOMP_RET_KILL_PROCESS;
	bool ruled = false;

	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; k < filters[i].nr_rules; k++) {
			if (filters[i].rules[k].nr != d->nr)
				continue;
			ruled = true;
			if (holds(&filters[i].rules[k], d))
				return SECCOMP_RET_ALLOW;
		}
	for (size_t i = 0; i < nr && !ruled; i++)
		for (size_t k = 0; k < filters[i].nr_refusals; k++)
			if (filters[i].refusals[k].nr == d->nr)
				ret = SECCOMP_RET_ERRNO | (u32)filters[i].refusals[k].error;
	return ret;
}

static u64 random_state = 0x9e3779b97f4a7c15;

static u64 random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Near what some rule asks for: the value itself, with one bit more or less, or anything. */
static u64 sample(u64 value)
{
	switch (random64() % 4) {
	case 0:
		return value;
	case 1:
		return value ^ 1ull << random64() % 64;
	case 2:
		return value + (1ull << 32);
	default:
		return random64() >> random64() % 64;
	}
}

/* Every number and some beyond, arguments around each rule's. */
static int differences(const struct filter *filters, size_t nr)
{
	int ret = 0;

	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; k < filters[i].nr_rules; k++)
			for (int round = 0; round < 50; round++) {
				const struct filter_rule *r = &filters[i].rules[k];
				struct seccomp_data d = {.nr = (int)r->nr,
							 .arch = AUDIT_ARCH_X86_64};

				for (int arg = 0; arg < 6; arg++)
					d.args[arg] = sample(r->value);
				ret += run(&d) != expected(filters, nr, &d);
			}
	for (int call = -2; call < FILTER_CALLS_END + 2; call++) {
		struct seccomp_data d = {.nr = call, .arch = AUDIT_ARCH_X86_64};
		struct seccomp_data x32 = {.nr = call | 0x40000000, .arch = AUDIT_ARCH_X86_64};

		ret += run(&d) != expected(filters, nr, &d);
		ret += call >= 0 && run(&x32) != SECCOMP_RET_KILL_PROCESS;
		d.arch = AUDIT_ARCH_I386;
		ret += run(&d) != SECCOMP_RET_KILL_PROCESS;
	}
	return ret;
}

TEST(filter_asm_says_what_the_rules_say)
{
	static const struct filter_rule rules[] = {
		{0, FILTER_ANY, 0, 0, 0},
		{3, FILTER_EQ, 1, 0, 0x5401},
		{3, FILTER_EQ, 1, 0, 0x5402},
		{3, FILTER_EQ, 1, 0, 0x100005402},
		{3, FILTER_MASKED, 2, 4, 0},
		{3, FILTER_EQ, 5, 0, 7},
		{4, FILTER_MASKED, 3, ~1ull, 0},
		{5, FILTER_MASKED, 0, 0xf00000000, 0x300000000},
		{6, FILTER_MASKED, 0, ~0ull, 12},
		{7, FILTER_EQ, 0, 0, 1},
		{7, FILTER_ANY, 0, 0, 0},
		{100, FILTER_ANY, 0, 0, 0},
		{FILTER_CALLS_END - 1, FILTER_EQ, 0, 0, ~0ull},
	};
	static const struct filter_refusal refusals[] = {{0, 1}, {3, 2}, {101, 38}, {102, 38}};
	const struct filter f[] = {
		{.refusals = refusals, .nr_refusals = ARRAY_SIZE(refusals)},
		{.rules = rules, .nr_rules = ARRAY_SIZE(rules)},
	};

	CHECK(assemble(f, ARRAY_SIZE(f)));
	CHECK_EQ(0, differences(f, ARRAY_SIZE(f)));
}

/* More than a jump's eight bits reach over, in the tree and within one call. */
TEST(filter_asm_reaches_far)
{
	static struct filter_rule rules[300];
	struct filter f = {.rules = rules, .nr_rules = ARRAY_SIZE(rules)};

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		rules[i] = (struct filter_rule){(long)i / 60 * 40 + (i % 60 > 50) * (long)i,
						i % 3 ? FILTER_EQ : FILTER_MASKED, (unsigned)i % 6,
						i * 0x1000000001, i * 0x100000001};
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (rules[i].test == FILTER_MASKED)
			rules[i].value &= rules[i].mask;
	CHECK(assemble(&f, 1));
	CHECK_EQ(0, differences(&f, 1));
}

TEST(filter_asm_of_nothing_kills)
{
	struct filter f = {.rules = NULL};

	CHECK(assemble(&f, 1));
	CHECK_EQ(0, differences(&f, 1));
}

TEST(filter_asm_refuses_what_does_not_fit)
{
	static const struct filter_rule far = {FILTER_CALLS_END, FILTER_ANY, 0, 0, 0};
	static struct filter_rule many[70], all[2];
	struct filter f = {.rules = &far, .nr_rules = 1};

	CHECK_EQ(-EINVAL, filter_assemble(&f, 1, insns, SIZE));
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = (struct filter_rule){1, FILTER_EQ, 0, 0, i};
	f = (struct filter){.rules = many, .nr_rules = ARRAY_SIZE(many)};
	CHECK_EQ(-E2BIG, filter_assemble(&f, 1, insns, SIZE));
	all[1].nr = 5;
	f = (struct filter){.rules = all, .nr_rules = ARRAY_SIZE(all)};
	CHECK_EQ(-E2BIG, filter_assemble(&f, 1, insns, 8));
}
