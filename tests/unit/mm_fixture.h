/*
 * mm/ over a stand-in host that keeps one byte of state a page, can refuse, and
 * puts off what it is ordered last if the test wants it.
 */
#pragma once
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "fs/file.h"
#include "kernel/task.h"
#include "mm/mm.h"
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

static inline bool in_window(u64 page)
{
	return page >= WIN_BASE >> PAGE_SHIFT && page < (WIN_BASE >> PAGE_SHIFT) + WIN_PAGES;
}

static inline u8 *host_at(u64 page)
{
	static u8 elsewhere;

	return in_window(page) ? &host_page[page - (WIN_BASE >> PAGE_SHIFT)] : &elsewhere;
}

static inline long host_one(const struct host_op *op)
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

/* Who else has put something off, whether that is done, and whether it is asked to tell. */
static struct task other = {.cred = &no_caps};
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
static inline long settle(struct mm *mm, long ret)
{
	if (refused)
		ret = mm_refused(mm, vcpu, -ENOMEM);
	refused = false;
	return ret;
}

static inline struct mm *make_mm(void)
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

static inline int map(struct mm *mm, uaddr_t addr, size_t len, int prot, int flags, uaddr_t *ret)
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

static inline size_t count_vmas(struct mm *mm)
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
