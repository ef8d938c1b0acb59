/*
 * Filters as programs of the host's kernel (filter.h)
 *
 * Numbers of calls fall into runs that get the same answer; a tree of
 * comparisons finds the run.  Where arguments count, the rules are tried in
 * the order in which they stand.
 *
 * A program is written from its end to its start: so the place that a jump
 * leads to is known when the jump is written, and whether its eight bits
 * reach there.
 */
#include "lib/filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#define NEAR      250 /* a jump reaches 255, and up to two others may be written before it */
#define ANSWERS   8   /* different ones that are looked for, to jump there */
#define RULES_MAX 64  /* of one call */
#define BY_ARGS   1u  /* not an answer of seccomp's: the rules of the call decide */

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

/* From call @first on, up to the next run. */
struct run {
	u32 first, answer;
};

struct assembler {
	const struct filter *filters;
	size_t nr_filters;
	struct sock_filter *prog;
	u32 at, end; /* the instructions that are written are prog[at] to prog[end - 1] */
	bool full;
	struct {
		u32 action, at; /* at 0: none */
	} answers[ANSWERS];
	u32 nr_runs;
	struct run runs[FILTER_CALLS_END + 1];
};

static u32 put(struct assembler *a, u16 code, u32 k, u8 jt, u8 jf)
{
	/* 0 is never written, so that it means "nowhere". */
	if (a->at == 1)
		a->full = true;
	else
		a->at--;
	a->prog[a->at] = (struct sock_filter){.code = code, .jt = jt, .jf = jf, .k = k};
	return a->at;
}

static u32 near(struct assembler *a, u32 target)
{
	if (target - a->at < NEAR)
		return target;
	return put(a, BPF_JMP | BPF_JA, target - a->at, 0, 0);
}

/* Compare the word that is loaded with @k, and go on at @yes or @no. */
static u32 branch(struct assembler *a, u16 test, u32 k, u32 yes, u32 no)
{
	yes = near(a, yes);
	no = near(a, no);
	return put(a, BPF_JMP | test | BPF_K, k, (u8)(yes - a->at), (u8)(no - a->at));
}

static u32 load(struct assembler *a, size_t offset)
{
	return put(a, BPF_LD | BPF_W | BPF_ABS, (u32)offset, 0, 0);
}

static u32 answer(struct assembler *a, u32 action)
{
	size_t i;

	for (i = 0; i < ANSWERS - 1 && a->answers[i].at; i++)
		if (a->answers[i].action == action)
			break;
	if (a->answers[i].action != action || !a->answers[i].at ||
	    a->answers[i].at - a->at >= NEAR) {
		a->answers[i].action = action;
		a->answers[i].at = put(a, BPF_RET | BPF_K, action, 0, 0);
	}
	return a->answers[i].at;
}

/* The low half of an argument, then the high one; the host is little-endian. */
static size_t half(const struct filter_rule *r, bool high)
{
	return offsetof(struct seccomp_data, args) + r->arg * sizeof(u64) + high * sizeof(u32);
}

static u32 masked_half(struct assembler *a, const struct filter_rule *r, bool high, u32 yes, u32 no)
{
	u32 mask = (u32)(r->mask >> (high ? 32 : 0));

	if (!mask)
		return yes;
	branch(a, BPF_JEQ, (u32)(r->value >> (high ? 32 : 0)), yes, no);
	if (mask != ~0u)
		put(a, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
	return load(a, half(r, high));
}

static bool same_word(const struct filter_rule *x, const struct filter_rule *y)
{
	return x->test == FILTER_EQ && y->test == FILTER_EQ && x->arg == y->arg &&
	       x->value >> 32 == y->value >> 32;
}

/* Rules @first to @last compare one argument with values whose upper halves are the same. */
static u32 equal(struct assembler *a, const struct filter_rule *const *rules, size_t first,
		 size_t last, u32 no)
{
	const struct filter_rule *r = rules[first];
	u32 at = no;

	for (size_t i = last + 1; i-- > first;)
		at = branch(a, BPF_JEQ, (u32)rules[i]->value, answer(a, SECCOMP_RET_ALLOW), at);
	at = load(a, half(r, false));
	branch(a, BPF_JEQ, (u32)(r->value >> 32), at, no);
	return load(a, half(r, true));
}

static u32 masked(struct assembler *a, const struct filter_rule *r, u32 no)
{
	u32 yes = answer(a, SECCOMP_RET_ALLOW);

	return masked_half(a, r, true, masked_half(a, r, false, yes, no), no);
}

static size_t rules_of(struct assembler *a, u32 call, const struct filter_rule **ret)
{
	size_t nr = 0;

	for (size_t i = 0; i < a->nr_filters; i++)
		for (size_t k = 0; k < a->filters[i].nr_rules; k++)
			if (a->filters[i].rules[k].nr == call) {
				if (nr == RULES_MAX)
					a->full = true;
				else
					ret[nr++] = &a->filters[i].rules[k];
			}
	return nr;
}

static u32 by_args(struct assembler *a, u32 call)
{
	const struct filter_rule *rules[RULES_MAX];
	size_t last = rules_of(a, call, rules), first;
	u32 at = answer(a, SECCOMP_RET_KILL_PROCESS);

	for (; last-- > 0; last = first) {
		first = last;
		if (rules[last]->test == FILTER_MASKED) {
			at = masked(a, rules[last], at);
			continue;
		}
		while (first > 0 && same_word(rules[first - 1], rules[last]))
			first--;
		at = equal(a, rules, first, last, at);
	}
	return at;
}

static u32 tree(struct assembler *a, u32 first, u32 last)
{
	u32 mid = first + (last - first + 1) / 2, left, right;

	if (first == last && a->runs[first].answer == BY_ARGS)
		return by_args(a, a->runs[first].first);
	if (first == last)
		return answer(a, a->runs[first].answer);
	right = tree(a, mid, last);
	left = tree(a, first, mid - 1);
	return branch(a, BPF_JGE, a->runs[mid].first, right, left);
}

/* What each call gets.  Refusals are for calls that no rule is about. */
static int decide(const struct filter *filters, size_t nr, u32 answers[FILTER_CALLS_END])
{
	for (u32 call = 0; call < FILTER_CALLS_END; call++)
		answers[call] = SECCOMP_RET_KILL_PROCESS;
	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; k < filters[i].nr_refusals; k++) {
			const struct filter_refusal *r = &filters[i].refusals[k];

			if (r->nr < 0 || r->nr >= FILTER_CALLS_END)
				return -EINVAL;
			answers[r->nr] = SECCOMP_RET_ERRNO | (u32)r->error;
		}
	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; k < filters[i].nr_rules; k++) {
			const struct filter_rule *r = &filters[i].rules[k];

			if (r->nr < 0 || r->nr >= FILTER_CALLS_END)
				return -EINVAL;
			if (r->test == FILTER_ANY)
				answers[r->nr] = SECCOMP_RET_ALLOW;
			else if (answers[r->nr] != SECCOMP_RET_ALLOW)
				answers[r->nr] = BY_ARGS;
		}
	return 0;
}

static void find_runs(struct assembler *a, const u32 answers[FILTER_CALLS_END])
{
	for (u32 call = 0; call < FILTER_CALLS_END; call++)
		if (!call || answers[call] != answers[call - 1] || answers[call] == BY_ARGS)
			a->runs[a->nr_runs++] = (struct run){call, answers[call]};
	a->runs[a->nr_runs++] = (struct run){FILTER_CALLS_END, SECCOMP_RET_KILL_PROCESS};
}

int filter_assemble(const struct filter *filters, size_t nr, struct sock_filter *prog, size_t size)
{
	struct assembler a = {
		.filters = filters,
		.nr_filters = nr,
		.prog = prog,
		.at = (u32)size,
		.end = (u32)size,
	};
	u32 answers[FILTER_CALLS_END], at;
	int err = decide(filters, nr, answers);

	if (err)
		return err;
	find_runs(&a, answers);
	at = tree(&a, 0, a.nr_runs - 1);
	/* x32 calls have numbers beyond all runs. */
	if (at != a.at)
		put(&a, BPF_JMP | BPF_JA, at - a.at, 0, 0);
	at = load(&a, offsetof(struct seccomp_data, nr));
	at = branch(&a, BPF_JEQ, NATIVE_ARCH, at, answer(&a, SECCOMP_RET_KILL_PROCESS));
	load(&a, offsetof(struct seccomp_data, arch));
	return a.full ? -E2BIG : (int)(a.end - a.at);
}
