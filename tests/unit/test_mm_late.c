/* mm/: calls whose last host work is put off: how others wait for it, what a refusal undoes */
#include <pthread.h>
#include <sched.h>

#include "lib/park.h"
#include "tests/unit/mm_fixture.h"

TEST(mm_last_doing_is_undone)
{
	cleanup_mm struct mm *mm = make_mm();
	struct mmap_req req = {
		.addr = W(1), .len = 2 * PAGE_SIZE, .prot = RW, .flags = FIXED, .last = true};
	uaddr_t at;

	mm->nr_users = 1;
	mm_set_brk_start(mm, W(20));
	put_off = refuse = true;
	CHECK_EQ(0, mm_mmap(&task, mm, vcpu, &req, &at));
	CHECK_EQ(-ENOMEM, settle(mm, 0));
	CHECK_EQ(0, count_vmas(mm));
	CHECK_EQ(0, mm->total_vm);
	CHECK_EQ(W(22), mm_brk(&task, mm, vcpu, W(22)));
	CHECK_EQ(W(20), settle(mm, W(22)));
	CHECK_EQ(W(20), mm_brk(&task, mm, vcpu, 0));
	CHECK_EQ(0, count_vmas(mm));
	refuse = false;
	CHECK_EQ(0, mm_mmap(&task, mm, vcpu, &req, &at));
	CHECK_EQ(0x80 | RW, host_page[2]);
	refuse = true;
	CHECK_EQ(0, mm_mprotect(&task, mm, vcpu, W(2), PAGE_SIZE, PROT_READ));
	CHECK_EQ(2, count_vmas(mm));
	CHECK_EQ(-ENOMEM, settle(mm, 0));
	CHECK_EQ(1, count_vmas(mm));
	/* Not what the host would have to split. */
	req.addr = W(8), req.len = 3 * PAGE_SIZE;
	refuse = false;
	CHECK_EQ(0, mm_mmap(&task, mm, vcpu, &req, &at));
	refuse = true;
	CHECK_EQ(0, mm_munmap(mm, vcpu, W(9), PAGE_SIZE));
	CHECK(!refused);
	CHECK_EQ(0, killed);
}

TEST(mm_unmap_that_is_refused_kills)
{
	cleanup_mm struct mm *mm = make_mm();

	mm->nr_users = 1;
	CHECK_EQ(0, map(mm, W(1), PAGE_SIZE, RW, FIXED, NULL));
	put_off = refuse = true;
	CHECK_EQ(0, mm_munmap(mm, vcpu, W(1), PAGE_SIZE));
	CHECK_EQ(-ENOMEM, settle(mm, 0));
	CHECK_EQ(1, killed);
	killed = 0;
}

/* Changes of a third task. */
static struct task third = {.cred = &no_caps};

enum change { CHANGE_MMAP, CHANGE_MUNMAP, CHANGE_MPROTECT, CHANGE_BRK, CHANGE_MREMAP, NR_CHANGES };

static struct mm *common;
static enum change change;
static uaddr_t where;

static void *change_it(void *arg)
{
	uaddr_t at;

	park_self()->owner = &third;
	switch (change) {
	case CHANGE_MMAP:
		CHECK_EQ(0, map(common, where, PAGE_SIZE, RW, FIXED, NULL));
		break;
	case CHANGE_MUNMAP:
		CHECK_EQ(0, mm_munmap(common, vcpu, where, PAGE_SIZE));
		break;
	case CHANGE_MPROTECT:
		(void)!mm_mprotect(&third, common, vcpu, where, PAGE_SIZE, PROT_READ);
		break;
	case CHANGE_BRK:
		(void)!mm_brk(&third, common, vcpu, 0);
		break;
	case CHANGE_MREMAP:
		CHECK_EQ(0, mm_mremap(&third, common, vcpu, W(6), PAGE_SIZE, PAGE_SIZE,
				      MREMAP_MAYMOVE | MREMAP_FIXED, where, &at));
		break;
	case NR_CHANGES:
		break;
	}
	return arg;
}

static void put_off_unmap(struct mm *mm, uaddr_t addr)
{
	put_off = true;
	park_self()->owner = &other;
	other_is_done = other_is_told = false;
	CHECK_EQ(0, mm_munmap(mm, vcpu, addr, PAGE_SIZE));
	CHECK_EQ(1, mm->nr_late);
	put_off = false;
}

/* Does the change wait until the other task says that it is done? */
static bool waits(enum change c, uaddr_t addr)
{
	pthread_t t;
	bool waited;

	change = c;
	where = addr;
	CHECK_EQ(0, pthread_create(&t, NULL, change_it, NULL));
	while (!__atomic_load_n(&other_is_told, __ATOMIC_SEQ_CST) && pthread_tryjoin_np(t, NULL))
		sched_yield();
	waited = __atomic_load_n(&other_is_told, __ATOMIC_SEQ_CST);
	if (waited) {
		unsigned calls = host_calls;

		/* Told that it is not, it goes on waiting. */
		mm_settled(&other);
		CHECK_EQ(EBUSY, pthread_tryjoin_np(t, NULL));
		CHECK_EQ(calls, host_calls);
		__atomic_store_n(&other_is_done, true, __ATOMIC_SEQ_CST);
		mm_settled(&other);
		CHECK_EQ(0, pthread_join(t, NULL));
	}
	return waited;
}

TEST(mm_others_come_behind_what_is_put_off)
{
	struct mm *mm = make_mm();

	common = other.mm = third.mm = mm;
	mm->nr_users = 3;
	for (enum change c = 0; c < NR_CHANGES; c++) {
		CHECK_EQ(0, map(mm, W(2), 5 * PAGE_SIZE, RW, FIXED, NULL));
		CHECK_EQ(0, map(mm, W(4), PAGE_SIZE, PROT_READ, FIXED, NULL));
		put_off_unmap(mm, W(4));
		CHECK(waits(c, W(4)));
		CHECK_EQ(0, mm->nr_late);
		if (c > CHANGE_MPROTECT)
			continue;
		/* Beside it, nobody waits; nor does the task itself. */
		put_off_unmap(mm, W(2));
		CHECK(!waits(c, W(3)));
		CHECK_EQ(0, map(mm, W(2), PAGE_SIZE, RW, FIXED, NULL));
	}
	put_off_unmap(mm, W(2));
	mm_leave(&other);
	CHECK_EQ(0, mm->nr_late);
	CHECK(!waits(CHANGE_MMAP, W(2)));
	park_self()->owner = NULL;
	mm_put(mm);
}

TEST(mm_others_come_behind_what_is_refused)
{
	struct mm *mm = make_mm();
	struct mmap_req req = {
		.addr = W(2), .len = PAGE_SIZE, .prot = RW, .flags = FIXED, .last = true};
	struct vma_info vi;
	uaddr_t at;
	pthread_t t;

	common = other.mm = third.mm = mm;
	mm->nr_users = 2;
	park_self()->owner = &other;
	other_is_done = other_is_told = false;
	put_off = refuse = true;
	CHECK_EQ(0, mm_mmap(&other, mm, vcpu, &req, &at));
	CHECK_EQ(1, mm->nr_late);
	put_off = refuse = false;
	change = CHANGE_MPROTECT;
	where = W(2);
	CHECK_EQ(0, pthread_create(&t, NULL, change_it, NULL));
	while (!__atomic_load_n(&other_is_told, __ATOMIC_SEQ_CST))
		sched_yield();
	CHECK_EQ(-ENOMEM, settle(mm, 0));
	CHECK_EQ(0, pthread_join(t, NULL));
	CHECK_EQ(0, mm->nr_late);
	CHECK(!mm_next_vma(mm, W(0), &vi) || vi.start > W(2));
	/* Not where the host limits the memory. */
	limits[RLIMIT_AS] = 1ul << 40;
	put_off = true;
	CHECK_EQ(0, mm_mmap(&other, mm, vcpu, &req, &at));
	CHECK_EQ(0, mm->nr_late);
	park_self()->owner = NULL;
	mm_put(mm);
}
