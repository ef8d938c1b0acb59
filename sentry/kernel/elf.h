/*
 * ELF files: headers read and checked (elf.c), segments mapped (elf_load.c).
 */
#pragma once
#include <elf.h>

#include "lib/base.h"

struct exec;
struct exec_image;
struct file;
struct task;

/* A file's headers, checked; owner: elf_fini(). */
struct elf {
	Elf64_Ehdr ehdr;
	Elf64_Phdr *phdr; /* ehdr.e_phnum of them; kfree() */
	char *interp;     /* PT_INTERP, or NULL; kfree() */
	bool exec_stack;
	uaddr_t load_min; /* elf_measure(): first page of the PT_LOADs, as linked */
	size_t load_size; /* bytes from there to the page after the last */
	u64 bias;         /* elf_map(): where it stands less where it was linked */
	u64 load_align;   /* of the most demanding PT_LOAD, a power of two >= PAGE_SIZE */
};

/* Reads @size bytes at @off of something; 0, or -EIO when there are fewer. */
typedef int (*elf_read_fn)(void *src, void *buf, size_t size, u64 off);

/*
 * elf_is - do these first bytes promise an ELF file of this machine?
 */
bool elf_is(const Elf64_Ehdr *ehdr);

/*
 * elf_parse - read and check the headers behind @ehdr
 * @src: what @read reads from
 *
 * Return: 0 with *@ret (elf_fini() it); -ENOEXEC for a file no kernel would run,
 * -EIO, -ENOMEM.
 */
int elf_parse(elf_read_fn read, void *src, const Elf64_Ehdr *ehdr, struct elf *ret) must_check;

/*
 * elf_measure - check where the segments are to go, and how much room they take
 *
 * After it every PT_LOAD is inside [0, @user_end) and no sum overflows; their
 * order and overlap is the mapping's business.  Apart from elf_parse() because
 * Linux finds this out when the old image is gone.
 * Return: 0 or -EINVAL.
 */
int elf_measure(struct elf *e, uaddr_t user_end) must_check;
void elf_fini(struct elf *e);

#define cleanup_elf  __attribute__((cleanup(elf_fini)))

#define ELF_ANYWHERE UINT64_MAX

/*
 * elf_map - map @e's segments of @f into the new address space of @x
 * @base: where load_min is to stand, page aligned, or ELF_ANYWHERE
 *
 * The host makes the mappings when the batch of x->mm ends; then elf_finish()
 * is due.  Return: 0 with the end of the bss.
 */
int elf_map(struct task *t, struct exec *x, struct file *f, struct elf *e, uaddr_t base,
	    uaddr_t *ret_brk) must_check;

/* A program and its interpreter between the steps of loading. */
struct elf_program {
	struct elf elf, interp;
	struct file *interp_file; /* NULL: static; counted */
};

/*
 * elf_prepare, elf_load, elf_finish - the program of @x and its interpreter, in three steps
 *
 * prepare reads and checks everything that can be refused while the old image
 * still stands; load maps; finish writes, once the host has mapped.
 */
int elf_prepare(struct task *t, struct exec *x, struct elf_program *p) must_check;
int elf_load(struct task *t, struct exec *x, struct elf_program *p, struct exec_image *ret)
	must_check;
int elf_finish(struct exec *x, const struct elf_program *p) must_check;
void elf_program_fini(struct elf_program *p);

#define cleanup_elf_program __attribute__((cleanup(elf_program_fini)))
