/* mm/: the tree of mappings, its limits, and what each call makes of it */
#include "mm/vma.h"
#include "tests/unit/mm_fixture.h"

TEST(mm_search_is_topdown_and_merges)
{
	cleanup_mm struct mm *mm = make_mm();
	uaddr_t a, b;

	CHECK_EQ(0, map(mm, 0, 1, RW, ANON, &a));
	CHECK_EQ(mm->mmap_base, a + PAGE_SIZE);
	CHECK_EQ(0, map(mm, 0, PAGE_SIZE, RW, ANON, &b));
	CHECK_EQ(a - PAGE_SIZE, b);
	CHECK_EQ(1, count_vmas(mm));
	CHECK_EQ(2, mm->total_vm);
	CHECK_EQ(2, mm->data_vm);
	CHECK_EQ(0, mm_munmap(mm, vcpu, b, 2 * PAGE_SIZE));
	CHECK_EQ(0, mm->total_vm);
}

TEST(mm_huge_mappings_are_aligned)
{
	cleanup_mm struct mm *mm = make_mm();
	uaddr_t a;

	CHECK_EQ(0, map(mm, 0, 4ul << 20, RW, ANON, &a));
	CHECK_EQ(0, a & ((2ul << 20) - 1));
}

TEST(mm_errors_as_linux)
{
	cleanup_mm struct mm *mm = make_mm();
	uaddr_t a;

	CHECK_EQ(-EINVAL, map(mm, 0, 0, RW, ANON, NULL));
	CHECK_EQ(-EINVAL, map(mm, W(0) + 1, PAGE_SIZE, RW, FIXED, NULL));
	CHECK_EQ(-EINVAL, map(mm, 0, PAGE_SIZE, RW, MAP_ANONYMOUS, NULL));
	CHECK_EQ(-ENOMEM, map(mm, USER_END, PAGE_SIZE, RW, FIXED, NULL));
	CHECK_EQ(-ENOMEM, map(mm, 0, SIZE_MAX, RW, ANON, NULL));
	CHECK_EQ(-EPERM, map(mm, PAGE_SIZE, PAGE_SIZE, RW, FIXED, NULL));
	CHECK_EQ(0, map(mm, W(0), PAGE_SIZE, RW, FIXED, &a));
	CHECK_EQ(-EEXIST, map(mm, W(0), PAGE_SIZE, RW, ANON | MAP_FIXED_NOREPLACE, NULL));
	CHECK_EQ(-EINVAL, mm_munmap(mm, vcpu, W(0) + 1, PAGE_SIZE));
	CHECK_EQ(-EINVAL, mm_munmap(mm, vcpu, W(0), 0));
	CHECK_EQ(-EINVAL, mm_munmap(mm, vcpu, USER_END, PAGE_SIZE));
	CHECK_EQ(0, mm_munmap(mm, vcpu, W(9), PAGE_SIZE));
	CHECK_EQ(-ENOMEM, mm_mprotect(&task, mm, vcpu, W(0), 2 * PAGE_SIZE, PROT_READ));
	CHECK_EQ(0x80 | PROT_READ, host_page[0]);
	CHECK_EQ(-EINVAL, mm_mprotect(&task, mm, vcpu, W(0), PAGE_SIZE, 0x100));
}

TEST(mm_limits)
{
	cleanup_mm struct mm *mm = make_mm();

	limits[RLIMIT_AS] = 4 * PAGE_SIZE;
	CHECK_EQ(0, map(mm, W(0), 4 * PAGE_SIZE, RW, FIXED, NULL));
	CHECK_EQ(-ENOMEM, map(mm, 0, PAGE_SIZE, RW, ANON, NULL));
	/* What is replaced does not count twice. */
	CHECK_EQ(0, map(mm, W(0), 4 * PAGE_SIZE, RW, FIXED, NULL));
	limits[RLIMIT_AS] = RLIM64_INFINITY;
	limits[RLIMIT_DATA] = 4 * PAGE_SIZE;
	CHECK_EQ(0, map(mm, W(8), PAGE_SIZE, PROT_READ, FIXED, NULL));
	CHECK_EQ(-ENOMEM, mm_mprotect(&task, mm, vcpu, W(8), PAGE_SIZE, RW));
	limits[RLIMIT_MEMLOCK] = 0;
	CHECK_EQ(-EPERM, map(mm, 0, PAGE_SIZE, PROT_READ, ANON | MAP_LOCKED, NULL));
	limits[RLIMIT_MEMLOCK] = PAGE_SIZE;
	CHECK_EQ(-EAGAIN, map(mm, 0, 2 * PAGE_SIZE, PROT_READ, ANON | MAP_LOCKED, NULL));
}

TEST(mm_host_failure_changes_nothing)
{
	cleanup_mm struct mm *mm = make_mm();

	CHECK_EQ(0, map(mm, W(0), 8 * PAGE_SIZE, RW, FIXED, NULL));
	host_fail = -ENOMEM;
	CHECK_EQ(-ENOMEM, mm_munmap(mm, vcpu, W(2), PAGE_SIZE));
	host_fail = -ENOMEM;
	CHECK_EQ(-ENOMEM, mm_mprotect(&task, mm, vcpu, W(2), PAGE_SIZE, PROT_READ));
	host_fail = -ENOMEM;
	CHECK_EQ(-ENOMEM, map(mm, W(2), PAGE_SIZE, RW, FIXED, NULL));
	CHECK_EQ(1, count_vmas(mm));
	CHECK_EQ(8, mm->total_vm);
}

TEST(mm_nothing_leaks_when_memory_is_short)
{
	cleanup_mm struct mm *mm = make_mm();
	int err = -ENOMEM;

	CHECK_EQ(0, map(mm, W(0), 8 * PAGE_SIZE, RW, FIXED, NULL));
	for (long n = 1; err; n++) {
		fault_alloc_at = n;
		err = mm_mprotect(&task, mm, vcpu, W(2), PAGE_SIZE, PROT_READ);
		fault_alloc_at = 0;
		CHECK(err == 0 || err == -ENOMEM);
	}
	CHECK_EQ(3, count_vmas(mm));
}

TEST(mm_stack_grows_to_its_limit)
{
	cleanup_mm struct mm *mm = make_mm();
	uaddr_t top = 0x7fef00000000ul;

	CHECK_EQ(0, map(mm, top - PAGE_SIZE, PAGE_SIZE, RW, FIXED | MAP_GROWSDOWN, NULL));
	CHECK(mm_fault(&task, mm, vcpu, top - 0x10000));
	CHECK(mm->stack_vm >= 16);
	CHECK(mm_fault(&task, mm, vcpu, top - (8ul << 20)));
	CHECK(!mm_fault(&task, mm, vcpu, top - (8ul << 20) - 1));
	CHECK_EQ(1, count_vmas(mm));
	/* Others keep away from it. */
	CHECK_EQ(0, map(mm, top - (9ul << 20) - 8 * PAGE_SIZE, PAGE_SIZE, RW, FIXED, NULL));
}

TEST(mm_brk_moves)
{
	cleanup_mm struct mm *mm = make_mm();

	mm_set_brk_start(mm, W(4) + 100);
	CHECK_EQ(W(4) + 100, mm_brk(&task, mm, vcpu, 0));
	CHECK_EQ(W(6), mm_brk(&task, mm, vcpu, W(6)));
	CHECK_EQ(0x80 | RW, host_page[5]);
	CHECK_EQ(0, host_page[4]);
	CHECK_EQ(W(6), mm_brk(&task, mm, vcpu, W(4)));
	CHECK_EQ(W(5) + 1, mm_brk(&task, mm, vcpu, W(5) + 1));
	CHECK_EQ(W(5), mm_brk(&task, mm, vcpu, W(5)));
	CHECK_EQ(0, host_page[5]);
	CHECK_EQ(0, map(mm, W(8), PAGE_SIZE, RW, FIXED, NULL));
	CHECK_EQ(W(5), mm_brk(&task, mm, vcpu, W(8)));
}

TEST(mm_mremap_forms)
{
	struct mm *mm = make_mm();
	uaddr_t at = 0, far = 0;

	CHECK_EQ(0, map(mm, W(0), 4 * PAGE_SIZE, RW, FIXED, NULL));
	CHECK_EQ(0, mm_mremap(&task, mm, vcpu, W(0), 4 * PAGE_SIZE, 6 * PAGE_SIZE, 0, 0, &at));
	CHECK_EQ(W(0), at);
	CHECK_EQ(6, mm->total_vm);
	CHECK_EQ(0, map(mm, W(6), PAGE_SIZE, PROT_READ, FIXED, NULL));
	CHECK_EQ(-ENOMEM,
		 mm_mremap(&task, mm, vcpu, W(0), 6 * PAGE_SIZE, 7 * PAGE_SIZE, 0, 0, &at));
	CHECK_EQ(0, mm_mremap(&task, mm, vcpu, W(0), 6 * PAGE_SIZE, 7 * PAGE_SIZE, MREMAP_MAYMOVE,
			      0, &far));
	CHECK(far > W(WIN_PAGES));
	CHECK_EQ(0, host_page[0]);
	CHECK_EQ(0, mm_mremap(&task, mm, vcpu, far, 7 * PAGE_SIZE, 2 * PAGE_SIZE, 0, 0, &at));
	CHECK_EQ(far, at);
	CHECK_EQ(0, mm_mremap(&task, mm, vcpu, far, 2 * PAGE_SIZE, 2 * PAGE_SIZE,
			      MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, W(20), &at));
	CHECK_EQ(W(20), at);
	CHECK_EQ(5, mm->total_vm);
	CHECK_EQ(-EINVAL, mm_mremap(&task, mm, vcpu, W(20), 0, PAGE_SIZE, MREMAP_MAYMOVE, 0, &at));
	CHECK_EQ(-EFAULT, mm_mremap(&task, mm, vcpu, W(30), 1, PAGE_SIZE, 0, 0, &at));
	CHECK_EQ(-EINVAL,
		 mm_mremap(&task, mm, vcpu, W(20), PAGE_SIZE, PAGE_SIZE, MREMAP_FIXED, W(30), &at));
	mm_put(mm);
}

TEST(mm_mlock_counts)
{
	cleanup_mm struct mm *mm = make_mm();

	CHECK_EQ(0, map(mm, W(0), 8 * PAGE_SIZE, RW, FIXED, NULL));
	limits[RLIMIT_MEMLOCK] = 4 * PAGE_SIZE;
	CHECK_EQ(-ENOMEM, mm_mlock(&task, mm, vcpu, W(0), 5 * PAGE_SIZE, 0));
	CHECK_EQ(0, mm_mlock(&task, mm, vcpu, W(1) + 5, 2 * PAGE_SIZE, 0));
	CHECK_EQ(3, mm->locked_vm);
	CHECK_EQ(0, mm_mlock(&task, mm, vcpu, W(1), 4 * PAGE_SIZE, 0));
	CHECK_EQ(4, mm->locked_vm);
	CHECK_EQ(0, mm_munlock(&task, mm, vcpu, W(2), PAGE_SIZE));
	CHECK_EQ(3, mm->locked_vm);
	CHECK_EQ(-ENOMEM, mm_munlock(&task, mm, vcpu, W(6), 5 * PAGE_SIZE));
	CHECK_EQ(0, mm_mlockall(&task, mm, vcpu, 0));
	CHECK_EQ(0, mm->locked_vm);
	CHECK_EQ(1, count_vmas(mm));
}

/* mlockall(MCL_FUTURE) is for what comes: mapped, grown by brk, or a stack. */
TEST(mm_mlockall_future)
{
	cleanup_mm struct mm *mm = make_mm();
	struct vma_info vi;

	CHECK_EQ(0, map(mm, W(0), PAGE_SIZE, RW, FIXED, NULL));
	CHECK_EQ(0, mm_mlockall(&task, mm, vcpu, MCL_FUTURE));
	CHECK_EQ(0, mm->locked_vm);
	CHECK_EQ(0, map(mm, W(4), 2 * PAGE_SIZE, PROT_NONE, FIXED, NULL));
	CHECK_EQ(2, mm->locked_vm);
	REQUIRE(mm_next_vma(mm, W(4), &vi));
	CHECK_EQ(PROT_NONE, vi.prot);
	CHECK(vi.flags & VMA_LOCKED);
	mm_set_brk_start(mm, W(8));
	CHECK_EQ(W(9), mm_brk(&task, mm, vcpu, W(9)));
	CHECK_EQ(3, mm->locked_vm);
	CHECK_EQ(0, mm_mlockall(&task, mm, vcpu, 0));
	CHECK_EQ(0, mm->locked_vm);
	CHECK_EQ(0, map(mm, W(20), PAGE_SIZE, RW, FIXED, NULL));
	CHECK_EQ(0, mm->locked_vm);
}

TEST(mm_fork_copies_the_tree)
{
	struct file f = {.mode = FMODE_READ | FMODE_WRITE};
	struct mmap_req req = {
		.addr = W(3),
		.len = 4 * PAGE_SIZE,
		.prot = RW,
		.flags = MAP_SHARED | MAP_FIXED,
		.file = &f,
		.off = PAGE_SIZE,
	};
	struct mm *mm = make_mm(), *child = NULL;
	struct vcpu *v = NULL;
	bool shared = false, child_shared = false;
	u64 obj = 0, off = 0, child_obj = 1, child_off = 1;
	uaddr_t at;

	CHECK_EQ(0, mm_mmap(&task, mm, vcpu, &req, &at));
	CHECK_EQ(0, mm_fork(mm, vcpu, &child, &v));
	CHECK_EQ(0, mm_futex_key(mm, W(4) + 8, &shared, &obj, &off));
	CHECK_EQ(0, mm_futex_key(child, W(4) + 8, &child_shared, &child_obj, &child_off));
	CHECK(shared && child_shared);
	CHECK_EQ(obj, child_obj);
	CHECK_EQ(2 * PAGE_SIZE + 8, off);
	CHECK_EQ(off, child_off);
	CHECK_EQ(-EFAULT, mm_futex_key(mm, W(40), &shared, &obj, &off));
	mm_put(child);
	mm_put(mm);
	CHECK_EQ(0, nr_files);
}
