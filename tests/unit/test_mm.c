/*
 * mm/: a stand-in host that keeps one byte of state a page, and random
 * operations whose tree must agree with it page by page.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "fs/file.h"
#include "kernel/task.h"
#include "lib/park.h"
#include "mm/mm.h"
#include "mm/vma.h"
#include "platform/last.h"
#include "platform/platform.h"
#include "tests/unit/harness.h"

#define USER_END 0x7ff000000000ul

/* The window of the address space the tests work in, and what the host has there. */
#define WIN_BASE  0x10000000ul
#define WIN_PAGES 64

static u8 host_page[WIN_PAGES]; /* 0: none; else 0x80 | PROT_*, 0x40 shared */
static int host_fail;           /* the next host call fails with this */
static unsigned host_calls, killed;

static struct platform_info info = {.name = "model", .user_end = USER_END};

const struct platform_info *platform_info(void)
{
	return &info;
}

static struct aspace *the_as = (struct aspace *)&info;

struct aspace *aspace_get(struct aspace *as)
{
	return as;
}

void aspace_put(struct aspace *as)
{
	(void)as;
}

int aspace_fork(struct vcpu *parent, struct aspace **ret, struct vcpu **ret_vcpu)
{
	*ret = the_as;
	*ret_vcpu = parent;
	return 0;
}

ssize_t aspace_read(struct aspace *as, void *dst, uaddr_t src, size_t size)
{
	(void)as, (void)dst, (void)src, (void)size;
	return -EFAULT;
}

ssize_t aspace_write(struct aspace *as, uaddr_t dst, const void *src, size_t size)
{
	(void)as, (void)dst, (void)src, (void)size;
	return -EFAULT;
}

void vcpu_destroy(struct vcpu *v)
{
	(void)v;
}

void aspace_kill(struct aspace *as)
{
	(void)as;
	killed++;
}

static bool in_window(u64 page)
{
	return page >= WIN_BASE >> PAGE_SHIFT && page < (WIN_BASE >> PAGE_SHIFT) + WIN_PAGES;
}

static u8 *host_at(u64 page)
{
	static u8 elsewhere;

	return in_window(page) ? &host_page[page - (WIN_BASE >> PAGE_SHIFT)] : &elsewhere;
}

static long host_one(const struct host_op *op)
{
	u64 first = op->args[0] >> PAGE_SHIFT, last = first + (op->args[1] >> PAGE_SHIFT);

	if (op->nr == SYS_mremap) {
		u64 to = op->args[4] >> PAGE_SHIFT, n = op->args[2] >> PAGE_SHIFT;
		u8 state = *host_at(first);

		for (u64 p = first; p < last && !(op->args[3] & MREMAP_DONTUNMAP); p++)
			*host_at(p) = 0;
		for (u64 p = 0; p < n; p++)
			*host_at((op->args[3] & MREMAP_FIXED ? to : first) + p) = state;
		return 0;
	}
	for (u64 p = first; p < last; p++) {
		u8 *state = host_at(p);

		if (op->nr == SYS_mmap) {
			if (op->args[3] & MAP_FIXED_NOREPLACE && in_window(p) && *state)
				return -EEXIST;
			*state = 0x80 | (u8)op->args[2] | (op->args[3] & MAP_SHARED ? 0x40 : 0);
		} else if (op->nr == SYS_munmap) {
			*state = 0;
		} else if (op->nr == SYS_mprotect) {
			if (!(*state & 0x80) && in_window(p))
				return -ENOMEM;
			*state = (u8)((*state & ~7) | op->args[2]);
		}
	}
	return 0;
}

int vcpu_host_ops(struct vcpu *v, struct host_op *ops, size_t n)
{
	(void)v;
	host_calls++;
	if (host_fail) {
		int err = host_fail;

		host_fail = 0;
		return err;
	}
	for (size_t i = 0; i < n; i++) {
		ops[i].ret = host_one(&ops[i]);
		if (ops[i].ret < 0)
			return (int)ops[i].ret;
	}
	return 0;
}

int vcpu_resident(struct vcpu *v, uaddr_t start, u64 size, u64 *ret)
{
	(void)v, (void)start;
	*ret = size >> PAGE_SHIFT;
	return 0;
}

static u64 limits[RLIM_NLIMITS];

u64 task_rlimit(struct task *t, int resource)
{
	(void)t;
	return limits[resource];
}

static int nr_files;

struct file *file_get(struct file *f)
{
	nr_files++;
	return f;
}

struct file *file_get_mapping(struct file *f)
{
	nr_files++;
	return f;
}

void file_put(struct file *f)
{
	(void)f;
	nr_files--;
}

bool file_noexec(const struct file *f)
{
	(void)f;
	return false;
}

int vfs_fallocate(struct file *f, int mode, off_t off, off_t len, u64 fsize_limit,
		  const struct cred *cred)
{
	(void)cred;
	(void)f, (void)mode, (void)off, (void)len, (void)fsize_limit;
	return 0;
}

int vfs_mmap(struct file *f, struct file_map *map)
{
	map->fd = (hostfd_t){3};
	map->fd_writable = f->mode & FMODE_WRITE;
	return map->shared && map->prot & PROT_WRITE && !map->fd_writable ? -EACCES : 0;
}

static struct cred no_caps;
static struct task task = {.cred = &no_caps};
static struct vcpu *const vcpu = (struct vcpu *)&task;

/* Whether what is ordered last is put off, and how it ends then. */
static bool put_off, refuse, refused;

/* Others: who else has put something off, whether that is done, and whether they are asked to tell.
 */
static struct task other = {.cred = &no_caps}, third = {.cred = &no_caps};
static bool other_is_done, other_is_told;

bool task_memory_is_settled(struct task *t, bool tell)
{
	if (t != &other)
		return true;
	if (tell)
		__atomic_store_n(&other_is_told, true, __ATOMIC_SEQ_CST);
	return __atomic_load_n(&other_is_done, __ATOMIC_SEQ_CST);
}

int vcpu_last_ops_now(struct vcpu *v)
{
	(void)v;
	return 0;
}

/* What the host does not give up costs the guest its process: mm_unmap_that_is_refused_kills. */
bool vcpu_last_ops(struct vcpu *v, const struct host_op *ops, size_t n)
{
	struct host_op copy[2];

	if (!put_off || n > ARRAY_SIZE(copy))
		return false;
	memcpy(copy, ops, n * sizeof(*ops));
	refused = refuse;
	return refuse || !vcpu_host_ops(v, copy, n);
}

/* The call is done; what it returns after all. */
static long settle(struct mm *mm, long ret)
{
	if (refused)
		ret = mm_refused(mm, vcpu, -ENOMEM);
	refused = false;
	return ret;
}

static struct mm *make_mm(void)
{
	struct mm *mm = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		limits[i] = RLIM64_INFINITY;
	limits[RLIMIT_STACK] = 8ul << 20;
	memset(host_page, 0, sizeof(host_page));
	if (mm_create(the_as, &mm))
		unit_fail(__FILE__, __LINE__, "mm_create");
	task.mm = mm;
	put_off = refuse = refused = false;
	return mm;
}

static int map(struct mm *mm, uaddr_t addr, size_t len, int prot, int flags, uaddr_t *ret)
{
	struct mmap_req req = {.addr = addr, .len = len, .prot = prot, .flags = flags};
	uaddr_t at = 0;
	int err = mm_mmap(&task, mm, vcpu, &req, &at);

	if (ret)
		*ret = at;
	return err;
}

#define ANON  (MAP_PRIVATE | MAP_ANONYMOUS)
#define FIXED (ANON | MAP_FIXED)
#define RW    (PROT_READ | PROT_WRITE)
#define W(n)  (WIN_BASE + (n)*PAGE_SIZE)

static size_t count_vmas(struct mm *mm)
{
	struct vma_info vi;
	size_t n = 0;

	for (uaddr_t at = 0; mm_next_vma(mm, at, &vi); at = vi.end) {
		n++;
		if (vi.file)
			file_put(vi.file);
	}
	return n;
}

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
