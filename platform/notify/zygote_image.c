/*
 * What execve has left in the zygote: a stack nobody needs, and the host's vDSO.
 *
 * With address randomisation off (personality(2)) both stand at the top, beyond
 * all that is the guest's, and the vDSO stays where it is.  Where a container's
 * seccomp profile refuses that, they may be anywhere: everything but stub and
 * channel is unmapped then, and the host asked to map its vDSO anew, in a place
 * that we choose (checkpointing has the host offer that).  Without that too,
 * guests have none, and ask the sentry for the time.
 */
#include "platform/notify/zygote.h"

#include <elf.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "lib/log.h"
#include "platform/notify/notify.h"

#define VDSO_MAX_PAGES 32 /* its data included */

/* An entry of the auxiliary vector on the stack that exec made, at @sp; 0: not there. */
static int read_auxv(struct aspace *as, uaddr_t sp, u64 type, u64 *ret)
{
	u64 words[128];
	ssize_t n = aspace_read(as, words, sp, sizeof(words));
	size_t i = 1, len;

	if (n < 0)
		return (int)n;
	/* argc, arguments, NULL, environment, NULL, pairs. */
	len = (size_t)n / sizeof(words[0]);
	for (int nulls = 0; nulls < 2 && i < len; i++)
		nulls += words[i] == 0;
	*ret = 0;
	for (; i + 1 < len && words[i] != AT_NULL; i += 2)
		if (words[i] == type)
			*ret = words[i + 1];
	return 0;
}

static int read_vdso(struct aspace *as, uaddr_t vdso, struct platform_info *info)
{
	u64 end = 0;
	Elf64_Ehdr eh;
	Elf64_Phdr ph[8];

	if (aspace_read(as, &eh, vdso, sizeof(eh)) != sizeof(eh) || eh.e_phnum > ARRAY_SIZE(ph))
		return -EFAULT;
	if (aspace_read(as, ph, vdso + eh.e_phoff, eh.e_phnum * sizeof(ph[0])) < 0)
		return -EFAULT;
	for (unsigned i = 0; i < eh.e_phnum; i++)
		if (ph[i].p_type == PT_LOAD)
			end = max(end, ph[i].p_vaddr + ph[i].p_memsz);
	info->vdso = vdso;
	info->vdso_size = ALIGN_UP(end, PAGE_SIZE);
	return 0;
}

int zygote_image_find(struct aspace *as, uaddr_t sp, struct platform_info *info,
		      bool *ret_scattered)
{
	u64 vdso = 0;
	int err = read_auxv(as, sp, AT_SYSINFO_EHDR, &vdso);

	if (err)
		return err;
	*ret_scattered = sp < STACK_TOP - STACK_ZONE || (vdso != 0 && vdso < CHAN_END);
	return vdso && !*ret_scattered ? read_vdso(as, vdso, info) : 0;
}

unsigned zygote_image_clean(struct channel *ch, unsigned n, bool scattered)
{
	uaddr_t mine = channel_addr(ch, 0);

	if (!scattered) {
		CHAN_ORDER(ch, n++, SYS_munmap, STACK_TOP - STACK_ZONE, STACK_ZONE);
		return n;
	}
	CHAN_ORDER(ch, n++, SYS_munmap, 0, STUB_BASE);
	CHAN_ORDER(ch, n++, SYS_munmap, STUB_BASE + STUB_SIZE, mine - STUB_BASE - STUB_SIZE);
	CHAN_ORDER(ch, n++, SYS_munmap, mine + CHAN_SIZE, STACK_TOP - mine - CHAN_SIZE);
	return n;
}

void zygote_image_order_vdso(struct channel *ch)
{
	CHAN_ORDER(ch, 0, SYS_arch_prctl, ARCH_MAP_VDSO_64, VDSO_HOME);
}

/* Its data comes first, and may not be readable from outside. */
void zygote_image_found_vdso(struct aspace *as, struct platform_info *info)
{
	uaddr_t at = VDSO_HOME, end = VDSO_HOME + VDSO_MAX_PAGES * PAGE_SIZE;
	char magic[SELFMAG];

	for (; at < end; at += PAGE_SIZE) {
		if (aspace_read(as, magic, at, SELFMAG) != SELFMAG ||
		    memcmp(magic, ELFMAG, SELFMAG))
			continue;
		if (read_vdso(as, at, info))
			info->vdso = 0;
		return;
	}
	log_info("guests without vDSO: the host cannot map it where it is wanted");
}
