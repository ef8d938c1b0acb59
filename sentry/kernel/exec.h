/*
 * execve(2): from a file and strings to a task about to run its first
 * instruction.
 *
 *	sys_execve, init.c   fill a struct exec: file, name, strings
 *	exec.c               do_exec(): the order of things, threads, the swap
 *	exec_args.c          strings from the guest or the sentry, their limits
 *	exec_script.c        "#!": replaces file and strings by the interpreter's
 *	elf.c                the ELF headers, checked
 *	elf_load.c           segments mapped into the new address space
 *	exec_stack.c         argc, argv, envp, auxv as the program finds them
 *	exec_cred.c          set-user-ID, file capabilities
 */
#pragma once
#include "lib/base.h"

struct cred;
struct file;
struct mm;
struct task;
struct vcpu;

/* Strings one behind the other, each with its NUL. */
struct strv {
	char *buf; /* kfree() */
	size_t len, size;
	u32 nr;
};

#define EXEC_HEAD         256 /* what a file's kind is told by: BINPRM_BUF_SIZE */
#define EXEC_MAX_SCRIPTS  5
#define MAX_ARG_STRLEN    (32 * PAGE_SIZE)
#define MAX_ARG_STRINGS   0x7fffffff
#define ARG_SPACE_DEFAULT (128 * 1024ul)

/* An execve under way; the one who starts it owns it: exec_fini(). */
struct exec {
	struct file *file; /* what is to run; counted */
	char *filename;    /* as the guest named it, or /dev/fd/N: AT_EXECFN, comm */
	char *interp;      /* the same, or the innermost script's interpreter */
	bool path_gone;    /* filename stops working: the descriptor is close-on-exec */
	struct strv argv, envp;
	size_t space; /* bytes that strings and pointers may still take */
	unsigned nr_scripts;
	u8 head[EXEC_HEAD]; /* the first bytes of file, zeros behind */

	struct cred *cred; /* of the program; exec_cred.c */
	bool secure;       /* AT_SECURE */
	bool not_readable; /* some file of it cannot be read by the caller: not dumpable */

	struct mm *mm;     /* new; counted */
	struct vcpu *vcpu; /* new, stopped; with reuse the caller's */
	bool reuse;        /* in the host process of the old program, made clean */
	bool no_return;    /* the old image is gone: failure kills */
};

/* exec_init - @t's limits decide how much room strings have */
void exec_init(struct exec *x, struct task *t);
void exec_fini(struct exec *x);

#define cleanup_exec __attribute__((cleanup(exec_fini)))

/*
 * exec_strings_user - argv and envp of the guest's; an address of 0 is an empty one
 *
 * Return: 0, -EFAULT, -E2BIG, -ENOMEM.
 */
int exec_strings_user(struct exec *x, struct task *t, uaddr_t argv, uaddr_t envp) must_check;

/* exec_strv_add - one string more at the end; -E2BIG, -ENOMEM */
int exec_strv_add(struct exec *x, struct strv *sv, const char *str) must_check;

/* exec_strv_prepend - replace the first @drop strings by @n others */
int exec_strv_prepend(struct exec *x, struct strv *sv, u32 drop, const char *const *strs,
		      unsigned n) must_check;

/* exec_set_names - remember what the program is called; copies */
int exec_set_names(struct exec *x, const char *filename) must_check;

/*
 * do_exec - let @t run x->file from now on; x->filename, argv and envp are set
 *
 * On @t's own fiber, or before @t has one.  No locks held.  May sleep.
 * Return: 0: registers are those of the new program; -errno: nothing has
 * happened, or @t is being killed (x->no_return).
 */
int do_exec(struct task *t, struct exec *x) must_check;

/*
 * exec_script - is x->file a script?  Then file and argv become its interpreter's.
 *
 * Return: 1: replaced, look again; 0: no script; -errno.
 */
int exec_script(struct task *t, struct exec *x) must_check;

/* exec_open - open an interpreter or program by name, as @t, to run it */
int exec_open(struct task *t, struct exec *x, const char *name, struct file **ret) must_check;

/* exec_read - all of @size bytes at @off of @f; -EIO if there are fewer */
int exec_read(struct file *f, void *buf, size_t size, u64 off) must_check;

/*
 * exec_creds - who the program will be: set-ID bits, file capabilities
 *
 * Fills x->cred and x->secure.  Return: 0, -EPERM, -ENOMEM.
 */
int exec_creds(struct task *t, struct exec *x) must_check;

/* What the loaded program looks like: for the stack and the first registers. */
struct exec_image {
	uaddr_t entry;         /* first instruction: of the interpreter if there is one */
	uaddr_t program_entry; /* AT_ENTRY */
	uaddr_t interp_base;   /* AT_BASE */
	uaddr_t phdr;          /* AT_PHDR */
	u16 nr_phdr;
	uaddr_t stack_top; /* the stack ends below it */
	bool exec_stack;
};

/* The first contents of the stack, to be written when it is mapped. */
struct exec_stack {
	u8 *buf; /* kfree() */
	const u8 *bytes;
	size_t size;
	uaddr_t sp; /* where they go, and the first stack pointer */
};

/*
 * exec_stack_map - put the first stack together and map its pages
 *
 * Return: 0 with *@ret; -errno; ret->buf is the caller's either way.
 */
int exec_stack_map(struct task *t, struct exec *x, const struct exec_image *img,
		   struct exec_stack *ret) must_check;

/* exec_stack_write - fill it; 0 or -EFAULT */
int exec_stack_write(struct exec *x, const struct exec_stack *st) must_check;

/* exec_random - @bits random bits, 0 when @t has ADDR_NO_RANDOMIZE */
u64 exec_random(struct task *t, unsigned bits);
