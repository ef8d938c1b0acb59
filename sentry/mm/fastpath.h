/*
 * The fast path: which call sites of a guest are patched, and that it never shows.
 *
 * A system call that trapped at the same place for the FASTPATH_TRAPS-th time has its site patched
 * (platform/patch/patch.h) to go through a trampoline to the platform's fast
 * entry.  Trampolines stand in chunks near the text that are in no tree of mappings.
 *
 * To the guest nothing has changed: registers are translated where they cross
 * (fastpath_get_regs(), fastpath_set_regs()), text that the sentry reads for it
 * has its own bytes (fastpath_hide()), and before a mapping with a site or a
 * chunk in it changes, the sites are put back (fastpath_vacate_locked()).
 * Only a load by the guest's own instructions sees the jump.
 *
 * Locks: mm->mmap_lock for changes; a spinlock of its own for looking up.
 */
#pragma once
#include "abi/regs.h"
#include "lib/base.h"
#include "mm/mm.h"
#include "platform/platform.h"

struct file_map;
struct fp_image;

struct task;
struct vcpu;

/* fastpath_enable - --fastpath=on|off; on until told otherwise.  Before the first program starts.
 */
void fastpath_enable(bool on);

/* fastpath_trapped_slow - fastpath_trapped() for a call that can be made fast */
void fastpath_trapped_slow(struct task *t, uaddr_t call, u64 nr);

/*
 * fastpath_trapped - a call of @t came the slow way, was served and has its result
 *
 * May patch the site; @t's vcpu is stopped in the call.
 */
static inline void fastpath_trapped(struct task *t, const struct vcpu_event *ev)
{
	if (ev->kind == VCPU_SYSCALL && !ev->call.fast && !ev->call.compat)
		fastpath_trapped_slow(t, ev->call.ip, ev->call.nr);
}

/*
 * fastpath_learn_locked - @v's memory is about to be copied: patch where copies of it trapped
 *
 * Locks: mm->mmap_lock is held.
 */
void fastpath_learn_locked(struct mm *mm, struct vcpu *v);

/*
 * fastpath_return - @t's vcpu, stopped in a fast call or not, will be let run
 *
 * If the trampoline it came through has been taken away meanwhile, it goes on
 * where that was about to.
 */
void fastpath_return(struct task *t);

/*
 * fastpath_fault - is a fault of @t the patching's own doing?
 *
 * A program that steps itself is unpatched from the first step on, and one that
 * runs a copy of patched code from then on.
 *
 * Return: true: its registers are set, it goes on; false: the fault is the
 * guest's, and *@addr what it is to be told.
 */
bool fastpath_fault(struct task *t, int signo, int code, uaddr_t *addr) must_check;

/* fastpath_get_regs, fastpath_set_regs - vcpu_get_regs(), vcpu_set_regs() as the guest knows them
 */
int fastpath_get_regs(struct mm *mm, struct vcpu *v, struct regs *ret) must_check;
int fastpath_set_regs(struct mm *mm, struct vcpu *v, const struct regs *regs) must_check;

/* fastpath_hide_slow - fastpath_hide() where something may be patched */
void fastpath_hide_slow(struct fastpath *fp, void *buf, uaddr_t addr, size_t size);

/* fastpath_hide - @buf was read from [addr, addr + size): show the guest's own bytes */
static inline void fastpath_hide(struct mm *mm, void *buf, uaddr_t addr, size_t size)
{
	struct fastpath *fp = __atomic_load_n(&mm->fast, __ATOMIC_ACQUIRE);

	if (unlikely(fp) && size)
		fastpath_hide_slow(fp, buf, addr, size);
}

/*
 * fastpath_first_locked - a chunk that meets [start, end); 0: none does
 *
 * Memory whose place is ours to choose stays clear of them.
 * Locks: mm->mmap_lock is held.
 */
uaddr_t fastpath_first_locked(const struct mm *mm, uaddr_t start, uaddr_t end);

/*
 * fastpath_vacate_locked - [start, end) will be unmapped, replaced, moved, or get
 * another protection: put back what is patched in it, and take chunks away
 *
 * Locks: mm->mmap_lock is held.
 */
void fastpath_vacate_locked(struct mm *mm, struct vcpu *v, uaddr_t start, uaddr_t end);

/* fastpath_discarded_locked - after a host's discard of [start, end): text came back as it was
 * mapped */
void fastpath_discarded_locked(struct mm *mm, struct vcpu *v, uaddr_t start, uaddr_t end);

/*
 * fastpath_image - patched text to be mapped in place of @map's, counted; NULL: there is none
 * @vm_flags: VMA_* of the mapping
 *
 * Locks: none.  May sleep.  Drop it with fp_image_put().
 */
struct fp_image *fastpath_image(struct file *f, const struct file_map *map, u32 vm_flags)
	must_check;
void fp_image_put(struct fp_image *img);

/*
 * fastpath_enter_locked - @img will be mapped at @text
 * @ret_chunk, @ret_fd: where its chunk goes, read and execute, private; both are of *@ret_fd,
 *                      the text at 0 and the chunk behind it
 *
 * fastpath_leave_locked: the host refused one of them.
 *
 * Return: false: it does not fit there.
 */
bool fastpath_enter_locked(struct mm *mm, struct fp_image *img, uaddr_t text, uaddr_t *ret_chunk,
			   hostfd_t *ret_fd) must_check;
void fastpath_leave_locked(struct mm *mm, struct vcpu *v);

/* FASTPATH_CHUNK - bytes of a chunk */
#define FASTPATH_CHUNK 0x10000ul

/*
 * fastpath_unpatch - put every site of @mm back, and patch no more: a debugger looks
 * @v: a stopped vcpu in it
 */
void fastpath_unpatch(struct mm *mm, struct vcpu *v);

/* fastpath_fork - what goes with a copy of memory; 0 or -ENOMEM.  Locks: old->mmap_lock is held. */
int fastpath_fork(struct mm *mm, const struct mm *old) must_check;

/* fastpath_free - with the last reference to its mm; NULL is fine */
void fastpath_free(struct fastpath *fp);
