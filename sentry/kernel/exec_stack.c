/*
 * The first stack of a program (exec.h): from high to low
 *
 *	8 zero bytes; file name; environment; arguments
 *	a random gap; platform name; 16 random bytes
 *	auxv; envp[], NULL; argv[], NULL; argc     <- sp, 16-byte aligned
 *
 * It is put together in sentry memory and written in one piece.
 */
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/personality.h>

#include "abi/arch.h"
#include "host/host.h"
#include "kernel/cred.h"
#include "kernel/exec.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/mm.h"
#include "mm/uaccess.h"
#include "platform/platform.h"

#define STACK_SPARE    (32 * PAGE_SIZE) /* mapped below what is used at the start */
#define STACK_GAP_MASK 8191             /* random bytes below the strings */
#define CLOCKS_A_SEC   100

/* The stack while it is made: @buf holds the guest's [top - size, top). */
struct builder {
	u8 *buf;
	size_t size;
	uaddr_t top, sp; /* sp: what is used so far begins here */
};

u64 exec_random(struct task *t, unsigned bits)
{
	u64 r;

	if (t->personality & ADDR_NO_RANDOMIZE || host_getrandom(&r, sizeof(r)))
		return 0;
	return r & ((1ull << bits) - 1);
}

static void *at(struct builder *b, uaddr_t addr)
{
	return b->buf + (b->size - (b->top - addr));
}

/* @size was counted when the buffer was made, so there is room. */
static uaddr_t push(struct builder *b, const void *src, size_t size)
{
	b->sp -= size;
	if (size)
		memcpy(at(b, b->sp), src, size);
	return b->sp;
}

struct auxv_writer {
	u64 v[AUXV_MAX];
	unsigned n;
};

static void aux(struct auxv_writer *w, u64 type, u64 val)
{
	if (w->n + 2 > AUXV_MAX)
		panic("auxv is too short");
	w->v[w->n++] = type;
	w->v[w->n++] = val;
}

static void fill_auxv(struct auxv_writer *w, struct exec *x, const struct exec_image *img,
		      uaddr_t random, uaddr_t execfn, uaddr_t platform)
{
	const struct platform_info *pi = platform_info();

	if (pi->vdso)
		aux(w, AT_SYSINFO_EHDR, pi->vdso);
	aux(w, AT_MINSIGSTKSZ, getauxval(AT_MINSIGSTKSZ));
	aux(w, AT_HWCAP, getauxval(AT_HWCAP));
	aux(w, AT_PAGESZ, PAGE_SIZE);
	aux(w, AT_CLKTCK, CLOCKS_A_SEC);
	aux(w, AT_PHDR, img->phdr);
	aux(w, AT_PHENT, sizeof(Elf64_Phdr));
	aux(w, AT_PHNUM, img->nr_phdr);
	aux(w, AT_BASE, img->interp_base);
	aux(w, AT_FLAGS, 0);
	aux(w, AT_ENTRY, img->program_entry);
	aux(w, AT_UID, x->cred->uid);
	aux(w, AT_EUID, x->cred->euid);
	aux(w, AT_GID, x->cred->gid);
	aux(w, AT_EGID, x->cred->egid);
	aux(w, AT_SECURE, x->secure);
	aux(w, AT_RANDOM, random);
	aux(w, AT_HWCAP2, getauxval(AT_HWCAP2));
	aux(w, AT_EXECFN, execfn);
	aux(w, AT_PLATFORM, platform);
	aux(w, AT_NULL, 0);
}

static void push_u64(struct builder *b, u64 v)
{
	push(b, &v, sizeof(v));
}

/* The array of pointers to the strings of @sv, which stand at @strings in the guest. */
static void push_pointers(struct builder *b, const struct strv *sv, uaddr_t strings)
{
	uaddr_t end = b->sp, p;
	size_t off = 0;

	push_u64(b, 0);
	b->sp = p = end - (sv->nr + 1) * sizeof(u64);
	for (u32 i = 0; i < sv->nr; i++) {
		u64 val = strings + off;

		memcpy(at(b, p), &val, sizeof(val));
		p += sizeof(val);
		off += strlen(sv->buf + off) + 1;
	}
}

static int build(struct builder *b, struct task *t, struct exec *x, const struct exec_image *img)
{
	uaddr_t execfn, envs, args, platform, random;
	struct auxv_writer w = {.n = 0};
	size_t words;
	u8 bytes[16];
	int err;

	err = host_getrandom(bytes, sizeof(bytes));
	if (err)
		return err;
	push_u64(b, 0);
	execfn = push(b, x->filename, strlen(x->filename) + 1);
	envs = push(b, x->envp.buf, x->envp.len);
	args = push(b, x->argv.buf, x->argv.len);
	b->sp -= exec_random(t, 13) & STACK_GAP_MASK;
	b->sp &= ~15ull;
	platform = push(b, ARCH_PLATFORM, sizeof(ARCH_PLATFORM));
	random = push(b, bytes, sizeof(bytes));
	b->sp &= ~15ull;

	fill_auxv(&w, x, img, random, execfn, platform);
	words = w.n + x->envp.nr + 1 + x->argv.nr + 1 + 1;
	b->sp -= words & 1 ? sizeof(u64) : 0;
	push(b, w.v, w.n * sizeof(u64));
	push_pointers(b, &x->envp, envs);
	push_pointers(b, &x->argv, args);
	push_u64(b, x->argv.nr);

	mutex_lock(&x->mm->mmap_lock);
	memcpy(x->mm->auxv, w.v, sizeof(x->mm->auxv));
	x->mm->arg_start = args;
	x->mm->arg_end = x->mm->env_start = envs;
	x->mm->env_end = execfn;
	x->mm->start_stack = b->sp;
	mutex_unlock(&x->mm->mmap_lock);
	return 0;
}

static int map_stack(struct task *t, struct exec *x, const struct exec_image *img, size_t used)
{
	size_t len = ALIGN_UP(used, PAGE_SIZE) + STACK_SPARE;
	struct mmap_req req = {
		.addr = img->stack_top - len,
		.len = len,
		.prot = PROT_READ | PROT_WRITE | (img->exec_stack ? PROT_EXEC : 0),
		.flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN | MAP_STACK,
		.name = "[stack]",
	};
	uaddr_t ret;

	return mm_mmap(t, x->mm, x->vcpu, &req, &ret);
}

int exec_stack_map(struct task *t, struct exec *x, const struct exec_image *img,
		   struct exec_stack *ret)
{
	size_t strings = x->argv.len + x->envp.len + strlen(x->filename) + 1;
	size_t words = (size_t)x->argv.nr + x->envp.nr + AUXV_MAX + 8;
	struct builder b = {
		.size = ALIGN_UP(strings + words * sizeof(u64) + STACK_GAP_MASK + 128, 16),
		.top = img->stack_top,
		.sp = img->stack_top,
	};
	int err;

	b.buf = ret->buf = kzalloc(b.size);
	if (!b.buf)
		return -ENOMEM;
	err = build(&b, t, x, img);
	ret->bytes = at(&b, b.sp);
	ret->size = b.top - b.sp;
	ret->sp = b.sp;
	return err ? err : map_stack(t, x, img, ret->size);
}

int exec_stack_write(struct exec *x, const struct exec_stack *st)
{
	ssize_t n = mm_write(x->mm, st->sp, st->bytes, st->size);

	return n == (ssize_t)st->size ? 0 : -EFAULT;
}
