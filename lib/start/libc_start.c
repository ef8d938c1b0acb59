/*
 * The C library's start, without asking the processor fifty times who it is
 *
 * glibc's __libc_start_main() runs cpuid for each level of each cache, twelve
 * times over.  In a virtual machine each of them is an exit to the hypervisor:
 * 0.26 ms, and a sandbox starts three programs.  This is the same function for a
 * static position-independent program, in the same order, with three: what the
 * processor can do decides which memcpy(3) is used, and the caches are taken to
 * be of common sizes.  Whatever is not looked at counts as missing, so another
 * variant of a function is used, never one that cannot run.
 *
 * It stands in place of libc-start.o, whose other names it defines too.  Those
 * names are the library's own: scripts/make/start.mk links it for the version it
 * was written for, and only if a program that is linked with it runs.
 *
 * It also relocates only those tables of pointers that the part to be played can
 * reach: each page of them is a fault and a copy, and most are the sentry's.  What
 * they are scripts/start.ld says; tests/lint/late.sh, that nobody else refers to them.
 *
 * Nothing here is relocated yet while _dl_relocate_static_pie() has not run, and
 * there is no canary before the thread is set up: no stack protector, and no call
 * that could be an indirect function.
 */
#include <cpuid.h>
#include <elf.h>
#include <stdlib.h>
#include <sys/platform/x86.h>
#include <unistd.h>

#include "lib/base.h"

typedef int main_fn(int, char **, char **);
typedef void init_fn(int, char **, char **);

/* Which state the processor saves with a switch: SSE, AVX, and the three of AVX-512. */
#define XCR0_AVX512    0xe6u

#define BIT_EBX_AVX512 (bit_AVX512F | bit_AVX512BW | bit_AVX512VL | bit_BMI2)
#define BIT_EBX_ERMS   (1u << 9)
#define BIT_EDX_FSRM   (1u << 4)

#define KIB            1024l
#define MIB            (1024 * KIB)

#pragma GCC visibility push(hidden)

/* What memcpy(3) and memset(3) go by; sizes as glibc finds them on a server's core. */
int __x86_string_control;
long __x86_data_cache_size = 32 * KIB;
long __x86_data_cache_size_half = 16 * KIB;
long __x86_shared_cache_size = 1 * MIB;
long __x86_shared_cache_size_half = 512 * KIB;
long __x86_shared_non_temporal_threshold = 16 * MIB;
long __x86_rep_movsb_threshold = 8 * KIB;
long __x86_rep_movsb_stop_threshold = 1 * MIB;
long __x86_rep_stosb_threshold = 2 * KIB;

/* Of the linker script: tables of the sentry, and of the benchmark. */
extern uintptr_t late_sentry_start[], late_sentry_end[], late_bench_start[], late_bench_end[];
extern char __ehdr_start[];
extern Elf64_Dyn _DYNAMIC[];

extern void *__libc_stack_end;
extern int __libc_enable_secure;
extern uintptr_t *_dl_random;
extern init_fn *const __preinit_array_start[], *const __preinit_array_end[];
extern init_fn *const __init_array_start[], *const __init_array_end[];
extern void (*const __fini_array_start[])(void), (*const __fini_array_end[])(void);

void _init(void);
void _fini(void);
void _dl_aux_init(Elf64_auxv_t *av);
void __tunables_init(char **env);
void _dl_relocate_static_pie(void);
void __libc_setup_tls(void);
void __libc_early_init(_Bool initial);
void __libc_init_first(int argc, char **argv, char **env);
void __libc_check_standard_fds(void);
const char *_dl_get_origin(void);

#pragma GCC visibility pop

int __cxa_atexit(void (*fn)(void *), void *arg, void *dso);
int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end);

/* Where a dlopen(3) of "$ORIGIN/..." would look: there is none. */
const char *_dl_get_origin(void)
{
	return (const char *)-1; /* not known */
}

static u32 xcr0(void)
{
	u32 lo, hi;

	__asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	return lo;
}

/* The bits that are seen by the resolvers of string functions. */
static void set_active(u32 leaf, const u32 bits[4])
{
	struct cpuid_feature *f = (void *)(uintptr_t)__x86_get_cpuid_feature_leaf(leaf);

	for (int i = 0; i < 4; i++)
		f->cpuid_array[i] = f->active_array[i] = bits[i];
}

static void look_at_cpu(void)
{
	u32 eax, ebx, ecx, edx, max, bits[4] = {0};

	__cpuid(0, max, ebx, ecx, edx);
	if (max < 7)
		return;
	__cpuid(1, eax, ebx, ecx, edx);
	if (!(ecx & bit_OSXSAVE) || (xcr0() & XCR0_AVX512) != XCR0_AVX512)
		ecx = 0;
	__cpuid_count(7, 0, eax, ebx, bits[2], edx);
	bits[1] = ebx & BIT_EBX_ERMS;
	if (ecx && (ebx & BIT_EBX_AVX512) == BIT_EBX_AVX512)
		bits[1] |= BIT_EBX_AVX512;
	bits[2] = 0;
	bits[3] = edx & BIT_EDX_FSRM;
	if (bits[3])
		__x86_rep_movsb_threshold = 2112;
	set_active(CPUID_INDEX_7, bits);
}

/* strcmp(3) is not yet there. */
static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* Which tables the part that @argv asks for has no use for: from @from[i] to @to[i]. */
struct late {
	const uintptr_t *from[2], *to[2];
};

static void find_late(int argc, char **argv, struct late *ret)
{
	const char *part = argc > 1 ? argv[1] : "";
	bool small = same(part, "gofer") || same(part, "do"), sentry = same(part, "sentry");

	*ret = (struct late){{NULL, NULL}, {NULL, NULL}};
	if (small) {
		ret->from[0] = late_sentry_start;
		ret->to[0] = late_sentry_end;
	}
	if (small || sentry) {
		ret->from[1] = late_bench_start;
		ret->to[1] = late_bench_end;
	}
}

static void relocate_word(uintptr_t *at, const struct late *late)
{
	for (int i = 0; i < 2; i++)
		if (at >= late->from[i] && at < late->to[i])
			return;
	*at += (uintptr_t)__ehdr_start;
}

static Elf64_Dyn *dynamic(Elf64_Sxword tag)
{
	Elf64_Dyn *d = _DYNAMIC;

	while (d->d_tag != tag && d->d_tag != DT_NULL)
		d++;
	return d;
}

/* The packed relocations: an address, or a word of 63 bits for what follows the last one. */
static void relocate_packed(int argc, char **argv)
{
	Elf64_Dyn *size = dynamic(DT_RELRSZ);
	const uintptr_t *r = (void *)(__ehdr_start + dynamic(DT_RELR)->d_un.d_ptr);
	const uintptr_t *end = r + size->d_un.d_val / sizeof(*r);
	uintptr_t *at = NULL;
	struct late late;

	if (size->d_tag == DT_NULL)
		return;
	find_late(argc, argv, &late);
	for (; r < end; r++) {
		if (!(*r & 1)) {
			at = (void *)(__ehdr_start + *r);
			relocate_word(at++, &late);
			continue;
		}
		for (int i = 0; i < 63; i++)
			if (*r >> (i + 1) & 1)
				relocate_word(at + i, &late);
		at += 63;
	}
	/* They are no more for _dl_relocate_static_pie() to do. */
	size->d_un.d_val = 0;
}

static void call_fini(void *arg)
{
	(void)arg;
	for (long i = __fini_array_end - __fini_array_start; i > 0; i--)
		__fini_array_start[i - 1]();
	_fini();
}

static void call_init(int argc, char **argv, char **env)
{
	for (init_fn *const *f = __preinit_array_start; f < __preinit_array_end; f++)
		(*f)(argc, argv, env);
	_init();
	for (init_fn *const *f = __init_array_start; f < __init_array_end; f++)
		(*f)(argc, argv, env);
}

/* As dl_setup_stack_chk_guard() and dl_setup_pointer_guard(): the host's random bytes. */
static void set_guards(void)
{
	__asm__ volatile("mov %0, %%fs:0x28" ::"r"(_dl_random[0] & ~(uintptr_t)0xff));
	__asm__ volatile("mov %0, %%fs:0x30" ::"r"(_dl_random[1]));
}

int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end)
{
	char **env = argv + argc + 1, **p = env;

	(void)init, (void)fini, (void)rtld_fini;
	__environ = env;
	__libc_stack_end = stack_end;
	while (*p++)
		;
	_dl_aux_init((Elf64_auxv_t *)p);
	__tunables_init(env);
	look_at_cpu();
	relocate_packed(argc, argv);
	_dl_relocate_static_pie();
	__libc_setup_tls();
	set_guards();
	__libc_early_init(true);
	__libc_init_first(argc, argv, env);
	__cxa_atexit(call_fini, NULL, NULL);
	if (__libc_enable_secure)
		__libc_check_standard_fds();
	call_init(argc, argv, env);
	exit(main(argc, argv, env));
}
