/*
 * Mapping an ELF program and its interpreter into a new address space (elf.h).
 *
 * A position-independent program stands near two thirds of the address space,
 * its interpreter where mmap would put it; a static one without interpreter
 * also where mmap would put it, as on Linux.
 */
#include "kernel/elf.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>

#include "fs/file.h"
#include "fs/inode.h"
#include "kernel/exec.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/mm.h"
#include "mm/uaccess.h"
#include "platform/platform.h"

#define MMAP_RND_BITS 28
#define BRK_RND_BITS  13 /* pages: 32 MiB */

static int read_file(void *src, void *buf, size_t size, u64 off)
{
	return exec_read(src, buf, size, off);
}

/* As on Linux, the program alone is safe from writing while it runs. */
static void allow_write(struct file *f)
{
	if (!(f->mode & FMODE_EXEC))
		return;
	f->mode &= ~FMODE_EXEC;
	inode_allow_write(f->inode);
}

static int prepare_interp(struct task *t, struct exec *x, struct elf_program *p)
{
	Elf64_Ehdr ehdr;
	int err;

	err = exec_open(t, x, p->elf.interp, &p->interp_file);
	if (err)
		return err;
	allow_write(p->interp_file);
	err = exec_read(p->interp_file, &ehdr, sizeof(ehdr), 0);
	if (err)
		return err;
	err = elf_parse(read_file, p->interp_file, &ehdr, &p->interp);
	return err == -ENOEXEC ? -ELIBBAD : err;
}

int elf_prepare(struct task *t, struct exec *x, struct elf_program *p)
{
	Elf64_Ehdr ehdr;
	int err;

	memcpy(&ehdr, x->head, sizeof(ehdr));
	err = elf_parse(read_file, x->file, &ehdr, &p->elf);
	if (!err && p->elf.interp)
		err = prepare_interp(t, x, p);
	return err;
}

void elf_program_fini(struct elf_program *p)
{
	elf_fini(&p->elf);
	elf_fini(&p->interp);
	if (p->interp_file)
		file_put(p->interp_file);
	p->interp_file = NULL;
}

static int segment_prot(const Elf64_Phdr *ph)
{
	return (ph->p_flags & PF_R ? PROT_READ : 0) | (ph->p_flags & PF_W ? PROT_WRITE : 0) |
	       (ph->p_flags & PF_X ? PROT_EXEC : 0);
}

static int map_file_part(struct task *t, struct exec *x, struct file *f, const Elf64_Phdr *ph,
			 uaddr_t addr, int fixed)
{
	u64 page_off = ph->p_vaddr & (PAGE_SIZE - 1);
	struct mmap_req req = {
		.addr = addr,
		.len = ph->p_filesz + page_off,
		.prot = segment_prot(ph),
		.flags = MAP_PRIVATE | fixed,
		.file = f,
		.off = ph->p_offset - page_off,
	};
	uaddr_t at;

	if (ph->p_offset < page_off || !IS_ALIGNED(req.off, PAGE_SIZE))
		return -EINVAL;
	return mm_mmap(t, x->mm, x->vcpu, &req, &at);
}

/* Pages of a segment that have no bytes in the file: writable whatever the segment says. */
static int map_bss(struct task *t, struct exec *x, uaddr_t start, uaddr_t end, bool exec)
{
	struct mmap_req req = {
		.addr = start,
		.len = end - start,
		.prot = PROT_READ | PROT_WRITE | (exec ? PROT_EXEC : 0),
		.flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
	};
	uaddr_t at;

	return start >= end ? 0 : mm_mmap(t, x->mm, x->vcpu, &req, &at);
}

/* @addr: of the segment's first page. */
static int map_segment(struct task *t, struct exec *x, struct file *f, const Elf64_Phdr *ph,
		       uaddr_t addr, int fixed)
{
	uaddr_t seg = addr + (ph->p_vaddr & (PAGE_SIZE - 1));
	uaddr_t zero = addr, zero_end = ALIGN_UP(seg + ph->p_memsz, PAGE_SIZE);
	int err;

	if (ph->p_filesz) {
		err = map_file_part(t, x, f, ph, addr, fixed);
		if (err)
			return err;
		zero = ALIGN_UP(seg + ph->p_filesz, PAGE_SIZE);
	}
	return ph->p_memsz > ph->p_filesz ? map_bss(t, x, zero, zero_end, ph->p_flags & PF_X) : 0;
}

int elf_map(struct task *t, struct exec *x, struct file *f, struct elf *e, uaddr_t base,
	    uaddr_t *ret_brk)
{
	int err, fixed = MAP_FIXED_NOREPLACE;
	uaddr_t brk = 0;

	if (base == ELF_ANYWHERE) {
		err = mm_find_room(x->mm, e->load_size, e->load_align, &base);
		if (err)
			return err;
	}
	e->bias = base - e->load_min;
	for (size_t i = 0; i < e->ehdr.e_phnum; i++) {
		const Elf64_Phdr *ph = &e->phdr[i];

		if (ph->p_type != PT_LOAD)
			continue;
		err = map_segment(t, x, f, ph, ALIGN_DOWN(ph->p_vaddr, PAGE_SIZE) + e->bias, fixed);
		if (err)
			return err;
		brk = max(brk, ph->p_vaddr + e->bias + ph->p_memsz);
		fixed = MAP_FIXED;
	}
	*ret_brk = brk;
	return 0;
}

/* Did a segment behind number @i map its file over the page of @addr (as linked)? */
static bool is_covered(const struct elf *e, size_t i, uaddr_t addr)
{
	while (++i < e->ehdr.e_phnum) {
		const Elf64_Phdr *ph = &e->phdr[i];

		if (ph->p_type == PT_LOAD && ph->p_filesz &&
		    addr >= ALIGN_DOWN(ph->p_vaddr, PAGE_SIZE) &&
		    addr < ALIGN_UP(ph->p_vaddr + ph->p_filesz, PAGE_SIZE))
			return true;
	}
	return false;
}

/* Clear what the file has behind the data of each segment, up to the page's end. */
static int zero_tails(struct exec *x, const struct elf *e)
{
	static const u8 zeros[PAGE_SIZE];

	for (size_t i = 0; i < e->ehdr.e_phnum; i++) {
		const Elf64_Phdr *ph = &e->phdr[i];
		uaddr_t start = ph->p_vaddr + ph->p_filesz;
		size_t n = ALIGN_UP(start, PAGE_SIZE) - start;

		if (ph->p_type != PT_LOAD || !ph->p_filesz || ph->p_memsz == ph->p_filesz || !n ||
		    is_covered(e, i, start))
			continue;
		/* As on Linux, a segment that is not writable keeps what the file has there. */
		if (mm_write(x->mm, start + e->bias, zeros, n) != (ssize_t)n && ph->p_flags & PF_W)
			return -EFAULT;
	}
	return 0;
}

int elf_finish(struct exec *x, const struct elf_program *p)
{
	int err = zero_tails(x, &p->elf);

	return !err && p->interp_file ? zero_tails(x, &p->interp) : err;
}

/* start_code and its kin, which /proc shows, and where the program headers stand. */
static uaddr_t note_areas(struct mm *mm, const struct elf *e)
{
	uaddr_t phdr = 0;

	mutex_lock(&mm->mmap_lock);
	mm->start_code = UINT64_MAX;
	for (size_t i = 0; i < e->ehdr.e_phnum; i++) {
		const Elf64_Phdr *ph = &e->phdr[i];
		uaddr_t start = ph->p_vaddr + e->bias, end = start + ph->p_filesz;

		if (ph->p_type != PT_LOAD)
			continue;
		if (ph->p_offset <= e->ehdr.e_phoff &&
		    e->ehdr.e_phoff - ph->p_offset < ph->p_filesz)
			phdr = e->ehdr.e_phoff - ph->p_offset + start;
		if (ph->p_flags & PF_X) {
			mm->start_code = min(mm->start_code, start);
			mm->end_code = max(mm->end_code, end);
		}
		mm->start_data = max(mm->start_data, start);
		mm->end_data = max(mm->end_data, end);
	}
	if (mm->start_code == UINT64_MAX)
		mm->start_code = 0;
	mutex_unlock(&mm->mmap_lock);
	return phdr;
}

static uaddr_t pie_base(uaddr_t user_end)
{
	return ALIGN_DOWN(user_end / 3 * 2, PAGE_SIZE);
}

/* Where load_min is to stand. */
static uaddr_t choose_base(struct task *t, const struct elf_program *p, uaddr_t user_end)
{
	const struct elf *e = &p->elf;
	uaddr_t base;

	if (e->ehdr.e_type == ET_EXEC)
		return e->load_min;
	if (!p->interp_file)
		return ELF_ANYWHERE;
	base = pie_base(user_end) + (exec_random(t, MMAP_RND_BITS) << PAGE_SHIFT);
	return ALIGN_DOWN(base, e->load_align);
}

static uaddr_t choose_brk(struct task *t, const struct elf_program *p, uaddr_t brk,
			  uaddr_t user_end)
{
	bool random = !(t->personality & ADDR_NO_RANDOMIZE);

	/* A program in the mmap area would have no room for its heap above it. */
	if (random && p->elf.ehdr.e_type == ET_DYN && !p->interp_file)
		brk = pie_base(user_end);
	brk = ALIGN_UP(brk, PAGE_SIZE);
	return brk + (exec_random(t, BRK_RND_BITS) << PAGE_SHIFT);
}

static int load_interp(struct task *t, struct exec *x, struct elf_program *p, uaddr_t user_end,
		       struct exec_image *img)
{
	struct elf *e = &p->interp;
	uaddr_t brk, base = ELF_ANYWHERE;
	int err;

	err = elf_measure(e, user_end);
	if (err)
		return err;
	if (e->ehdr.e_type == ET_EXEC)
		base = e->load_min;
	err = elf_map(t, x, p->interp_file, e, base, &brk);
	if (err)
		return err;
	img->interp_base = e->bias;
	img->entry = e->ehdr.e_entry + e->bias;
	return 0;
}

int elf_load(struct task *t, struct exec *x, struct elf_program *p, struct exec_image *img)
{
	uaddr_t user_end = platform_info()->user_end, brk;
	int err;

	err = elf_measure(&p->elf, user_end);
	if (err)
		return err;
	err = elf_map(t, x, x->file, &p->elf, choose_base(t, p, user_end), &brk);
	if (err)
		return err;
	img->phdr = note_areas(x->mm, &p->elf);
	img->nr_phdr = p->elf.ehdr.e_phnum;
	img->exec_stack = p->elf.exec_stack;
	img->program_entry = img->entry = p->elf.ehdr.e_entry + p->elf.bias;
	mm_set_brk_start(x->mm, choose_brk(t, p, brk, user_end));
	if (p->interp_file)
		err = load_interp(t, x, p, user_end, img);
	if (!err && (img->entry >= user_end || img->program_entry >= user_end))
		err = -EINVAL;
	return err;
}
