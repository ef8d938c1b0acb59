/*
 * Writing trampolines and jumps into guest memory: orders for the stub, one batch a site.
 *
 * Text is made writable for the batch and not longer.  A jump within one aligned
 * word is one store.  Else, with other threads about: `int3` first, together
 * with all of the first word but its first byte; a barrier on all cores; the second word;
 * a barrier; the first byte.  Who meets the int3 meanwhile traps and waits for
 * mmap_lock (fastpath_fault()).  The first word has the jump's bytes on
 * the way there as on the way back, so that no instruction behind the first that
 * reaches into the second is run while that changes.
 *
 * Locks: mm->mmap_lock is held.
 */
#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "lib/log.h"
#include "mm/fastpath_internal.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define INT3 0xcc
#define WORD sizeof(u64)

struct batch {
	struct host_op ops[24];
	u64 want[24]; /* of a compare and exchange: what has to stand there */
	unsigned nr;
};

#define ADD(b, ...) add_op(b, (struct host_op){.fd = HOSTFD_NONE, __VA_ARGS__})

static void add_op(struct batch *b, struct host_op op)
{
	assert(b->nr < ARRAY_SIZE(b->ops));
	b->want[b->nr] = op.args[1];
	b->ops[b->nr++] = op;
}

static void add_pages(struct batch *b, long nr, uaddr_t start, size_t size, u64 arg)
{
	uaddr_t from = ALIGN_DOWN(start, PAGE_SIZE), to = ALIGN_UP(start + size, PAGE_SIZE);

	ADD(b, .nr = nr, .args = {from, to - from, arg});
}

static void add_exchange(struct batch *b, uaddr_t addr, u64 old, u64 new_val)
{
	if (old != new_val)
		ADD(b, .nr = HOST_OP_CMPXCHG64, .args = {addr, old, new_val});
}

static void add_barrier(struct batch *b, bool alone)
{
	if (!alone)
		ADD(b, .nr = SYS_membarrier, .args = {MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE});
}

/* The five bytes at @site within the words that hold them. */
static void overlay(u64 words[2], uaddr_t site, const u8 *bytes, unsigned from, unsigned n)
{
	memcpy((u8 *)words + (site & (WORD - 1)) + from, bytes + from, n);
}

static void add_site(struct batch *b, uaddr_t site, const u64 now[2], const u8 *jump,
		     const u8 *want, bool alone)
{
	uaddr_t base = ALIGN_DOWN(site, WORD);
	unsigned off = site & (WORD - 1), first = (unsigned)min(WORD - off, (size_t)PATCH_JUMP);
	u64 end[2] = {now[0], now[1]}, mid[2] = {now[0], now[1]};

	overlay(end, site, want, 0, PATCH_JUMP);
	if (first == PATCH_JUMP || alone) {
		add_exchange(b, base, now[0], end[0]);
		add_exchange(b, base + WORD, now[1], end[1]);
		return;
	}
	overlay(mid, site, jump, 0, first);
	((u8 *)mid)[off] = INT3;
	add_exchange(b, base, now[0], mid[0]);
	add_barrier(b, false);
	add_exchange(b, base + WORD, now[1], end[1]);
	add_barrier(b, false);
	add_exchange(b, base, mid[0], end[0]);
	add_barrier(b, false);
}

static void add_trampoline(struct batch *b, const struct patch_site *s, const u8 *bytes)
{
	u64 words[PATCH_TRAMP_MAX / WORD];

	memcpy(words, bytes, sizeof(words));
	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		add_exchange(b, s->tramp + i * WORD, 0, words[i]);
}

static int run(struct vcpu *v, struct batch *b)
{
	int err = vcpu_host_ops(v, b->ops, b->nr);

	for (unsigned i = 0; i < b->nr && !err; i++)
		if (b->ops[i].nr == HOST_OP_CMPXCHG64 && b->ops[i].args[1] != b->want[i])
			err = -EAGAIN;
	return err;
}

/* Threads of other cores have to be reachable before anything is stored. */
static int ready_barriers(struct vcpu *v, struct fastpath *fp)
{
	int err = 0;

	if (!fp->barriers)
		err = (int)mm_host1(v, SYS_membarrier,
				    MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0, 0);
	if (!err)
		fp->barriers = true;
	return err;
}

static int read_words(struct vcpu *v, uaddr_t site, u64 ret[2])
{
	uaddr_t base = ALIGN_DOWN(site, WORD);
	size_t n = (site & (WORD - 1)) + PATCH_JUMP > WORD ? 2 * WORD : WORD;

	ret[1] = 0;
	return aspace_read(vcpu_aspace(v), ret, base, n) == (ssize_t)n ? 0 : -EFAULT;
}

static bool holds(const u64 words[2], uaddr_t site, const u8 *bytes)
{
	return !memcmp((const u8 *)words + (site & (WORD - 1)), bytes, PATCH_JUMP);
}

/* Whatever stopped a batch, leave the site with @want and the protection as it was. */
static void make_good(struct vcpu *v, const struct patch_site *s, const u8 *want, int prot)
{
	struct batch b = {.nr = 0};
	u64 now[2];

	if (read_words(v, s->site, now))
		return;
	add_pages(&b, SYS_mprotect, s->site, PATCH_JUMP, PROT_READ | PROT_WRITE | PROT_EXEC);
	add_pages(&b, SYS_madvise, s->site, PATCH_JUMP, MADV_POPULATE_WRITE);
	add_site(&b, s->site, now, s->jump, want, true);
	add_pages(&b, SYS_mprotect, s->site, PATCH_JUMP, (u64)prot);
	if (!holds(now, s->site, want) && run(v, &b)) {
		log_warn("text of a guest can be neither patched nor put back: its process is "
			 "killed");
		aspace_kill(vcpu_aspace(v));
		return;
	}
	b.nr = 0;
	add_pages(&b, SYS_mprotect, s->site, PATCH_JUMP, (u64)prot);
	(void)!run(v, &b);
}

int fp_store_new(struct vcpu *v, struct fastpath *fp, const struct patch_site *s, const u8 *tramp,
		 uaddr_t new_chunk, bool alone, int prot)
{
	const u64 all = PROT_READ | PROT_WRITE | PROT_EXEC, code = PROT_READ | PROT_EXEC;
	struct batch b = {.nr = 0};
	u64 now[2];
	int err = read_words(v, s->site, now);

	if (!err && !holds(now, s->site, s->orig))
		err = -EAGAIN;
	if (!err && !alone)
		err = ready_barriers(v, fp);
	if (err)
		return err;
	if (new_chunk) {
		ADD(&b, .nr = SYS_mmap,
		    .args = {new_chunk, PATCH_CHUNK, all,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, UINT64_MAX, 0});
		add_pages(&b, SYS_madvise, new_chunk, 1, MADV_POPULATE_WRITE);
		add_exchange(&b, new_chunk, 0, platform_info()->fast_entry);
	} else {
		add_pages(&b, SYS_mprotect, s->tramp, PATCH_TRAMP_MAX, all);
	}
	add_pages(&b, SYS_madvise, s->tramp, PATCH_TRAMP_MAX, MADV_POPULATE_WRITE);
	add_trampoline(&b, s, tramp);
	if (new_chunk)
		ADD(&b, .nr = SYS_mprotect, .args = {new_chunk, PATCH_CHUNK, code});
	else
		add_pages(&b, SYS_mprotect, s->tramp, PATCH_TRAMP_MAX, code);
	add_pages(&b, SYS_mprotect, s->site, PATCH_JUMP, all);
	add_pages(&b, SYS_madvise, s->site, PATCH_JUMP, MADV_POPULATE_WRITE);
	add_site(&b, s->site, now, s->jump, s->jump, alone);
	add_pages(&b, SYS_mprotect, s->site, PATCH_JUMP, (u64)prot);
	err = run(v, &b);
	if (!err || err == -ESRCH)
		return err;
	make_good(v, s, s->orig, prot);
	if (!new_chunk)
		(void)!mm_host1(v, SYS_mprotect, ALIGN_DOWN(s->tramp, PAGE_SIZE), PAGE_SIZE, code,
				0);
	else if ((uaddr_t)b.ops[0].ret == new_chunk)
		(void)!mm_host1(v, SYS_munmap, new_chunk, PATCH_CHUNK, 0, 0);
	return err;
}

int fp_store_old(struct vcpu *v, struct fastpath *fp, const struct patch_site *s, bool alone,
		 int prot)
{
	struct batch b = {.nr = 0};
	u64 now[2];
	int err = read_words(v, s->site, now);

	/* Not what we wrote: the host's page was thrown away, or the guest's stub was used. */
	if (!err && !holds(now, s->site, s->jump))
		return 0;
	if (!err && !alone)
		err = ready_barriers(v, fp);
	if (err)
		return err;
	add_pages(&b, SYS_mprotect, s->site, PATCH_JUMP, PROT_READ | PROT_WRITE | PROT_EXEC);
	add_pages(&b, SYS_madvise, s->site, PATCH_JUMP, MADV_POPULATE_WRITE);
	add_site(&b, s->site, now, s->jump, s->orig, alone);
	add_pages(&b, SYS_mprotect, s->site, PATCH_JUMP, (u64)prot);
	err = run(v, &b);
	if (err && err != -ESRCH)
		make_good(v, s, s->orig, prot);
	return err;
}
