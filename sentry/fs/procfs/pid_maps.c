/*
 * /proc/PID/maps, smaps, smaps_rollup.
 *
 * Differs: which pages of a mapping are resident is the host's secret; smaps
 * gives sizes and flags, and shares out the resident size of the whole among
 * the mappings that can have pages, in proportion to their size.
 */
#include <limits.h>
#include <sys/sysmacros.h>

#include "fs/procfs/internal.h"
#include "mm/mm.h"
#include "mm/vma.h"

#define NAME_COLUMN 73

static void show_name(struct seq *s, const struct vma_info *vi, const struct path *root, char *buf)
{
	char *name = NULL;

	if (vi->file && !vi->name && !file_path(vi->file, root, buf, PATH_MAX, &name))
		seq_escape(s, name, "\n");
	else if (vi->name)
		seq_puts(s, vi->name);
}

static void show_line(struct seq *s, const struct vma_info *vi, const struct path *root, char *buf)
{
	size_t start = s->len;
	u64 dev = 0, ino = 0;

	if (vi->file && vi->file->inode) {
		dev = vi->file->inode->super->dev;
		ino = vi->file->inode->ino;
	}
	seq_printf(s, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", vi->start, vi->end,
		   vi->flags & VMA_READ ? 'r' : '-', vi->flags & VMA_WRITE ? 'w' : '-',
		   vi->flags & VMA_EXEC ? 'x' : '-', vi->flags & VMA_SHARED ? 's' : 'p',
		   vi->file ? vi->off : 0, major(dev), minor(dev), ino);
	if (vi->file || vi->name) {
		seq_pad(s, start, NAME_COLUMN);
		show_name(s, vi, root, buf);
	}
	seq_putc(s, '\n');
}

/* Call @fn for every mapping, with its line written. */
static int each_mapping(struct pseudo_file *pf, struct seq *s,
			void (*fn)(struct seq *s, const struct vma_info *vi, u64 ppm), u64 ppm)
{
	cleanup_path struct path root = proc_root_of(park_self()->owner);
	cleanup_free char *buf = kzalloc(PATH_MAX);
	struct vma_info vi;

	if (!buf)
		return -ENOMEM;
	for (uaddr_t at = 0; pf->mm && mm_next_vma(pf->mm, at, &vi); at = vi.end) {
		show_line(s, &vi, &root, buf);
		if (fn)
			fn(s, &vi, ppm);
		if (vi.file)
			file_put(vi.file);
	}
	return 0;
}

int proc_maps(struct pseudo_file *pf, struct seq *s)
{
	return each_mapping(pf, s, NULL, 0);
}

static void show_flags(struct seq *s, u32 flags)
{
	static const struct {
		u32 flag;
		char name[3];
	} names[] = {
		{VMA_READ, "rd"},        {VMA_WRITE, "wr"},     {VMA_EXEC, "ex"},
		{VMA_SHARED, "sh"},      {VMA_MAYREAD, "mr"},   {VMA_MAYWRITE, "mw"},
		{VMA_MAYEXEC, "me"},     {VMA_GROWSDOWN, "gd"}, {VMA_LOCKED, "lo"},
		{VMA_SEQUENTIAL, "sr"},  {VMA_RANDOM, "rr"},    {VMA_DONTCOPY, "dc"},
		{VMA_LOCKONFAULT, "lf"}, {VMA_NORESERVE, "nr"}, {VMA_WIPEONFORK, "wf"},
		{VMA_DONTDUMP, "dd"},    {VMA_HUGEPAGE, "hg"},  {VMA_NOHUGEPAGE, "nh"},
	};

	seq_puts(s, "VmFlags: ");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (flags & names[i].flag)
			seq_printf(s, "%s ", names[i].name);
	}
	seq_putc(s, '\n');
}

static void show_sizes(struct seq *s, u64 rss, bool file, u64 locked)
{
	seq_printf(s, "Rss:            %8lu kB\nPss:            %8lu kB\nPss_Dirty:      %8lu kB\n",
		   rss, rss, file ? 0 : rss);
	seq_printf(s, "Shared_Clean:   %8d kB\nShared_Dirty:   %8d kB\nPrivate_Clean:  %8lu kB\n",
		   0, 0, file ? rss : 0);
	seq_printf(s, "Private_Dirty:  %8lu kB\nReferenced:     %8lu kB\nAnonymous:      %8lu kB\n",
		   file ? 0 : rss, rss, file ? 0 : rss);
	seq_printf(s,
		   "KSM:            %8d kB\nLazyFree:       %8d kB\nAnonHugePages:  %8d kB\n"
		   "ShmemPmdMapped: %8d kB\nFilePmdMapped:  %8d kB\nShared_Hugetlb: %8d kB\n"
		   "Private_Hugetlb: %7d kB\nSwap:           %8d kB\nSwapPss:        %8d kB\n"
		   "Locked:         %8lu kB\n",
		   0, 0, 0, 0, 0, 0, 0, 0, 0, locked);
}

/* @ppm: resident millionths of what can have pages. */
static void show_smap(struct seq *s, const struct vma_info *vi, u64 ppm)
{
	u64 kb = (vi->end - vi->start) >> 10;
	u64 rss = vi->flags & VMA_PROT_MASK ? ALIGN_DOWN(kb * ppm / 1000000, 4) : 0;

	seq_printf(s, "Size:           %8lu kB\nKernelPageSize: %8d kB\nMMUPageSize:    %8d kB\n",
		   kb, 4, 4);
	show_sizes(s, rss, vi->file, vi->flags & VMA_LOCKED ? kb : 0);
	seq_puts(s, "THPeligible:           0\n");
	show_flags(s, vi->flags);
}

/* Sizes in kB of what can have pages, and of all that is resident. */
static void sum_up(struct mm *mm, u64 *ret_size, u64 *ret_rss, uaddr_t *ret_start, uaddr_t *ret_end)
{
	struct vma_info vi;

	*ret_size = *ret_start = *ret_end = 0;
	for (uaddr_t at = 0; mm_next_vma(mm, at, &vi); at = vi.end) {
		if (!*ret_end)
			*ret_start = vi.start;
		*ret_end = vi.end;
		if (vi.flags & VMA_PROT_MASK)
			*ret_size += (vi.end - vi.start) >> 10;
		if (vi.file)
			file_put(vi.file);
	}
	*ret_rss = mm_rss(mm) >> 10;
}

int proc_smaps(struct pseudo_file *pf, struct seq *s)
{
	u64 size, rss;
	uaddr_t start, end;

	if (!pf->mm)
		return 0;
	sum_up(pf->mm, &size, &rss, &start, &end);
	return each_mapping(pf, s, show_smap, size ? min(rss * 1000000 / size, 1000000ul) : 0);
}

int proc_smaps_rollup(struct pseudo_file *pf, struct seq *s)
{
	u64 size, rss;
	uaddr_t start, end;

	if (!pf->mm)
		return -ESRCH;
	sum_up(pf->mm, &size, &rss, &start, &end);
	seq_printf(s, "%08lx-%08lx ---p 00000000 00:00 0 ", start, end);
	seq_printf(s, "%*s[rollup]\n", 23, "");
	show_sizes(s, rss, false, pf->mm->locked_vm * 4);
	return 0;
}
