/* Which calls `--trace=CALLS` selects (strace.h). */
#include "kernel/strace_internal.h"

static const struct {
	const char *name;
	u16 flag;
} classes[] = {
	{"file", CALL_file},   {"desc", CALL_desc},  {"memory", CALL_mm},    {"mm", CALL_mm},
	{"signal", CALL_sig},  {"sig", CALL_sig},    {"process", CALL_proc}, {"proc", CALL_proc},
	{"network", CALL_net}, {"net", CALL_net},    {"ipc", CALL_ipc},      {"clock", CALL_time},
	{"time", CALL_time},   {"creds", CALL_cred}, {"cred", CALL_cred},
};

static void select_nr(struct strace_filter *f, unsigned nr)
{
	f->bits[nr / 64] |= 1ull << (nr % 64);
}

static bool is_word(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !memcmp(word, name, len);
}

static bool select_class(struct strace_filter *f, const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (!is_word(word, len, classes[i].name))
			continue;
		for (unsigned nr = 0; nr < nr_syscalls; nr++)
			if (syscall_table[nr].flags & classes[i].flag)
				select_nr(f, nr);
		return true;
	}
	return false;
}

static bool select_call(struct strace_filter *f, const char *word, size_t len)
{
	for (unsigned nr = 0; nr < nr_syscalls; nr++) {
		if (syscall_table[nr].name[0] && is_word(word, len, syscall_table[nr].name)) {
			select_nr(f, nr);
			return true;
		}
	}
	return false;
}

static void select_all(struct strace_filter *f)
{
	memset(f->bits, 0xff, sizeof(f->bits));
	f->others = true;
}

/* One word of the list; a call called as a class is (there is `time`) comes second to %class. */
static bool select_word(struct strace_filter *f, const char *word, size_t len)
{
	bool percent = len && *word == '%';

	if (is_word(word, len, "all")) {
		select_all(f);
		return true;
	}
	if (is_word(word, len, "none"))
		return true;
	if (percent)
		return select_class(f, word + 1, len - 1);
	return select_call(f, word, len) || select_class(f, word, len);
}

int strace_filter_parse(const char *calls, struct strace_filter *ret)
{
	struct strace_filter f = {0};
	bool inverse = calls && *calls == '!';

	if (!calls) {
		select_all(&f);
		*ret = f;
		return 0;
	}
	for (const char *p = calls + inverse;; p++) {
		size_t len = strcspn(p, ",");

		if (!select_word(&f, p, len))
			return -EINVAL;
		p += len;
		if (!*p)
			break;
	}
	if (inverse) {
		for (size_t i = 0; i < ARRAY_SIZE(f.bits); i++)
			f.bits[i] = ~f.bits[i];
		f.others = !f.others;
	}
	*ret = f;
	return 0;
}

bool strace_wanted(const struct strace_filter *f, u64 nr)
{
	return syscall_lookup(nr) ? f->bits[nr / 64] >> (nr % 64) & 1 : f->others;
}
