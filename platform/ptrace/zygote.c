/*
 * Making the zygote: a host process with nothing in it but stub, vDSO and the
 * scratch pages, which every address space is forked from.
 *
 * A copy of the sentry gives up what it can (platform/notify/zygote_child.c) and
 * waits until it is traced; then it executes the stub.  From there on it makes
 * the calls we order: no guest instruction has run, so they may be any.  The
 * last of them puts the filter on.
 */
#include <elf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/log.h"
#include "platform/host_op.h"
#include "platform/notify/zygote.h"
#include "platform/ptrace/ptrace.h"

#define START_LIMIT (10 * NSEC_PER_SEC)
#define TRACE_OPTIONS                                                                          \
	(PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | \
	 PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE)

#define BACKLOG 16

/* The program the zygote executes: one segment at STUB_BASE. */
struct stub_file {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[2];
	_Alignas(PAGE_SIZE) u8 page[STUB_SIZE];
};

/* What the host's sigaction structure looks like to the kernel. */
struct kernel_sigaction {
	u64 handler, flags, restorer, mask;
};

#define SA_RESTORER 0x04000000

static const int handled[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};

static void fill_stub(struct stub_file *f, const struct sockaddr_un *address)
{
	size_t size = (size_t)(pt_stub_code_end - pt_stub_code);

	_Static_assert(PT_STUB_ADDRESS + sizeof(*address) <= STUB_SIZE, "the page holds both");
	assert(size <= PT_STUB_ADDRESS);
	f->eh = (Elf64_Ehdr){
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_entry = STUB_BASE + PT_STUB_ENTRY,
		.e_phoff = offsetof(struct stub_file, ph),
		.e_ehsize = sizeof(f->eh),
		.e_phentsize = sizeof(f->ph[0]),
		.e_phnum = ARRAY_SIZE(f->ph),
	};
	f->ph[0] = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_offset = offsetof(struct stub_file, page),
		.p_vaddr = STUB_BASE,
		.p_filesz = STUB_SIZE,
		.p_memsz = STUB_SIZE,
		.p_align = PAGE_SIZE,
	};
	f->ph[1] = (Elf64_Phdr){.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W};
	memcpy(f->page, pt_stub_code, size);
	memcpy(f->page + PT_STUB_ADDRESS, address, sizeof(*address));
}

static int stub_memfd(const struct sockaddr_un *address, hostfd_t *ret)
{
	struct stub_file *f;
	void *mem;
	int err;

	err = host_mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			HOSTFD_NONE, 0, &mem);
	if (err)
		return err;
	f = mem;
	fill_stub(f, address);
	err = zygote_memfd(f, sizeof(*f), ret);
	if (host_munmap(mem, sizeof(*f)))
		log_error("cannot unmap the stub's file");
	return err;
}

/* An abstract name nobody else has. */
static int choose_address(struct sockaddr_un *ret)
{
	u8 random[16];
	int err = host_getrandom(random, sizeof(random));

	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(ret->sun_path + 1 + 2 * i, 3, "%02x", random[i]);
	return err;
}

/* In the zygote: the rules of zygote_child.c. */
static void child(struct zygote_shared *sh)
{
	const struct timespec nap = {.tv_nsec = 20 * NSEC_PER_USEC};
	int fd;

	zygote_prepare(sh);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (const void *)sh->address, sizeof(*sh->address)) ||
	    listen(fd, BACKLOG))
		zygote_fail(sh, STEP_LISTENER);
	__atomic_store_n(&sh->listener, fd, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&sh->go, __ATOMIC_ACQUIRE))
		nanosleep(&nap, NULL);
	zygote_exec(sh);
}

/* On to the stub's first instruction; the registers it has there. */
static int run_to_stub(struct zygote_shared *sh, struct vcpu *z)
{
	int status, err;

	__atomic_store_n(&sh->go, true, __ATOMIC_RELEASE);
	do {
		status = pt_await(z->tid);
		if (status < 0)
			return sh->error ? sh->error : status;
		if (PT_EVENT(status) == 0 && status == SIGTRAP)
			break;
		if (host_ptrace(PTRACE_CONT, z->tid, 0, NULL) < 0)
			return -ESRCH;
	} while (true);
	err = pt_regs_fetch(z, false);
	return !err && z->regs.ip != STUB_BASE + PT_STUB_ENTRY + 1 ? -ENOEXEC : err;
}

/* A host call that must go well; the data it points to stands at PT_DATA. */
static int order(struct vcpu *z, const void *data, size_t size, long nr, const u64 args[6])
{
	long host;
	int err = size ? pt_mem_write(z, PT_DATA, data, size) : 0;

	if (!err)
		err = pt_stub_call(z, nr, args, &host);
	if (!err && is_host_error(host))
		err = (int)host;
	return err;
}
#define ORDER(z, data, size, nr, ...) order(z, data, size, nr, (const u64[6]){__VA_ARGS__})

static int unmap(struct vcpu *z, uaddr_t from, uaddr_t to)
{
	return ORDER(z, NULL, 0, SYS_munmap, from, to - from);
}

static int map_scratch(struct vcpu *z)
{
	return ORDER(z, NULL, 0, SYS_mmap, PT_SCRATCH, PT_SCRATCH_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, (u64)-1, 0);
}

/* The stack goes; where the host chose places by itself, all goes but what is ours. */
static int clean_memory(struct vcpu *z, bool scattered)
{
	int err;

	if (!scattered)
		return unmap(z, STACK_TOP - STACK_ZONE, STACK_TOP);
	err = unmap(z, 0, STUB_BASE);
	if (!err)
		err = unmap(z, STUB_BASE + STUB_SIZE, PT_SCRATCH);
	if (!err)
		err = unmap(z, PT_SCRATCH + PT_SCRATCH_SIZE, STACK_TOP);
	if (!err && !ORDER(z, NULL, 0, SYS_arch_prctl, ARCH_MAP_VDSO_64, VDSO_HOME))
		zygote_image_found_vdso(z->as, &pt.info);
	return err;
}

static int handle_signals(struct vcpu *z)
{
	/* No restorer is ever run, but the host wants one; the mask stays as it is. */
	const struct kernel_sigaction sa = {
		.handler = STUB_BASE + PT_STUB_HANDLER,
		.flags = SA_SIGINFO | SA_NODEFER | SA_RESTORER,
	};
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(handled) && !err; i++)
		err = ORDER(z, &sa, sizeof(sa), SYS_rt_sigaction, (u64)handled[i], PT_DATA, 0,
			    sizeof(u64));
	return err;
}

static int put_filter_on(struct vcpu *z)
{
	struct sock_fprog prog;
	u8 buf[PAGE_SIZE];
	size_t size;
	int err = pt_filter_build(&prog);

	if (err)
		return err;
	size = prog.len * sizeof(prog.filter[0]);
	assert(sizeof(prog) + size <= sizeof(buf));
	memcpy(buf + sizeof(prog), prog.filter, size);
	kfree(prog.filter);
	prog.filter = (void *)(PT_DATA + sizeof(prog));
	memcpy(buf, &prog, sizeof(prog));
	return ORDER(z, buf, sizeof(prog) + size, SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, PT_DATA);
}

/* From the stub's first instruction to a zygote. */
static int settle(struct vcpu *z, const char **ret_why)
{
	static const char name[] = "bailey-guest";
	bool scattered;
	int err;

	*ret_why = "the host does not let the sentry read its children";
	err = pt_aspace_reach(z->as);
	if (err)
		return err;
	err = zygote_image_find(z->as, z->regs.sp, &pt.info, &scattered);
	if (err)
		return err;
	*ret_why = "the host refuses the zygote's first calls";
	err = map_scratch(z);
	if (!err)
		err = clean_memory(z, scattered);
	if (!err)
		err = handle_signals(z);
	if (!err)
		err = ORDER(z, name, sizeof(name), SYS_prctl, PR_SET_NAME, PT_DATA);
	if (!err)
		err = ORDER(z, NULL, 0, SYS_close_range, 0, ~0u, 0);
	if (err)
		return err;
	*ret_why = "the host refuses the guests' filter";
	err = put_filter_on(z);
	return err ? err : pt_xstate_learn(z, ret_why);
}

static int start(struct zygote_shared *sh, struct vcpu *z, const char **ret_why)
{
	u64 deadline = now_ns() + START_LIMIT;
	pid_t pid = zygote_fork(sh, child);
	int err;

	*ret_why = "the zygote cannot be forked";
	if (pid < 0)
		return pid;
	z->tid = pid;
	pt_aspace_born(z->as, pid);
	pt_threads_add(z);
	platform_run_meanwhile();
	__atomic_store_n(&sh->rooted, true, __ATOMIC_RELEASE);
	err = zygote_await(sh, deadline, &pt.listener, ret_why);
	if (err)
		return err;
	*ret_why =
		"the host does not allow ptrace (kernel.yama.ptrace_scope, a security module, or a "
		"container's seccomp profile)";
	if (host_ptrace(PTRACE_SEIZE, pid, 0, (void *)(uintptr_t)TRACE_OPTIONS) < 0)
		return -EPERM;
	*ret_why = "the stub cannot be executed";
	err = run_to_stub(sh, z);
	return err ? err : settle(z, ret_why);
}

static int start_from(hostfd_t stub, const struct sockaddr_un *address, struct vcpu *z,
		      const char **ret_why)
{
	struct zygote_shared *sh;
	void *mem;
	int err;

	err = host_mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			HOSTFD_NONE, 0, &mem);
	if (err)
		return err;
	sh = mem;
	sh->stub_fd = stub.n;
	sh->parent = getpid();
	sh->address = address;
	sh->listener = -1;
	err = start(sh, z, ret_why);
	if (host_munmap(mem, PAGE_SIZE))
		log_error("cannot unmap the zygote's page");
	return err;
}

int pt_zygote_start(const char **ret_why)
{
	cleanup_hostfd hostfd_t stub = HOSTFD_NONE;
	struct sockaddr_un address;
	struct aspace *as;
	struct vcpu *z;
	int err;

	*ret_why = "out of memory or descriptors";
	err = choose_address(&address);
	if (!err)
		err = stub_memfd(&address, &stub);
	if (!err)
		err = pt_aspace_alloc(&as);
	if (err)
		return err;
	err = pt_vcpu_alloc(as, &z);
	if (!err) {
		pt_aspace_add(z);
		err = start_from(stub, &address, z, ret_why);
		if (err)
			pt_vcpu_destroy(z);
		else
			pt.zygote = z;
	}
	/* The vcpu keeps its address space. */
	pt_aspace_put(as);
	return err;
}
