/*
 * Decoding of call sites and their trampolines: on byte arrays, by running what
 * comes out, and over every system call of the machine's own libraries.
 */
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "platform/patch/patch.h"
#include "tests/unit/harness.h"

#define AT 0x7f0000001000ull

static const char *decode(const void *bytes, size_t len, size_t call, u64 nr,
			  struct patch_plan *ret)
{
	struct patch_code c = {.addr = AT, .len = len, .bytes = bytes};

	return patch_decode(&c, AT + call, nr, ret);
}
#define DECODE(bytes, call, nr, p) decode(bytes, sizeof(bytes) - 1, call, nr, p)

static bool place(struct patch_chunk *c, const struct patch_plan *p, uaddr_t *ret)
{
	uaddr_t base;

	for (unsigned k = 0; patch_target(p, k, &base); k++) {
		patch_chunk_init(c, base);
		if (patch_chunk_take(c, p, ret))
			return true;
	}
	return false;
}

TEST(patch_mov_then_syscall)
{
	/* xor %edi,%edi; mov $39,%eax; syscall; ret */
	static const char code[] = "\x31\xff\xb8\x27\0\0\0\x0f\x05\xc3";
	struct patch_plan p;

	CHECK_STR(NULL, DECODE(code, 7, 39, &p));
	CHECK_EQ(PATCH_MOV, p.form);
	CHECK_EQ(AT + 2, p.site);
	CHECK_EQ(7, p.cover);
	CHECK_EQ(0, p.inside);
}

TEST(patch_mov_of_another_number_is_no_mov_form)
{
	/* The call came with 1, so it did not come past the mov: jumped to. */
	static const char code[] =
		"\x31\xff\xb8\x27\0\0\0\x0f\x05\x48\x3d\x01\xf0\xff\xff\x73\x01\xc3";
	struct patch_plan p;

	CHECK_STR(NULL, DECODE(code, 7, 1, &p));
	CHECK_EQ(PATCH_CALL, p.form);
}

TEST(patch_mov_to_r8_is_no_mov_to_eax)
{
	/* Ten times xor %edi,%edi, then mov $39,%r8d; syscall; cmp */
	static const char code[] =
		"\x31\xff\x31\xff\x31\xff\x31\xff\x31\xff\x31\xff\x31\xff\x31\xff"
		"\x41\xb8\x27\0\0\0\x0f\x05\x48\x3d\x01\xf0\xff\xff\x73\x01\xc3";
	struct patch_plan p;

	CHECK_STR(NULL, DECODE(code, 22, 39, &p));
	CHECK_EQ(PATCH_CALL, p.form);
}

TEST(patch_glibc_compare)
{
	static const char code[] = "\x31\xc0\x0f\x05\x48\x3d\0\xf0\xff\xff\x77\x56\xc3";
	struct patch_plan p;

	CHECK_STR(NULL, DECODE(code, 2, 0, &p));
	CHECK_EQ(PATCH_CALL, p.form);
	CHECK_EQ(AT + 2, p.site);
	CHECK_EQ(8, p.cover);
	CHECK_EQ(1, p.nr_insns);
	CHECK_EQ(1 << 2, p.inside);
}

TEST(patch_ret_and_padding)
{
	static const char nops[] = "\x0f\x05\xc3\x0f\x1f\x44\0\0";
	static const char code[] = "\x0f\x05\xc3\x48\x89\xc7\xc3";
	struct patch_plan p;

	CHECK_STR(NULL, DECODE(nops, 0, 5, &p));
	CHECK_EQ(3, p.cover);
	CHECK_STR("other code too near behind it", DECODE(code, 0, 5, &p));
}

TEST(patch_end_of_a_thread_in_glibc)
{
	/* 1: xor %edi,%edi; mov %edx,%eax; syscall; jmp 1b; other code: mov %rbx,%rdi */
	static const char code[] = "\x31\xff\x89\xd0\x0f\x05\xeb\xf8\x48\x89\xdf\xe8\0\0\0\0";
	struct patch_chunk c;
	u8 buf[PATCH_TRAMP_MAX];
	struct patch_site s;
	struct patch_plan p;
	uaddr_t tramp, to;

	CHECK_STR("other code too near behind it", DECODE(code, 4, 5, &p));
	CHECK_STR(NULL, DECODE(code, 4, SYS_exit, &p));
	CHECK_EQ(2, p.nr_insns);
	CHECK_EQ(1 << 2 | 1 << 4, p.inside);
	CHECK_EQ(7, p.cover);
	REQUIRE(place(&c, &p, &tramp) && patch_emit(&p, tramp, c.base, buf, &s));
	CHECK_EQ(0, memcmp(s.orig, code + 4, PATCH_JUMP));
	/* Whoever comes by the other code's own way is taken to its copy. */
	CHECK(patch_to_tramp(&s, AT + 8, &to));
	CHECK_EQ(0, memcmp(buf + (to - tramp), "\x48\x89\xdf", 3));
	CHECK_EQ(AT + 8, patch_to_guest(&s, to));
	CHECK(patch_to_tramp(&s, AT + 6, &to));
	CHECK_EQ(AT + 6, patch_to_guest(&s, to));
}

TEST(patch_refuses)
{
	static const char call[] = "\x0f\x05\xe8\0\0\0\0\xc3";
	static const char call_reg[] = "\x0f\x05\xff\xd0\xc3\x90\x90";
	static const char two[] = "\x0f\x05\x0f\x05\x0f\x05\xc3";
	static const char loop[] = "\x0f\x05\xe2\xfc\xc3\x90\x90";
	static const char jrcxz[] = "\x0f\x05\xe3\xfc\xc3\x90\x90";
	static const char cut[] = "\x0f\x05\x48\x3d\0";
	static const char xbegin[] = "\x0f\x05\xc7\xf8\0\0\0\0";
	static const char none[] = "\x0f\x0b\x90\x90\x90\x90";
	struct patch_plan p;

	CHECK(DECODE(call, 0, 5, &p));
	CHECK(DECODE(call_reg, 0, 5, &p));
	CHECK(DECODE(two, 0, 5, &p));
	CHECK(DECODE(loop, 0, 5, &p));
	CHECK(DECODE(jrcxz, 0, 5, &p));
	CHECK(DECODE(cut, 0, 5, &p));
	CHECK(DECODE(xbegin, 0, 5, &p));
	CHECK(DECODE(none, 0, 5, &p));
	CHECK(DECODE(none, 100, 5, &p));
}

TEST(patch_branches_and_rip_relative_operands_are_moved)
{
	/* syscall; je +0x10; jmp -0x20 */
	static const char jcc[] = "\x0f\x05\x74\x10\xeb\xe0";
	/* syscall; mov 0x1000(%rip),%rcx */
	static const char rip[] = "\x0f\x05\x48\x8b\x0d\0\x10\0\0\xc3";
	struct patch_plan p;
	struct patch_site s;
	struct patch_chunk c;
	u8 buf[PATCH_TRAMP_MAX];
	uaddr_t at;
	s32 rel;

	CHECK_STR(NULL, DECODE(jcc, 0, 5, &p));
	CHECK_EQ(2, p.nr_insns);
	CHECK_EQ(AT + 4 + 0x10, p.insn[0].target);
	CHECK_EQ(AT + 6 - 0x20, p.insn[1].target);
	REQUIRE(place(&c, &p, &at));
	REQUIRE(patch_emit(&p, at, c.base, buf, &s));
	CHECK_MEM("\x0f\x84", buf + 15, 2);
	memcpy(&rel, buf + 17, 4);
	CHECK_EQ(AT + 4 + 0x10, at + 21 + (u64)(s64)rel);
	CHECK_EQ(0xe9, buf[21]);

	CHECK_STR(NULL, DECODE(rip, 0, 5, &p));
	CHECK_EQ(AT + 9 + 0x1000, p.insn[0].target);
	REQUIRE(place(&c, &p, &at));
	REQUIRE(patch_emit(&p, at, c.base, buf, &s));
	memcpy(&rel, buf + 18, 4);
	CHECK_EQ(AT + 9 + 0x1000, at + 22 + (u64)(s64)rel);
}

TEST(patch_translates_both_ways)
{
	static const char code[] = "\x31\xc0\x0f\x05\x89\xc7\x89\xfe\x89\xf2\xc3";
	struct patch_plan p;
	struct patch_site s;
	struct patch_chunk c;
	u8 buf[PATCH_TRAMP_MAX];
	uaddr_t at, ip;

	CHECK_STR(NULL, DECODE(code, 2, 0, &p));
	CHECK_EQ(6, p.cover);
	CHECK_EQ(1 << 2 | 1 << 4, p.inside);
	REQUIRE(place(&c, &p, &at));
	REQUIRE(patch_emit(&p, at, c.base, buf, &s));
	CHECK_EQ(AT + 2, patch_to_guest(&s, at));
	CHECK_EQ(AT + 2, patch_to_guest(&s, at + 7));
	CHECK_EQ(AT + 2, patch_to_guest(&s, at + 13));
	CHECK_EQ(AT + 4, patch_to_guest(&s, at + 15));
	CHECK_EQ(AT + 6, patch_to_guest(&s, at + 17));
	CHECK_EQ(AT + 8, patch_to_guest(&s, at + 19));
	REQUIRE(patch_to_tramp(&s, AT + 4, &ip));
	CHECK_EQ(at + 15, ip);
	REQUIRE(patch_to_tramp(&s, AT + 6, &ip));
	CHECK_EQ(at + 17, ip);
	CHECK(!patch_to_tramp(&s, AT + 2, &ip));
	CHECK(!patch_to_tramp(&s, AT + 5, &ip));
	CHECK(!patch_to_tramp(&s, AT + 8, &ip));
}

TEST(patch_chunk_holds_many_and_they_do_not_overlap)
{
	static const char code[] = "\x0f\x05\x48\x3d\0\xf0\xff\xff\x77\x56\xc3";
	struct patch_chunk c;
	uaddr_t base, last = 0;
	struct patch_plan p;
	unsigned n = 0;

	CHECK_STR(NULL, DECODE(code, 0, 5, &p));
	REQUIRE(patch_target(&p, 0, &base));
	patch_chunk_init(&c, base);
	for (uaddr_t at; patch_chunk_take(&c, &p, &at); n++) {
		CHECK(at >= last + PATCH_TRAMP_MAX && at >= base + PATCH_UNIT);
		CHECK(at + PATCH_TRAMP_MAX <= base + PATCH_CHUNK);
		CHECK(patch_target_ok(&p, at));
		last = at;
	}
	CHECK(n >= 60);
}

/* What runs: a page of code, and a chunk of which the last unit is the fast entry. */
static u8 *text, *chunk_mem;
static struct patch_site ran;
static volatile int trapped;

static void on_trap(int sig, siginfo_t *info, void *ucp)
{
	greg_t *ip = &((ucontext_t *)ucp)->uc_mcontext.gregs[REG_RIP];
	uaddr_t to;

	(void)info;
	trapped = sig;
	if (!patch_to_tramp(&ran, (uaddr_t)*ip - (sig == SIGTRAP), &to))
		abort();
	*ip = (greg_t)to;
}

static bool map_both(const char *code, size_t len, size_t call, u64 nr, const char *entry,
		     size_t entry_len)
{
	struct patch_code c;
	struct patch_plan p;
	struct patch_chunk chunk;
	uaddr_t at, base;
	bool placed = false;

	text = mmap((void *)AT, PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (text == MAP_FAILED)
		return false;
	memcpy(text, code, len);
	c = (struct patch_code){.addr = (uaddr_t)text, .len = len, .bytes = text};
	if (patch_decode(&c, c.addr + call, nr, &p))
		return false;
	for (unsigned k = 0; !placed && patch_target(&p, k, &base); k++) {
		chunk_mem = mmap((void *)base, PATCH_CHUNK, PROT_READ | PROT_WRITE | PROT_EXEC,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		if (chunk_mem == MAP_FAILED)
			continue;
		patch_chunk_init(&chunk, base);
		placed = patch_chunk_take(&chunk, &p, &at);
		if (!placed)
			munmap(chunk_mem, PATCH_CHUNK);
	}
	if (!placed)
		return false;
	if (!patch_emit(&p, at, base, (u8 *)at, &ran))
		return false;
	memcpy(chunk_mem + PATCH_CHUNK - PATCH_UNIT, entry, entry_len);
	base += PATCH_CHUNK - PATCH_UNIT;
	memcpy(chunk_mem, &base, sizeof(base));
	memcpy((void *)ran.site, ran.jump, PATCH_JUMP);
	return true;
}

static void unmap_both(void)
{
	munmap(text, PAGE_SIZE);
	munmap(chunk_mem, PATCH_CHUNK);
}

/* mov $4242,%eax; jmp *%rcx */
static const char fast[] = "\xb8\x92\x10\0\0\xff\xe1";
/* sub $2,%rcx; jmp *%rcx */
static const char slow[] = "\x48\x8d\x49\xfe\xff\xe1";

static long run(const char *code, size_t len, size_t call, u64 nr, bool is_fast, size_t from)
{
	long ret;

	if (!map_both(code, len, call, nr, is_fast ? fast : slow, sizeof(fast) - 1))
		return -1;
	ret = ((long (*)(void))(uintptr_t)(text + from))();
	unmap_both();
	return ret;
}
#define RUN(code, call, nr, is_fast, from) run(code, sizeof(code) - 1, call, nr, is_fast, from)

TEST(patch_runs_mov_form)
{
	static const char code[] = "\xb8\x27\0\0\0\x0f\x05\xc3";

	CHECK_EQ(4242, RUN(code, 5, 39, true, 0));
	CHECK_EQ(getpid(), RUN(code, 5, 39, false, 0));
}

TEST(patch_runs_call_form)
{
	/* push $39; pop %rax; syscall; cmp $0x1000,%rax; ja 1f; inc %rax; 1: ret */
	static const char code[] = "\x6a\x27\x58\x0f\x05\x48\x3d\0\x20\0\0\x77\x03\x48\xff\xc0\xc3";
	/* push $39; pop %rax; syscall; ja (never, CF from before); inc %eax; ret */
	static const char jcc[] = "\x6a\x27\x58\xf9\x0f\x05\x77\x02\xff\xc0\xc3";

	CHECK_EQ(4243, RUN(code, 3, 39, true, 0));
	CHECK_EQ(4243, RUN(jcc, 4, 39, true, 0));
	CHECK_EQ(getpid() + 1, RUN(jcc, 4, 39, false, 0));
}

TEST(patch_who_comes_back_to_overwritten_code_traps)
{
	/* push $39; pop %rax; syscall; mov %eax,%ecx; lea 1(%rcx),%eax; ret: entered behind the
	 * call */
	static const char code[] = "\x6a\x27\x58\x0f\x05\x89\xc1\x8d\x41\x01\xc3"
				   "\xb8\x0a\0\0\0\xeb\xf3";
	/* entered at the lea, with 20 in ecx */
	static const char deep[] = "\x6a\x27\x58\x0f\x05\x90\x90\x8d\x41\x01\xc3"
				   "\xb9\x14\0\0\0\xeb\xf5";
	struct sigaction sa = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};

	sigaction(SIGILL, &sa, NULL);
	sigaction(SIGTRAP, &sa, NULL);
	CHECK_EQ(11, RUN(code, 3, 39, true, 11));
	CHECK(trapped);
	trapped = 0;
	CHECK_EQ(21, RUN(deep, 3, 39, true, 11));
	CHECK(trapped);
}

/* Every system call of a program: found by reading on from the start of its text. */
struct tally {
	unsigned sites, mov, call, refused, unplaced;
};

static void tally_site(const u8 *bytes, size_t size, size_t off, uaddr_t addr, struct tally *t)
{
	size_t before = min(off, (size_t)PATCH_BEFORE);
	struct patch_code c = {
		.addr = addr + off - before,
		.len = min(size - off, (size_t)PATCH_AFTER) + before,
		.bytes = bytes + off - before,
	};
	u8 buf[PATCH_TRAMP_MAX];
	struct patch_plan p;
	struct patch_site s;
	struct patch_chunk chunk;
	u32 nr = 0;
	uaddr_t at;

	t->sites++;
	if (off >= 5 && bytes[off - 5] == 0xb8)
		memcpy(&nr, bytes + off - 4, sizeof(nr));
	if (patch_decode(&c, addr + off, nr, &p)) {
		t->refused++;
		return;
	}
	if (!place(&chunk, &p, &at) || !patch_emit(&p, at, chunk.base, buf, &s)) {
		t->unplaced++;
		return;
	}
	if (p.form == PATCH_MOV)
		t->mov++;
	else
		t->call++;
	for (unsigned i = 0; i < s.nr_map; i++)
		CHECK_EQ(p.site + s.map[i].orig, patch_to_guest(&s, s.tramp + s.map[i].at));
	CHECK(s.size <= PATCH_TRAMP_MAX);
}

/* Text is read as bytes here, so what is counted includes a few 0f 05 that are no call. */
static void tally_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct tally t = {0};
	struct stat st;
	const u8 *m = MAP_FAILED;
	const Elf64_Ehdr *eh;

	if (fd >= 0 && fstat(fd, &st) == 0)
		m = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd >= 0)
		close(fd);
	if (m == MAP_FAILED)
		return;
	eh = (const Elf64_Ehdr *)m;
	for (int i = 0; i < eh->e_phnum; i++) {
		const Elf64_Phdr *ph = (const Elf64_Phdr *)(m + eh->e_phoff) + i;

		if (ph->p_type != PT_LOAD || !(ph->p_flags & PF_X))
			continue;
		for (size_t off = 0; off + 2 < ph->p_filesz; off++)
			if (m[ph->p_offset + off] == 0x0f && m[ph->p_offset + off + 1] == 0x05)
				tally_site(m + ph->p_offset, ph->p_filesz, off, AT, &t);
	}
	printf("# %s: %u sites, %u mov, %u call, %u refused, %u without a place\n", path, t.sites,
	       t.mov, t.call, t.refused, t.unplaced);
	CHECK(t.sites == 0 || (t.mov + t.call) * 10 >= t.sites * 8);
	munmap((void *)m, (size_t)st.st_size);
}

TEST(patch_real_programs)
{
	static const char *const files[] = {
		"/lib/x86_64-linux-gnu/libc.so.6",
		"/lib64/ld-linux-x86-64.so.2",
		"/bin/busybox",
		"/usr/lib/x86_64-linux-musl/libc.so",
		"/usr/sbin/runc",
		"/usr/bin/python3",
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		tally_file(files[i]);
}
