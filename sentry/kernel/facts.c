/*
 * What the stub is told of files, so that it need not ask: of the file or directory
 * that was opened last, how it is and where it stands; and how places are that were
 * asked for by name more than once.
 *
 * Told is only what is still (fs/still.h), and of a file only while nobody can reach
 * it but through that one descriptor of a table that nobody shares:
 *
 *	t->told ----> f       one reference, the table's, but for those of mappings
 *	f->told ----> t       taken back by whoever gets another one (file_get()), when it is out
 *	                      of the table, and before t shares its table or loses its vcpu
 *
 * So the owner alone moves it, and says so each time; or its stub does, if that was told
 * bytes of the file as well (content.c), and we look where it stands before anybody asks.
 * And closes it: who closes the one that was told is back at once, and the task hears of it
 * when it stops next, before anything else.  Who could see that it is still open asks first
 * (task_await_shut()); nothing is told while somebody watches files, and no file that was
 * ever locked.
 *
 * Locks: f->lock guards both ends, and keeps t's vcpu while the stub is told.
 */
#include "kernel/facts.h"

#include <string.h>
#include <sys/syscall.h>

#include "abi/stat.h"
#include "fs/attr.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/fsnotify.h"
#include "fs/stat.h"
#include "fs/still.h"
#include "kernel/content.h"
#include "kernel/pid.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "kernel/trace.h"
#include "platform/facts.h"
#include "platform/platform.h"

#define TOLD_MODE (FMODE_READ | FMODE_WRITE | FMODE_SEEK | FMODE_STREAM | FMODE_PATH)

/* One who asked twice is told so many places when it asks first. */
#define TELL_FIRST 4

static bool telling;          /* immutable while tasks run */
static struct waitq heard_wq; /* woken when a task has heard */

/* The stub of @t says that @f stands at @pos: it cannot come but to where it has bytes of. */
static void believe_locked(struct task *t, struct file *f, u64 pos)
{
	if (pos == t->tells.pos || pos > t->tells.len)
		return;
	t->tells.pos = pos;
	__atomic_store_n(&f->pos, (off_t)pos, __ATOMIC_RELAXED);
}

static void untell_locked(struct file *f)
{
	struct task *t = f->told;

	if (!t)
		return;
	if (t->tells.len)
		believe_locked(t, f, vcpu_file_pos(t->vcpu, true));
	if (file_is_reg(f))
		content_learn(&t->tells.habit, (u64)__atomic_load_n(&f->pos, __ATOMIC_RELAXED),
			      inode_size(f->inode));
	vcpu_set_file(t->vcpu, NULL);
	__atomic_store_n(&f->told, NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&t->told, NULL, __ATOMIC_RELEASE);
}

static void untell(struct file *f)
{
	spin_lock(&f->lock);
	untell_locked(f);
	spin_unlock(&f->lock);
}

void task_hear_shut(struct task *t)
{
	int fd = t->vcpu ? vcpu_shut_file(t->vcpu) : -1;

	/* What it says is its own affair: it could have said it with a call. */
	if (fd >= 0)
		(void)!fdtable_close(t->files, fd);
	if (!__atomic_load_n(&t->told, __ATOMIC_RELAXED))
		__atomic_store_n(&t->may_shut, false, __ATOMIC_RELAXED);
	__atomic_store_n(&t->heard, t->heard + 1, __ATOMIC_RELEASE);
	waitq_wake_all(&heard_wq);
}

/*
 * Has @t still to hear of something?  Then it will soon: who is in a call or stopped has,
 * whatever its stub says by now.
 */
static bool urge(struct task *t)
{
	struct sighand *sh = sighand_lock(t->tg);
	bool shut = !t->stopped && task_call(t) == NO_CALL && t->vcpu && vcpu_has_shut(t->vcpu);

	if (shut)
		vcpu_kick(t->vcpu);
	sighand_unlock(sh);
	return shut;
}

void task_await_shut(struct task *t)
{
	u32 heard = __atomic_load_n(&t->heard, __ATOMIC_ACQUIRE);
	struct task *me = park_self()->owner;

	if (!__atomic_load_n(&t->may_shut, __ATOMIC_ACQUIRE) || me == t)
		return;
	if (urge(t))
		waitq_await(&heard_wq, __atomic_load_n(&t->heard, __ATOMIC_ACQUIRE) != heard ||
					       (me && signal_fatal_pending(me)));
}

/* The first thread of @tg behind @after that may have closed something; counted, or NULL. */
static struct task *next_to_ask(struct tgroup *tg, pid_t after)
{
	struct task *t, *found = NULL;

	mutex_lock(&tasklist_lock);
	list_for_each_entry (t, &tg->threads, thread_node) {
		if (__atomic_load_n(&t->may_shut, __ATOMIC_ACQUIRE) && task_tid(t) > after &&
		    (!found || task_tid(t) < task_tid(found)))
			found = t;
	}
	if (found)
		task_get(found);
	mutex_unlock(&tasklist_lock);
	return found;
}

static void await_group(struct tgroup *tg)
{
	pid_t after = 0;

	for (;;) {
		cleanup_task struct task *t = next_to_ask(tg, after);

		if (!t)
			return;
		after = task_tid(t);
		task_await_shut(t);
	}
}

void facts_await_shut(void)
{
	pid_t after = 0;

	if (!telling)
		return;
	still_broken();
	for (;;) {
		cleanup_tgroup struct tgroup *tg = tgroup_next_get(after);

		if (!tg)
			return;
		after = tg->pid->nr;
		await_group(tg);
	}
}

/* file_hooks.catch_up: the owner is here, so its stub does not move it. */
static void catch_up(struct file *f)
{
	struct task *t;

	spin_lock(&f->lock);
	t = f->told;
	if (t && t->tells.len)
		believe_locked(t, f, vcpu_file_pos(t->vcpu, false));
	spin_unlock(&f->lock);
}

void task_untell(struct task *t)
{
	/* The file stays: only t itself could close it. */
	struct file *f = __atomic_load_n(&t->told, __ATOMIC_ACQUIRE);

	if (f)
		untell(f);
}

/*
 * @f, which is not told or @t's, and its state; one who has got a reference sees told.
 * @end: from where on a read has nothing, UINT64_MAX: not known
 */
static void tell(struct task *t, struct file *f, u64 end, bool opened)
{
	struct linux_stat st;
	struct vcpu_file vf = {
		.fd = t->tells.fd,
		.nr = file_is_dir(f) ? SYS_getdents64 : SYS_read,
		.stat = &st,
		.epoch = still_epoch(),
	};
	bool reads = content_may_tell(f);
	struct kstat k;

	if (opened)
		vf.len = reads && file_is_reg(f) ? content_read(t, f) : 0;
	else
		vf.len = reads ? t->tells.len : 0;
	vf.end = reads ? end : UINT64_MAX;
	if (vfs_fgetattr(f, &k) || !inode_is_still(f->inode) || fsnotify_anybody()) {
		untell(f);
		return;
	}
	kstat_to_linux(&k, &st);
	__atomic_store_n(&t->may_shut, true, __ATOMIC_RELEASE);
	spin_lock(&f->lock);
	__atomic_store_n(&f->told, t, __ATOMIC_SEQ_CST);
	__atomic_store_n(&t->told, f, __ATOMIC_RELAXED);
	vf.pos = (u64)__atomic_load_n(&f->pos, __ATOMIC_RELAXED);
	t->tells.epoch = vf.epoch;
	t->tells.pos = vf.pos;
	t->tells.len = vf.len;
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
	if ((f->mode & TOLD_MODE) != (FMODE_READ | FMODE_SEEK) ||
	    !(file_is_reg(f) || file_is_dir(f)) || !inode_is_still(f->inode))
		return;
	task_untell(t);
	t->tells.fd = fd;
	tell(t, f, file_is_reg(f) && !inode_size(f->inode) ? 0 : UINT64_MAX, true);
}

void file_tell_again(struct file *f)
{
	struct task *t = __atomic_load_n(&f->told, __ATOMIC_RELAXED);

	if (t && t->tells.epoch != still_epoch())
		tell(t, f, UINT64_MAX, false);
}

/* Its reads have come past them. */
static void drop_bytes_locked(struct task *t)
{
	if (!t->tells.len)
		return;
	t->tells.len = 0;
	vcpu_forget_bytes(t->vcpu);
}

/* file_hooks.moved: only the owner gets here, though another may take the file away just now. */
static void moved(struct file *f, u64 end)
{
	bool anew = false;
	struct task *t;

	spin_lock(&f->lock);
	t = f->told;
	if (t && t->tells.epoch == still_epoch()) {
		t->tells.pos = (u64)__atomic_load_n(&f->pos, __ATOMIC_RELAXED);
		vcpu_set_pos(t->vcpu, t->tells.pos, end);
		if (end != UINT64_MAX && t->tells.pos > t->tells.len)
			drop_bytes_locked(t);
	} else {
		anew = t;
	}
	spin_unlock(&f->lock);
	if (anew)
		tell(t, f, end, false);
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
	if (*asked == h) {
		t->tell_first = TELL_FIRST;
	} else {
		*asked = h;
		if (!t->tell_first)
			return;
		t->tell_first--;
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
	waitq_init(&heard_wq);
	still_count_in(epoch);
	file_hooks.untell = untell;
	file_hooks.moved = moved;
	file_hooks.catch_up = catch_up;
}

void facts_fini(void)
{
	telling = false;
	still_count_in(NULL);
}
