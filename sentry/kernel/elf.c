/*
 * ELF headers (elf.h): a file of the guest's is read into checked values.
 *
 * Everything here is hostile: counts and sizes are bounded before memory is
 * taken, sums are checked for overflow, and nothing is read twice.
 */
#include "kernel/elf.h"

#include <limits.h>
#include <string.h>

#include "abi/arch.h"
#include "lib/alloc.h"

#define MAX_PHDRS_SIZE 65536

bool elf_is(const Elf64_Ehdr *ehdr)
{
	if (memcmp(ehdr->e_ident, ELFMAG, SELFMAG) != 0)
		return false;
	if (ehdr->e_type != ET_EXEC && ehdr->e_type != ET_DYN)
		return false;
	return ehdr->e_machine == ARCH_ELF_MACHINE && ehdr->e_ident[EI_CLASS] == ELFCLASS64;
}

static int read_phdrs(elf_read_fn read, void *src, struct elf *e)
{
	size_t size = (size_t)e->ehdr.e_phnum * sizeof(Elf64_Phdr);
	int err;

	if (e->ehdr.e_phentsize != sizeof(Elf64_Phdr) || size == 0 || size > MAX_PHDRS_SIZE)
		return -ENOEXEC;
	e->phdr = kzalloc(size);
	if (!e->phdr)
		return -ENOMEM;
	err = read(src, e->phdr, size, e->ehdr.e_phoff);
	return err == -ENOMEM ? err : err ? -ENOEXEC : 0;
}

static int read_interp(elf_read_fn read, void *src, const Elf64_Phdr *ph, struct elf *e)
{
	int err;

	if (ph->p_filesz < 2 || ph->p_filesz > PATH_MAX)
		return -ENOEXEC;
	e->interp = kzalloc(ph->p_filesz);
	if (!e->interp)
		return -ENOMEM;
	err = read(src, e->interp, ph->p_filesz, ph->p_offset);
	if (err)
		return err;
	return e->interp[ph->p_filesz - 1] ? -ENOEXEC : 0;
}

/* As on Linux, the first PT_INTERP and the last PT_GNU_STACK count. */
static int scan_phdrs(elf_read_fn read, void *src, struct elf *e)
{
	for (size_t i = 0; i < e->ehdr.e_phnum; i++) {
		const Elf64_Phdr *ph = &e->phdr[i];
		int err;

		if (ph->p_type == PT_GNU_STACK)
			e->exec_stack = ph->p_flags & PF_X;
		if (ph->p_type != PT_INTERP || e->interp)
			continue;
		err = read_interp(read, src, ph, e);
		if (err)
			return err;
	}
	return 0;
}

int elf_parse(elf_read_fn read, void *src, const Elf64_Ehdr *ehdr, struct elf *ret)
{
	struct elf e = {.ehdr = *ehdr, .load_align = PAGE_SIZE};
	int err;

	if (!elf_is(ehdr))
		return -ENOEXEC;
	err = read_phdrs(read, src, &e);
	if (!err)
		err = scan_phdrs(read, src, &e);
	if (err)
		elf_fini(&e);
	else
		*ret = e;
	return err;
}

static bool segment_fits(const Elf64_Phdr *ph, uaddr_t user_end)
{
	return ph->p_vaddr < user_end && ph->p_filesz <= ph->p_memsz &&
	       ph->p_memsz <= user_end - ph->p_vaddr && ph->p_offset <= INT64_MAX &&
	       ph->p_filesz <= INT64_MAX - ph->p_offset;
}

int elf_measure(struct elf *e, uaddr_t user_end)
{
	uaddr_t start = UINT64_MAX, end = 0;

	for (size_t i = 0; i < e->ehdr.e_phnum; i++) {
		const Elf64_Phdr *ph = &e->phdr[i];

		if (ph->p_type != PT_LOAD)
			continue;
		if (!segment_fits(ph, user_end))
			return -EINVAL;
		start = min(start, ALIGN_DOWN(ph->p_vaddr, PAGE_SIZE));
		end = max(end, ALIGN_UP(ph->p_vaddr + ph->p_memsz, PAGE_SIZE));
		if ((ph->p_align & (ph->p_align - 1)) == 0)
			e->load_align = max(e->load_align, ph->p_align);
	}
	if (end <= start)
		return -EINVAL;
	e->load_min = start;
	e->load_size = end - start;
	return 0;
}

void elf_fini(struct elf *e)
{
	kfree(e->phdr);
	kfree(e->interp);
	*e = (struct elf){0};
}
