/*
 * What the stub is told of files, so that it need not ask: of the regular file
 * that was opened last, how it is and where it stands; and how places are that were
 * asked for by name more than once.
 *
 * Told is only what is still (fs/still.h), and of a file only while nobody can reach
 * it but through that one descriptor of a table that nobody shares:
 *
 *	t->told ----> f       one reference, the table's
 *	f->told ----> t       taken back by whoever gets another one (file_get()), by the
 *	                      last put, and before t shares its table or loses its vcpu
 *
 * So the owner alone moves it, and says so each time.
 *
 * Locks: f->lock guards both ends, and keeps t's vcpu while the stub is told.
 */
#include "kernel/facts.h"

#include <string.h>

#include "abi/stat.h"
#include "fs/attr.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/stat.h"
#include "fs/still.h"
#include "kernel/task.h"
#include "kernel/trace.h"
#include "platform/facts.h"
#include "platform/platform.h"

#define TOLD_MODE (FMODE_READ | FMODE_WRITE | FMODE_SEEK | FMODE_STREAM | FMODE_PATH)

static bool telling; /* immutable while tasks run */

static void untell_locked(struct file *f)
{
	struct task *t = f->told;

	if (!t)
		return;
	vcpu_set_file(t->vcpu, NULL);
	__atomic_store_n(&f->told, NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&t->told, NULL, __ATOMIC_RELAXED);
}

static void untell(struct file *f)
{
	spin_lock(&f->lock);
	untell_locked(f);
	spin_unlock(&f->lock);
}

void task_untell(struct task *t)
{
	/* The file stays: only t itself could close it. */
	struct file *f = __atomic_load_n(&t->told, __ATOMIC_RELAXED);

	if (f)
		untell(f);
}

/* @f, which is not told or @t's, and its state; one who has got a reference sees told. */
static void tell(struct task *t, struct file *f, u64 end)
{
	struct linux_stat st;
	struct vcpu_file vf = {.fd = t->told_fd, .end = end, .stat = &st, .epoch = still_epoch()};
	struct kstat k;

	if (vfs_fgetattr(f, &k) || !inode_is_still(f->inode)) {
		untell(f);
		return;
	}
	kstat_to_linux(&k, &st);
	spin_lock(&f->lock);
	__atomic_store_n(&f->told, t, __ATOMIC_SEQ_CST);
	__atomic_store_n(&t->told, f, __ATOMIC_RELAXED);
	vf.pos = (u64)__atomic_load_n(&f->pos, __ATOMIC_RELAXED);
	t->told_epoch = vf.epoch;
	if (ref_read(&f->ref) == 1)
		vcpu_set_file(t->vcpu, &vf);
	else
		untell_locked(f);
	spin_unlock(&f->lock);
}

void task_tell_file(struct task *t, int fd)
{
	struct fdtable *ft = t->files;
	struct file *f;

	if (!telling || trace_is_on() || ref_read(&ft->ref) != 1)
		return;
	f = ft->files[fd];
	if ((f->mode & TOLD_MODE) != (FMODE_READ | FMODE_SEEK) || !file_is_reg(f) ||
	    !inode_is_still(f->inode))
		return;
	task_untell(t);
	t->told_fd = fd;
	tell(t, f, UINT64_MAX);
}

void file_tell_again(struct file *f)
{
	struct task *t = __atomic_load_n(&f->told, __ATOMIC_RELAXED);

	if (t && t->told_epoch != still_epoch())
		tell(t, f, UINT64_MAX);
}

/* file_hooks.moved: only the owner gets here, though another may take the file away just now. */
static void moved(struct file *f, ssize_t n)
{
	u64 end = n > 0 ? inode_size(f->inode) : UINT64_MAX;
	bool anew = false;
	struct task *t;

	spin_lock(&f->lock);
	t = f->told;
	if (t && t->told_epoch == still_epoch())
		vcpu_set_pos(t->vcpu, (u64)__atomic_load_n(&f->pos, __ATOMIC_RELAXED), end);
	else
		anew = t;
	spin_unlock(&f->lock);
	if (anew)
		tell(t, f, end);
}

/* Different for names that differ in a word, nearly always; another for each slot. */
static u32 hash_of(const char *name, size_t len)
{
	u64 h = len, w;

	for (size_t i = 0; i + sizeof(w) <= len; i += sizeof(w)) {
		memcpy(&w, name + i, sizeof(w));
		h = (h ^ w) * 0x9e3779b97f4a7c15ull;
		h ^= h >> 32;
	}
	memcpy(&w, name + len - sizeof(w), sizeof(w));
	h = (h ^ w) * 0x9e3779b97f4a7c15ull;
	return (u32)(h >> 32);
}

void task_tell_place(struct task *t, const char *name, const struct path *root,
		     const struct path *p, const struct kstat *k, u64 epoch)
{
	struct linux_stat st;
	size_t len;
	u32 h, *asked;

	if (!telling || *name != '/' || trace_is_on())
		return;
	len = strnlen(name, VCPU_PLACE_MAX + 1);
	if (len < VCPU_PLACE_MIN || len > VCPU_PLACE_MAX)
		return;
	h = hash_of(name, len);
	asked = &t->asked[h % ARRAY_SIZE(t->asked)];
	if (*asked != h) {
		*asked = h;
		return;
	}
	if (!path_is_still(p, root, name, len))
		return;
	kstat_to_linux(k, &st);
	vcpu_set_place(t->vcpu, name, len, &st, epoch);
}

void facts_init(void)
{
	u64 *epoch = platform_epoch();

	if (!epoch)
		return;
	telling = true;
	still_count_in(epoch);
	file_hooks.untell = untell;
	file_hooks.moved = moved;
}

void facts_fini(void)
{
	telling = false;
	still_count_in(NULL);
}
