/*
 * execve(2): the order of things (exec.h)
 *
 * Everything that can be refused is looked at while the old program still
 * stands: the file, its interpreters and headers, credentials, a clean address
 * space.  Then the other threads are killed and waited for, and from there on
 * (no_return) a failure kills the process, as on Linux.
 *
 * The new program usually gets the host process of the old one: that is emptied
 * and mapped anew, by one batch of orders.  One that has rights the old one had
 * not, or an old one that shares its memory or has had threads, makes it a clean
 * process from the platform's pool: then it is mapped beside the old one, which
 * goes when all is ready.
 *
 * Locks: tasklist_lock and sighand->mu while threads change places; none while
 * files are read or memory is mapped.
 */
#include "kernel/exec.h"

#include <string.h>
#include <sys/personality.h>

#include "abi/arch.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/fs_struct.h"
#include "fs/inode.h"
#include "fs/open.h"
#include "kernel/begin.h"
#include "kernel/elf.h"
#include "kernel/exit.h"
#include "kernel/posix_timer.h"
#include "kernel/signal_internal.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/mm.h"
#include "platform/platform.h"

#define STACK_SUID_MAX (8ul * 1024 * 1024)

void exec_fini(struct exec *x)
{
	if (x->file)
		file_put(x->file);
	if (x->cred)
		cred_put(x->cred);
	if (x->vcpu && !x->reuse)
		vcpu_destroy(x->vcpu);
	if (x->mm)
		mm_put(x->mm);
	kfree(x->filename);
	kfree(x->interp);
	kfree(x->argv.buf);
	kfree(x->envp.buf);
	*x = (struct exec){0};
}

int exec_read(struct file *f, void *buf, size_t size, u64 off)
{
	off_t pos = (off_t)off;
	struct iov_iter it;
	ssize_t n;

	if (off > INT64_MAX)
		return -EIO;
	iov_iter_kernel(&it, buf, size);
	while (iov_iter_count(&it)) {
		n = vfs_pread(f, &it, &pos);
		if (n < 0)
			return (int)n;
		if (n == 0)
			return -EIO;
	}
	return 0;
}

int exec_open(struct task *t, struct exec *x, const char *name, struct file **ret)
{
	cleanup_namei_base struct namei_base base = {0};
	int err;

	err = namei_base_task(t, AT_FDCWD, name, &base);
	if (!err)
		err = vfs_open_exec(&base, name, LOOKUP_FOLLOW, ret);
	if (!err && inode_permission((*ret)->inode, MAY_READ, t->cred))
		x->not_readable = true;
	return err;
}

/* The first bytes of the file, however few there are. */
static int read_head(struct exec *x)
{
	struct iov_iter it;
	off_t pos = 0;
	ssize_t n = 1;

	memset(x->head, 0, sizeof(x->head));
	iov_iter_kernel(&it, x->head, sizeof(x->head));
	while (n > 0 && iov_iter_count(&it))
		n = vfs_pread(x->file, &it, &pos);
	return n < 0 ? (int)n : 0;
}

/* Through scripts to the program itself. */
static int find_program(struct task *t, struct exec *x)
{
	int ret;

	do {
		ret = read_head(x);
		if (!ret)
			ret = exec_script(t, x);
	} while (ret == 1);
	return ret;
}

/* An empty argv has always confused programs; since 5.18 Linux makes it one empty string. */
static int fix_argv(struct exec *x)
{
	return x->argv.nr ? 0 : exec_strv_add(x, &x->argv, "");
}

/* Does the program get rights that @t has not? */
static bool gains(const struct task *t, const struct exec *x)
{
	return x->cred->euid != t->cred->euid || x->cred->egid != t->cred->egid ||
	       (x->cred->cap_permitted & ~t->cred->cap_permitted);
}

/*
 * A hostile program can leave its host process with a stub of its own making, so
 * only one that it could as well have traced or preloaded follows it there.
 */
static bool can_reuse(const struct task *t, const struct exec *x)
{
	return t->fiber && !x->secure && !x->not_readable && !gains(t, x) &&
	       __atomic_load_n(&t->mm->nr_users, __ATOMIC_RELAXED) == 1 && vcpu_is_alone(t->vcpu);
}

static int new_space(struct task *t, struct exec *x)
{
	struct aspace *as;
	int err;

	if (can_reuse(t, x)) {
		err = mm_create(t->mm->aspace, &x->mm);
		if (!err) {
			x->reuse = true;
			x->vcpu = t->vcpu;
		}
		return err;
	}
	err = aspace_create(&as, &x->vcpu);
	if (err)
		return err;
	err = mm_create(as, &x->mm);
	aspace_put(as);
	if (!err && task_rlimit(t, RLIMIT_AS) != RLIM64_INFINITY)
		mm_limit(x->mm, task_rlimit(t, RLIMIT_AS));
	return err;
}

/* Signal every other thread to end. */
static int kill_others(struct task *t)
{
	struct tgroup *tg = t->tg;
	struct sighand *sh = sighand_lock(tg);
	struct task *other;
	int err = 0;

	if (tg->group_exit || tg->exec_task) {
		err = -EAGAIN; /* and we are about to be killed */
	} else {
		__atomic_store_n(&tg->exec_task, t, __ATOMIC_RELEASE);
		tg->stop_signal = 0;
		tg->stop_pending = 0;
		list_for_each_entry (other, &tg->threads, thread_node) {
			if (other != t && !other->exiting)
				signal_wake_locked(other);
		}
	}
	sighand_unlock(sh);
	return err;
}

static void end_exec_locked(struct task *t) REQUIRES(tasklist_lock)
{
	struct sighand *sh = sighand_lock(t->tg);

	__atomic_store_n(&t->tg->exec_task, NULL, __ATOMIC_RELEASE);
	sighand_unlock(sh);
}

/* The process keeps its number, so the surviving thread takes the leader's. */
static struct task *become_leader_locked(struct task *t) REQUIRES(tasklist_lock)
{
	struct tgroup *tg = t->tg;
	struct task *old = tg->leader;
	struct pid *pid = old->pid;

	old->pid = t->pid;
	t->pid = pid;
	old->pid->task = old;
	t->pid->task = t;
	t->start_time = old->start_time;
	t->start_boottime = old->start_boottime;
	tg->leader = t;
	task_unpublish_locked(old);
	return old;
}

/*
 * Become the only thread, and the leader.
 *
 * -EAGAIN: another thread was faster, or the process is ending; a kill while
 * we wait for the others comes back as that too.
 */
static int be_alone(struct task *t)
{
	struct tgroup *tg = t->tg;
	struct task *old = NULL;
	int err;

	err = kill_others(t);
	if (err)
		return err;
	mutex_lock(&tasklist_lock);
	while (tg->nr_threads > 1 && !signal_fatal_pending(t))
		waitq_wait_uninterruptible_locked(&tg->exec_wq, 0, &tasklist_lock);
	if (tg->nr_threads > 1)
		err = -EAGAIN;
	else if (tg->leader != t)
		old = become_leader_locked(t);
	tg->exit_signal = err ? tg->exit_signal : SIGCHLD;
	end_exec_locked(t);
	mutex_unlock(&tasklist_lock);
	if (old)
		task_put(old);
	return err;
}

/* A table of its own, without the descriptors that end here. */
static int own_files(struct task *t)
{
	struct fdtable *old = t->files, *ft;
	int err;

	if (ref_read(&old->ref) > 1) {
		err = fdtable_copy(old, FDTABLE_MAX, &ft);
		if (err)
			return err;
		spin_lock(&t->lock);
		t->files = ft;
		spin_unlock(&t->lock);
		fdtable_put(old);
	}
	fdtable_exec(t->files);
	return 0;
}

/* All mappings are made by the host in one go, then bytes are written into them. */
static int load_batched(struct task *t, struct exec *x, struct elf_program *p,
			struct exec_image *img, struct exec_stack *st)
{
	cleanup_free struct mm_batch *batch = kzalloc(sizeof(*batch));
	int err, host_err;

	if (!batch)
		return -ENOMEM;
	mm_batch_begin(x->mm, batch, x->reuse, fs_struct_sees_all(t->fs));
	err = elf_load(t, x, p, img);
	if (!err)
		err = exec_stack_map(t, x, img, st);
	host_err = mm_batch_end(x->mm, x->vcpu);
	if (!err)
		err = host_err;
	if (!err)
		err = elf_finish(x, p);
	return err ? err : exec_stack_write(x, st);
}

static int load(struct task *t, struct exec *x, struct elf_program *p, struct regs *regs)
{
	u64 stack_limit = task_rlimit(t, RLIMIT_STACK);
	struct exec_image img = {0};
	struct exec_stack st = {0};
	int err;

	if (x->secure)
		stack_limit = min(stack_limit, STACK_SUID_MAX);
	img.stack_top = mm_set_layout(x->mm, stack_limit, !(t->personality & ADDR_NO_RANDOMIZE));
	err = load_batched(t, x, p, &img, &st);
	kfree(st.buf);
	if (!err)
		arch_start_regs(regs, img.entry, st.sp);
	return err;
}

/* What Linux's begin_new_exec() and setup_new_exec() do to the rest of the task. */
static void reset_task(struct task *t, struct exec *x)
{
	const char *base = strrchr(x->filename, '/');
	bool gained = gains(t, x);

	t->restart = (struct restart_block){0};
	t->altstack = (stack_t){.ss_flags = SS_DISABLE};
	t->has_saved_mask = false;
	t->personality &= ~(u32)READ_IMPLIES_EXEC;
	if (x->secure || gained) {
		t->personality &= ~(u32)(READ_IMPLIES_EXEC | ADDR_NO_RANDOMIZE |
					 ADDR_COMPAT_LAYOUT | MMAP_PAGE_ZERO);
		__atomic_store_n(&t->pdeath_signal, 0, __ATOMIC_RELAXED);
	}
	x->mm->dumpable = !x->not_readable && !gained && x->cred->euid == x->cred->uid &&
			  x->cred->egid == x->cred->gid;
	task_set_comm(t, base ? base + 1 : x->filename);
	posix_timers_clear(t->tg);
	sighand_flush_handlers(t->tg->sighand);
	t->settable = 0;
	task_replace_cred_take(t, steal(&x->cred));
	mutex_lock(&tasklist_lock);
	t->tg->did_exec = true;
	t->tg->exec_id++;
	mutex_unlock(&tasklist_lock);
}

static void note_exe(struct exec *x)
{
	mutex_lock(&x->mm->mmap_lock);
	x->mm->exe = file_get(x->file);
	mutex_unlock(&x->mm->mmap_lock);
}

/* From the old program to the new one; nothing here can fail. */
static void swap_images(struct task *t, struct exec *x)
{
	struct vcpu *v = steal(&x->vcpu);

	note_exe(x);
	reset_task(t, x);
	task_release_mm(t); /* with reuse it was before its memory was */
	task_set_mm(t, x->mm);
	if (!x->reuse)
		task_replace_vcpu(t, v);
	task_tell_brk(t);
	t->no_result = true;
}

static int run_it(struct task *t, struct exec *x, struct elf_program *p)
{
	struct regs regs = {0};
	int err;

	err = own_files(t);
	if (!err)
		err = sighand_unshare(t);
	if (!err && x->reuse)
		task_release_mm(t);
	if (!err)
		err = load(t, x, p, &regs);
	if (!err)
		err = vcpu_reset_xstate(x->vcpu);
	if (!err)
		err = vcpu_set_regs(x->vcpu, &regs);
	if (!err)
		swap_images(t, x);
	return err;
}

int do_exec(struct task *t, struct exec *x)
{
	cleanup_elf_program struct elf_program p = {0};
	int err;

	err = fix_argv(x);
	if (!err)
		err = find_program(t, x);
	if (!err)
		err = elf_prepare(t, x, &p);
	if (!err)
		err = exec_creds(t, x);
	if (!err)
		err = new_space(t, x);
	if (!err && t->fiber)
		err = be_alone(t);
	if (err)
		return err;
	x->no_return = true;
	err = run_it(t, x, &p);
	/* Half a program cannot go on: Linux forces a SIGSEGV that nothing catches. */
	if (err && t->fiber)
		tgroup_exit(t->tg, SIGSEGV);
	return err;
}
