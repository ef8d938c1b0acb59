/* mm/: random operations, whose tree must agree with the host page by page */
#include "mm/vma.h"
#include "tests/unit/mm_fixture.h"

/* The tree agrees with the host, page by page, and with its own rules. */
static void compare(struct mm *mm)
{
	struct vma_info vi;
	u8 tree_page[WIN_PAGES] = {0};
	u64 pages = 0, last_end = 0;

	for (uaddr_t at = 0; mm_next_vma(mm, at, &vi); at = vi.end) {
		CHECK(vi.start >= last_end);
		last_end = vi.end;
		pages += (vi.end - vi.start) >> PAGE_SHIFT;
		for (uaddr_t p = vi.start; p < vi.end; p += PAGE_SIZE)
			if (in_window(p >> PAGE_SHIFT))
				tree_page[(p - WIN_BASE) >> PAGE_SHIFT] =
					(u8)(0x80 | vi.prot | (vi.flags & VMA_SHARED ? 0x40 : 0));
		if (vi.file)
			file_put(vi.file);
	}
	CHECK_EQ(pages, mm->total_vm);
	CHECK_MEM(host_page, tree_page, sizeof(host_page));
}

static u32 rnd(u32 below)
{
	static u64 state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (u32)(state >> 33) % below;
}

static int random_mremap(struct mm *mm, uaddr_t addr, size_t len)
{
	u32 to = rnd(WIN_PAGES - 12);
	size_t new_len = (1 + rnd(12)) * PAGE_SIZE;
	uaddr_t ret;
	int flags = 0;

	if (rnd(2))
		flags |= MREMAP_MAYMOVE | MREMAP_FIXED;
	if (rnd(4) == 0) {
		flags |= MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
		new_len = len;
	}
	if (rnd(8) == 0)
		len = 0;
	if (addr + new_len > W(WIN_PAGES))
		return 0;
	return mm_mremap(&task, mm, vcpu, addr, len, new_len, flags, W(to), &ret);
}

TEST(mm_random_operations_agree_with_the_host)
{
	struct file f = {.mode = FMODE_READ | FMODE_WRITE};
	struct mm *mm = make_mm();

	mm->nr_users = 1;
	for (int i = 0; i < 60000; i++) {
		u32 first = rnd(WIN_PAGES),
		    n = 1 + rnd(WIN_PAGES - first > 12 ? 12 : WIN_PAGES - first);
		uaddr_t addr = W(first), at;
		size_t len = n * PAGE_SIZE;
		int prot = (int)rnd(8), err = 0;
		struct mmap_req req = {.addr = addr, .len = len, .prot = prot, .last = rnd(2)};
		u32 what = rnd(8);

		if (rnd(40) == 0)
			host_fail = -ENOMEM;
		put_off = rnd(2);
		refuse = rnd(8) == 0 && what != 3;
		switch (what) {
		case 0:
			req.flags = FIXED;
			err = mm_mmap(&task, mm, vcpu, &req, &at);
			break;
		case 1:
			req.flags = MAP_FIXED | (rnd(2) ? MAP_SHARED : MAP_PRIVATE);
			req.file = &f;
			req.off = addr - WIN_BASE;
			err = mm_mmap(&task, mm, vcpu, &req, &at);
			break;
		case 2:
			req.flags = MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
			err = mm_mmap(&task, mm, vcpu, &req, &at);
			break;
		case 3:
			err = mm_munmap(mm, vcpu, addr, len);
			break;
		case 4:
			err = random_mremap(mm, addr, len);
			break;
		case 5:
			err = mm_madvise(&task, mm, vcpu, addr, len,
					 rnd(2) ? MADV_DONTFORK : MADV_DOFORK);
			break;
		default:
			err = mm_mprotect(&task, mm, vcpu, addr, len, prot);
			break;
		}
		put_off = false;
		host_fail = 0;
		err = (int)settle(mm, err);
		CHECK(err == 0 || err == -ENOMEM || err == -EEXIST || err == -EFAULT ||
		      err == -EINVAL);
		if (i % 16 == 0)
			compare(mm);
	}
	compare(mm);
	mm_put(mm);
	CHECK_EQ(0, nr_files);
}

/* Room found is free, and there is none higher (lower) by the plain way. */
TEST(mm_room_agrees_with_a_plain_search)
{
	struct vma_tree tree;
	struct vma vmas[200];

	vma_tree_init(&tree, 7);
	memset(vmas, 0, sizeof(vmas));
	for (int i = 0; i < 200; i++) {
		vmas[i].start = (u64)(i * 8 + (int)rnd(3) + 1) * PAGE_SIZE;
		vmas[i].end = vmas[i].start + (1 + rnd(5)) * PAGE_SIZE;
		if (rnd(10) == 0)
			vmas[i].flags = 0;
		vma_insert(&tree, &vmas[i]);
	}
	for (int i = 0; i < 100; i++)
		vma_erase(&tree, &vmas[(i * 37 + 11) % 200 / 2 * 2 + 1 < 200 ? i * 2 : i]);
	for (int round = 0; round < 2000; round++) {
		u64 len = (1 + rnd(14)) * PAGE_SIZE, low = rnd(900) * PAGE_SIZE;
		u64 high = low + rnd(900) * PAGE_SIZE, got = 0, want_hi = 0, want_lo = 0;
		bool any = false;

		for (u64 at = low; at + len <= high; at += PAGE_SIZE) {
			if (vma_find_range(&tree, at, at + len))
				continue;
			if (!any)
				want_lo = at;
			want_hi = at;
			any = true;
		}
		CHECK_EQ(any, vma_room_topdown(&tree, len, low, high, PAGE_SIZE, &got));
		if (any)
			CHECK_EQ(want_hi, got);
		CHECK_EQ(any, vma_room_bottomup(&tree, len, low, high, PAGE_SIZE, &got));
		if (any)
			CHECK_EQ(want_lo, got);
	}
}
