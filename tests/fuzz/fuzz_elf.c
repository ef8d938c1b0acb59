/* kernel/elf.c under libFuzzer: whatever the file says, checked values come out or an errno. */
#include <stdlib.h>
#include <string.h>

#include "kernel/elf.h"

#define USER_END 0x7ffffffff000ull

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *data;
	size_t size;
};

static int read_input(void *src, void *buf, size_t size, u64 off)
{
	const struct input *in = src;

	if (off > in->size || size > in->size - off)
		return -EIO;
	memcpy(buf, in->data + off, size);
	return 0;
}

/* What the loader relies on. */
static void check(const struct elf *e)
{
	assert(e->load_size > 0 && e->load_size <= USER_END - e->load_min);
	assert(IS_ALIGNED(e->load_min, PAGE_SIZE) && IS_ALIGNED(e->load_size, PAGE_SIZE));
	assert(e->load_align >= PAGE_SIZE && !(e->load_align & (e->load_align - 1)));
	for (size_t i = 0; i < e->ehdr.e_phnum; i++) {
		const Elf64_Phdr *ph = &e->phdr[i];

		if (ph->p_type == PT_LOAD)
			assert(ph->p_vaddr >= e->load_min &&
			       ph->p_vaddr - e->load_min + ph->p_memsz <= e->load_size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	Elf64_Ehdr ehdr;
	struct elf e;

	if (size < sizeof(ehdr))
		return 0;
	memcpy(&ehdr, data, sizeof(ehdr));
	if (elf_parse(read_input, &in, &ehdr, &e))
		return 0;
	if (e.interp)
		assert(strlen(e.interp) < 4096);
	if (elf_measure(&e, USER_END) == 0)
		check(&e);
	elf_fini(&e);
	return 0;
}
