/*
 * The seccomp filter behind ptrace, assembled by hand: libseccomp cannot compare
 * the instruction pointer.
 *
 * A guest's calls are stopped before any filter sees them.  Should one ever not
 * be, it meets this: from the stub's page the calls the tracer orders are
 * allowed, and anything else, from anywhere, kills the process.
 */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "lib/alloc.h"
#include "platform/ptrace/ptrace.h"

#define DATA(field)    ((u32)offsetof(struct seccomp_data, field))
#define DATA_HI(field) (DATA(field) + 4)

#define LOAD(off)      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, off)
#define KILL           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
#define ALLOW          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
/* Killed unless the word loaded is @k. */
#define NEED(k)     BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, 1, 0), KILL
#define ALLOW_IF(k) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1), ALLOW

/* A socket is one of the host's own kind, and made for the courier. */
#define ALLOW_SOCKET                                                                               \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 4), LOAD(DATA(args[0])), NEED(AF_UNIX), \
		ALLOW

/* What comes of it is traced as we are, and our child or in our process. */
#define ALLOW_CLONE                                                                \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 5), LOAD(DATA(args[0])), \
		ALLOW_IF(PT_PROCESS_FLAGS), NEED(PT_THREAD_FLAGS), ALLOW

static const struct sock_filter program[] = {
	LOAD(DATA(arch)),
	NEED(AUDIT_ARCH_X86_64),
	LOAD(DATA_HI(instruction_pointer)),
	NEED((u32)(STUB_BASE >> 32)),
	LOAD(DATA(instruction_pointer)),
	/* Behind the stub's one instruction that enters the host. */
	NEED((u32)(STUB_BASE + PT_STUB_SYSCALL + PT_SYSCALL_SIZE)),
	LOAD(DATA(nr)),
	ALLOW_IF(SYS_mmap),
	ALLOW_IF(SYS_munmap),
	ALLOW_IF(SYS_mprotect),
	ALLOW_IF(SYS_mremap),
	ALLOW_IF(SYS_madvise),
	ALLOW_IF(SYS_msync),
	ALLOW_IF(SYS_mlock),
	ALLOW_IF(SYS_mlock2),
	ALLOW_IF(SYS_munlock),
	ALLOW_IF(SYS_pkey_mprotect),
	ALLOW_IF(SYS_mincore),
	ALLOW_IF(SYS_membarrier),
	ALLOW_IF(SYS_getrusage),
	ALLOW_IF(SYS_exit),
	ALLOW_IF(SYS_connect),
	ALLOW_IF(SYS_recvmsg),
	ALLOW_IF(SYS_close),
	ALLOW_SOCKET,
	ALLOW_CLONE,
	KILL,
};

int pt_filter_build(struct sock_fprog *ret)
{
	ret->len = ARRAY_SIZE(program);
	ret->filter = kmemdup(program, sizeof(program));
	return ret->filter ? 0 : -ENOMEM;
}
