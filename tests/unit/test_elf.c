/* kernel/elf.c: headers of files that mean no good */
#include "kernel/elf.h"

#include <stdlib.h>

#include "tests/unit/harness.h"

#define USER_END 0x7ffffffff000ull

/* A file in memory: header, then up to eight program headers, then bytes. */
struct image {
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdr[8];
	char tail[64];
};

static int read_image(void *src, void *buf, size_t size, u64 off)
{
	if (off > sizeof(struct image) || size > sizeof(struct image) - off)
		return -EIO;
	memcpy(buf, (char *)src + off, size);
	return 0;
}

/* A sound dynamic program: text, data with bss, an interpreter, a stack. */
static struct image sound(void)
{
	struct image im = {
		.ehdr = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
			 .e_type = ET_DYN,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_entry = 0x1000,
			 .e_phoff = sizeof(Elf64_Ehdr),
			 .e_ehsize = sizeof(Elf64_Ehdr),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 4},
		.phdr = {{.p_type = PT_LOAD,
			  .p_flags = PF_R | PF_X,
			  .p_vaddr = 0x1000,
			  .p_filesz = 0x800,
			  .p_memsz = 0x800,
			  .p_offset = 0x1000,
			  .p_align = 0x1000},
			 {.p_type = PT_LOAD,
			  .p_flags = PF_R | PF_W,
			  .p_vaddr = 0x3010,
			  .p_filesz = 0x10,
			  .p_memsz = 0x2000,
			  .p_offset = 0x2010,
			  .p_align = 0x4000},
			 {.p_type = PT_INTERP,
			  .p_offset = offsetof(struct image, tail),
			  .p_filesz = 7},
			 {.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W}},
		.tail = "/ld.so",
	};

	return im;
}

static int parse(struct image *im, struct elf *e)
{
	return elf_parse(read_image, im, &im->ehdr, e);
}

/* What parsing says of a sound image after one change. */
#define PARSE_WITH(change)                 \
	({                                 \
		struct image im = sound(); \
		struct elf e_ = {0};       \
		int err_;                  \
		change;                    \
		err_ = parse(&im, &e_);    \
		elf_fini(&e_);             \
		err_;                      \
	})

/* The same for measuring. */
#define MEASURE_WITH(change)                               \
	({                                                 \
		struct image im = sound();                 \
		struct elf e_ = {0};                       \
		int err_;                                  \
		change;                                    \
		err_ = parse(&im, &e_);                    \
		if (!err_)                                 \
			err_ = elf_measure(&e_, USER_END); \
		elf_fini(&e_);                             \
		err_;                                      \
	})

TEST(elf_sound_file)
{
	struct image im = sound();
	struct elf e = {0};

	REQUIRE(parse(&im, &e) == 0);
	CHECK_STR("/ld.so", e.interp);
	CHECK(!e.exec_stack);
	CHECK_EQ(0, elf_measure(&e, USER_END));
	CHECK_EQ(0x1000, e.load_min);
	CHECK_EQ(0x5000, e.load_size); /* 0x1000 to 0x5010, in pages */
	CHECK_EQ(0x4000, e.load_align);
	elf_fini(&e);
}

TEST(elf_other_machines_and_kinds)
{
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.ehdr.e_ident[1] = 'e'));
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.ehdr.e_machine = EM_AARCH64));
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.ehdr.e_type = ET_REL));
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.ehdr.e_type = ET_CORE));
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.ehdr.e_ident[EI_CLASS] = ELFCLASS32));
}

TEST(elf_program_headers_out_of_bounds)
{
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.ehdr.e_phnum = 0));
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.ehdr.e_phnum = 0xffff));
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.ehdr.e_phentsize = 32));
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.ehdr.e_phoff = UINT64_MAX));
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.ehdr.e_phoff = UINT64_MAX - 8));
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.ehdr.e_phoff = sizeof(struct image)));
}

TEST(elf_interpreter_names)
{
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.phdr[2].p_filesz = 0));
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.phdr[2].p_filesz = 1));
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.phdr[2].p_filesz = 5000));
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.phdr[2].p_filesz = UINT64_MAX));
	CHECK_EQ(-ENOEXEC, PARSE_WITH(im.phdr[2].p_filesz = 6)); /* no NUL */
	CHECK_EQ(-EIO, PARSE_WITH(im.phdr[2].p_offset = UINT64_MAX));
	CHECK_EQ(0, PARSE_WITH(im.phdr[2].p_type = PT_NULL));
}

TEST(elf_segments_outside)
{
	CHECK_EQ(-EINVAL, MEASURE_WITH(im.phdr[0].p_vaddr = USER_END));
	CHECK_EQ(-EINVAL, MEASURE_WITH(im.phdr[0].p_vaddr = UINT64_MAX));
	CHECK_EQ(-EINVAL, MEASURE_WITH(im.phdr[1].p_memsz = UINT64_MAX));
	CHECK_EQ(-EINVAL, MEASURE_WITH(im.phdr[1].p_memsz = USER_END));
	CHECK_EQ(-EINVAL, MEASURE_WITH(im.phdr[1].p_memsz = 8)); /* less than in the file */
	CHECK_EQ(-EINVAL, MEASURE_WITH(im.phdr[0].p_offset = UINT64_MAX));
	CHECK_EQ(-EINVAL, MEASURE_WITH(im.phdr[0].p_offset = INT64_MAX));
	CHECK_EQ(-EINVAL, MEASURE_WITH(im.phdr[0].p_type = im.phdr[1].p_type = PT_NULL));
	CHECK_EQ(0, MEASURE_WITH(im.phdr[0].p_vaddr = 0));
	CHECK_EQ(0, MEASURE_WITH(im.phdr[1].p_align = 3)); /* no power of two: ignored */
}

TEST(elf_random_headers_do_no_harm)
{
	srandom(1);
	for (int i = 0; i < 20000; i++) {
		struct image im = sound();
		struct elf e = {0};

		for (int n = random() % 8; n >= 0; n--)
			((u8 *)&im)[sizeof(im.ehdr.e_ident) +
				    (unsigned long)random() % (sizeof(im) - 16)] = (u8)random();
		if (parse(&im, &e))
			continue;
		if (elf_measure(&e, USER_END) == 0) {
			CHECK(e.load_min < USER_END);
			CHECK(e.load_size <= USER_END);
			CHECK((e.load_align & (e.load_align - 1)) == 0);
		}
		elf_fini(&e);
	}
}

TEST(elf_no_memory)
{
	for (long n = 1; n <= 2; n++) {
		struct image im = sound();
		struct elf e = {0};

		fault_alloc_at = n;
		CHECK_EQ(-ENOMEM, parse(&im, &e));
		fault_alloc_at = 0;
	}
}
