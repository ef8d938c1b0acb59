/*
 * The guest of step.c: makes one call at a time, told when by its memory, and
 * checks that a signal on the way has changed nothing of it.
 *
 * Each call has a site of its own.  All registers, flags, the red zone and the
 * vectors are filled before and compared after; the handler compares what it
 * finds in its ucontext.
 */
#include "step.h"

#include <asm/prctl.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <ucontext.h>

#include "t.h"

#define WARM  8
#define FLAGS 0xed7 /* all that a program may change, and what is always there */
#define SITE  64    /* bytes from one site to the next */
#define LONG  20000 /* bytes of a copy that takes another way */
#define OFTEN 600   /* as many of it make sure that it does... */
#define AGAIN 70    /* ...and after one that was held up */

struct state {
	uint64_t di, si, dx, r10, r8, r9; /* arguments */
	uint64_t bx, bp, r12, r13, r14, r15;
	uint64_t flags, ax;
	unsigned char red[128];
	unsigned char xmm[16][16];
	uint32_t mxcsr;
	uint16_t fpucw;
};

_Static_assert(offsetof(struct state, flags) == 96, "probe");
_Static_assert(offsetof(struct state, red) == 112, "probe");
_Static_assert(offsetof(struct state, xmm) == 240, "probe");
_Static_assert(offsetof(struct state, mxcsr) == 496, "probe");

/* Load @in, call @code with @nr in rax, store to @out. */
void probe(const struct state *in, struct state *out, uint64_t code, long nr);

#define LOAD(n)  "movdqu 240+16*" #n "(%rax), %xmm" #n "\n"
#define STORE(n) "movdqu %xmm" #n ", 240+16*" #n "(%rcx)\n"
#define ALL(op)                                                                                 \
	op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) op(11) op(12) op(13) \
		op(14) op(15)

/* The red zone lies below the return address that `call` pushes. */
__asm__(".text\n.globl probe\n.type probe,@function\nprobe:\n"
	"push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
	"sub $40, %rsp\n"
	"mov %rsi, 8(%rsp)\nmov %rdx, 16(%rsp)\nmov %rcx, 24(%rsp)\n"
	"mov %rdi, %rax\nxor %ecx, %ecx\n"
	"1: mov 112(%rax,%rcx,8), %rdx\nmov %rdx, -136(%rsp,%rcx,8)\n"
	"inc %ecx\ncmp $16, %ecx\njb 1b\n" ALL(
		LOAD) "ldmxcsr 496(%rax)\nfldcw 500(%rax)\n"
		      "pushq 96(%rax)\npopfq\n"
		      "mov 0(%rax), %rdi\nmov 8(%rax), %rsi\nmov 16(%rax), %rdx\nmov 24(%rax), "
		      "%r10\n"
		      "mov 32(%rax), %r8\nmov 40(%rax), %r9\nmov 48(%rax), %rbx\nmov 56(%rax), "
		      "%rbp\n"
		      "mov 64(%rax), %r12\nmov 72(%rax), %r13\nmov 80(%rax), %r14\nmov 88(%rax), "
		      "%r15\n"
		      "mov 24(%rsp), %rax\n"
		      "call *16(%rsp)\n"
		      "mov 8(%rsp), %rcx\n"
		      "mov %rdi, 0(%rcx)\nmov %rsi, 8(%rcx)\nmov %rdx, 16(%rcx)\nmov %r10, "
		      "24(%rcx)\n"
		      "mov %r8, 32(%rcx)\nmov %r9, 40(%rcx)\nmov %rbx, 48(%rcx)\nmov %rbp, "
		      "56(%rcx)\n"
		      "mov %r12, 64(%rcx)\nmov %r13, 72(%rcx)\nmov %r14, 80(%rcx)\nmov %r15, "
		      "88(%rcx)\n"
		      "mov %rax, 104(%rcx)\npushfq\npopq 96(%rcx)\ncld\n"
		      "xor %eax, %eax\n"
		      "1: mov -136(%rsp,%rax,8), %rdx\nmov %rdx, 112(%rcx,%rax,8)\n"
		      "inc %eax\ncmp $16, %eax\njb 1b\n" ALL(
			      STORE) "stmxcsr 496(%rcx)\nfnstcw 500(%rcx)\n"
				     "add $40, %rsp\n"
				     "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop "
				     "%rbx\nret\n"
				     ".size probe, .-probe\n");

static struct step_shared *shared; /* with a second process */
static char nonce[STEP_NONCE];
#define sh (*shared)

static unsigned char *sites;
static pid_t pid, tid, parent, sender;
static int pair[2], vain[2], busy[2], sock[2], null, file;
static int below = -1;
static struct stat below_st;
static uint32_t kicked_self;
static unsigned alone; /* threads that have a table of descriptors of their own */
static char bytes[600], room[600], head[600];
static char from[LONG], to[LONG];

/* Of the call at hand, for the handler. */
static struct state in;
static const struct step_call *volatile now;

extern const char etext[], __executable_start[];

#define WRONG(g, w)                              \
	do {                                     \
		if (!sh.failed) {                \
			sh.got = (uint64_t)(g);  \
			sh.want = (uint64_t)(w); \
			sh.failed = __LINE__;    \
		}                                \
	} while (0)
#define SAME(g, w)                                  \
	do {                                        \
		if ((uint64_t)(g) != (uint64_t)(w)) \
			WRONG(g, w);                \
	} while (0)

static void on_signal(int sig, siginfo_t *info, void *ctx)
{
	const greg_t *r = ((ucontext_t *)ctx)->uc_mcontext.gregs;
	const struct step_call *c = now;
	uint64_t ip = (uint64_t)r[REG_RIP];

	SAME(info->si_pid, sig == SIGWINCH ? pid : sender);
	if (c && ip - c->code < c->len) {
		SAME(r[REG_RDI], in.di);
		SAME(r[REG_RSI], in.si);
		SAME(r[REG_RDX], in.dx);
		SAME(r[REG_R10], in.r10);
		SAME(r[REG_R8], in.r8);
		SAME(r[REG_R9], in.r9);
		SAME(r[REG_RBX], in.bx);
		SAME(r[REG_RBP], in.bp);
		SAME(r[REG_R12], in.r12);
		SAME(r[REG_R13], in.r13);
		SAME(r[REG_R14], in.r14);
		SAME(r[REG_R15], in.r15);
		SAME((r[REG_EFL] & FLAGS), (in.flags & FLAGS));
	} else if (ip < (uint64_t)__executable_start || ip >= (uint64_t)etext) {
		WRONG(ip, 0);
	}
	if (c && c->flags & STEP_BLOCKS && sig != SIGUSR2)
		SAME(write(vain[1], "x", 1), 1);
	if (sig != SIGWINCH)
		sh.handled++;
	else
		kicked_self++;
}

/* The third thread: keeps the sentry looking. */
/* Of a file that another thread might close, the stub is told nothing. */
static void leave_table(void)
{
	T_OK(unshare(CLONE_FILES));
	__atomic_add_fetch(&alone, 1, __ATOMIC_SEQ_CST);
}

static void await_alone(unsigned n)
{
	while (__atomic_load_n(&alone, __ATOMIC_SEQ_CST) != n)
		usleep(100);
}

static void *caller(void *arg)
{
	char c;

	leave_table();
	while (read(busy[0], &c, 1) == 1)
		while (sh.over != sh.go)
			syscall(SYS_getppid);
	return arg;
}

static int first_signal(void)
{
	return sh.call[sh.which].flags & STEP_EINTR ? SIGURG : SIGUSR1;
}

static void *kicker(void *arg)
{
	unsigned char c;

	leave_table();
	while (read(0, &c, 1) == 1) {
		if (c & STEP_LOOK)
			T_OK(write(busy[1], "x", 1));
		for (int i = 0; c & STEP_CALLS && i < 200; i++)
			syscall(SYS_getppid);
		if (c & STEP_FIRST)
			T_OK(tgkill(pid, tid, first_signal()));
		if (c & STEP_SECOND)
			T_OK(tgkill(pid, tid, SIGUSR2));
		sh.kicks++;
	}
	_exit(0);
	return arg;
}

static const struct step_call *add(const char *name, long nr, bool mov, uint64_t flags)
{
	struct step_call *c = &sh.call[sh.nr];
	unsigned char *m = sites + SITE * sh.nr + sh.nr % 8;
	/* mov $nr,%eax; syscall; ret */
	const unsigned char with[] = {
		0xb8, (unsigned char)nr, (unsigned char)(nr >> 8), 0, 0, 0x0f, 0x05, 0xc3};
	/* nop; syscall; mov %rax,%rcx; mov %rcx,%rax; ret */
	static const unsigned char without[] = {0x90, 0x0f, 0x05, 0x48, 0x89,
						0xc1, 0x48, 0x89, 0xc8, 0xc3};

	memcpy(m, mov ? with : without, mov ? sizeof(with) : sizeof(without));
	strcpy(c->name, name);
	c->code = (uint64_t)m;
	c->len = mov ? sizeof(with) : sizeof(without);
	c->patch = mov ? c->code : c->code + 1;
	c->flags = flags;
	sh.nr++;
	return c;
}

static long result;

/* From now on the driver stops us, or no longer; without a call. */
static void await(volatile uint32_t *said, const volatile uint32_t *heard)
{
	*said = sh.go;
	while (sh.ready && *heard != sh.go)
		__builtin_ia32_pause();
}

/* Make @nr through the site of @c and compare everything. */
static void make(const struct step_call *c, long nr, const uint64_t args[6])
{
	struct state out;

	for (unsigned k = 0; k < sizeof(in); k++)
		((unsigned char *)&in)[k] = (unsigned char)(k * 7 + sh.go);
	memcpy(&in, args, 6 * sizeof(*args));
	in.mxcsr = 0x1f80 | (sh.go & 3) << 13;
	in.fpucw = (uint16_t)(0x37f | (sh.go & 3) << 10);
	/* All of them set, then none, then every other one. */
	in.flags = 0x202 | (sh.go % 3 == 0 ? FLAGS : sh.go % 3 == 1 ? 0 : 0x891);
	if (!sh.ready && c->flags & STEP_BLOCKS)
		SAME(write(vain[1], "x", 1), 1);
	await(&sh.prepared, &sh.start);
	now = c;
	probe(&in, &out, c->code, nr);
	now = NULL;
	await(&sh.over, &sh.ack);
	result = (long)out.ax;
	SAME(out.flags, in.flags);
	for (unsigned i = 0; i < 12; i++)
		SAME((&out.di)[i], (&in.di)[i]);
	SAME(memcmp(out.red, in.red, sizeof(in.red)), 0);
	SAME(memcmp(out.xmm, in.xmm, sizeof(in.xmm)), 0);
	SAME(out.mxcsr, in.mxcsr);
	SAME(out.fpucw, in.fpucw);
}

/* As the kernel has it. */
struct action {
	uint64_t handler, flags, restorer, mask;
};

#define ACTION_RESTORER 0x04000000

static uint64_t restorer; /* the C library's */

#define U(p) ((uint64_t)(uintptr_t)(p))
#define MAKE(c, nr, want, ...)                                 \
	do {                                                   \
		make(c, nr, (const uint64_t[6]){__VA_ARGS__}); \
		SAME(result, want);                            \
	} while (0)

/* What was written is in the pipe, once. */
static void written(size_t n)
{
	char got[sizeof(bytes) + 1];

	SAME(read(pair[0], got, sizeof(got)), n);
	SAME(memcmp(got, bytes, n), 0);
}

static void fill(size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)(i * 3 + sh.go);
	memset(room, '.', sizeof(room));
}

static void c_getppid(const struct step_call *c)
{
	MAKE(c, SYS_getppid, parent, 1, 2, 3, 4, 5, 6);
}

/* One that has set %gs has no channel there: it goes on at the trampoline's syscall. */
static void c_gs(const struct step_call *c)
{
	uint64_t base = 0;

	T_OK(syscall(SYS_arch_prctl, ARCH_SET_GS, &sh));
	c_getppid(c);
	T_OK(syscall(SYS_arch_prctl, ARCH_GET_GS, &base));
	SAME(base, U(&sh));
	T_OK(syscall(SYS_arch_prctl, ARCH_SET_GS, 0));
}

static void c_getpid(const struct step_call *c)
{
	MAKE(c, SYS_getpid, pid, 1, 2, 3, 4, 5, 6);
}

static void write_of(const struct step_call *c, size_t n)
{
	fill(n);
	MAKE(c, SYS_write, n, (uint64_t)pair[1], U(bytes), n, 7, 8, 9);
	written(n);
}

/* Each size is copied by instructions of its own. */
static void c_write_2(const struct step_call *c)
{
	write_of(c, 2);
}

static void c_write_6(const struct step_call *c)
{
	write_of(c, 6);
}

static void c_write_13(const struct step_call *c)
{
	write_of(c, 13);
}

static void c_write(const struct step_call *c)
{
	write_of(c, 333);
}

static void read_of(const struct step_call *c, size_t n)
{
	fill(n);
	SAME(write(pair[1], bytes, n), n);
	MAKE(c, SYS_read, n, (uint64_t)pair[0], U(room), sizeof(room), 7, 8, 9);
	SAME(memcmp(room, bytes, n), 0);
	SAME(room[n], '.');
	SAME(read(pair[0], room, 1), -1);
}

static void c_read_3(const struct step_call *c)
{
	read_of(c, 3);
}

static void c_read_5(const struct step_call *c)
{
	read_of(c, 5);
}

static void c_read_40(const struct step_call *c)
{
	read_of(c, 40);
}

static void c_read(const struct step_call *c)
{
	read_of(c, 222);
}

static void c_writev(const struct step_call *c)
{
	struct iovec v[3] = {{bytes, 5}, {bytes + 5, 90}, {bytes + 95, 2}};

	fill(97);
	MAKE(c, SYS_writev, 97, (uint64_t)pair[1], U(v), 3, 7, 8, 9);
	written(97);
}

static void c_stat(const struct step_call *c)
{
	struct stat st, want;

	T_OK(stat("/proc/self/exe", &want));
	memset(&st, 0x55, sizeof(st));
	MAKE(c, SYS_newfstatat, 0, (uint64_t)AT_FDCWD, U("/proc/self/exe"), U(&st), 0, 8, 9);
	SAME(memcmp(&st, &want, offsetof(struct stat, st_atim)), 0);
}

static void c_select(const struct step_call *c)
{
	struct timeval tv = {0, 0};
	fd_set r, w;

	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_SET(pair[0], &r);
	FD_SET(pair[1], &w);
	MAKE(c, SYS_select, 1, 64, U(&r), U(&w), 0, U(&tv), 9);
	SAME(FD_ISSET(pair[0], &r), 0);
	SAME(!!FD_ISSET(pair[1], &w), 1);
}

static struct msghdr message(struct iovec *v, void *control)
{
	return (struct msghdr){
		.msg_iov = v,
		.msg_iovlen = 2,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(sizeof(int)),
	};
}

static void c_sendmsg(const struct step_call *c)
{
	struct iovec v[2] = {{bytes, 20}, {bytes + 20, 30}};
	char got[100];
	union {
		struct cmsghdr h;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.h = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
	struct msghdr m = message(v, &control);

	memcpy(CMSG_DATA(&control.h), &null, sizeof(null));
	fill(50);
	MAKE(c, SYS_sendmsg, 50, (uint64_t)sock[1], U(&m), 0, 7, 8, 9);
	SAME(recv(sock[0], got, sizeof(got), 0), 50);
	SAME(memcmp(got, bytes, 50), 0);
	SAME(recv(sock[0], got, sizeof(got), MSG_DONTWAIT), -1);
}

static void c_recvmsg(const struct step_call *c)
{
	struct iovec v[2] = {{room, 20}, {room + 20, 300}};
	char control[CMSG_SPACE(sizeof(int))];
	struct msghdr m = message(v, control);

	fill(50);
	SAME(send(sock[1], bytes, 50, 0), 50);
	MAKE(c, SYS_recvmsg, 50, (uint64_t)sock[0], U(&m), 0, 7, 8, 9);
	SAME(memcmp(room, bytes, 50), 0);
	SAME(m.msg_controllen, 0);
	SAME(recv(sock[0], room, sizeof(room), MSG_DONTWAIT), -1);
}

static void c_mmap(const struct step_call *c)
{
	make(c, SYS_mmap,
	     (const uint64_t[6]){0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				 (uint64_t)-1, 0});
	SAME(result & 4095, 0);
	if (sh.failed)
		return;
	*(volatile char *)result = 1;
	SAME(munmap((void *)result, 4096), 0);
	SAME(munmap((void *)result, 4096), 0);
}

/* It is handled when the call returns. */
static void c_kill(const struct step_call *c)
{
	kicked_self = 0;
	MAKE(c, SYS_tgkill, 0, (uint64_t)pid, (uint64_t)tid, SIGWINCH, 7, 8, 9);
	SAME(kicked_self, 1);
}

static void c_blocked(const struct step_call *c)
{
	char got = 0;

	make(c, SYS_read, (const uint64_t[6]){(uint64_t)vain[0], U(&got), 1, 7, 8, 9});
	if (result == -EINTR)
		SAME(read(vain[0], &got, 1), 1);
	else
		SAME(result, 1);
	SAME(got, 'x');
}

static void c_restarted(const struct step_call *c)
{
	char got = 0;

	MAKE(c, SYS_read, 1, (uint64_t)vain[0], U(&got), 1, 7, 8, 9);
	SAME(got, 'x');
}

/* Another byte in each round; the way is free again. */
static void prepare_long(void)
{
	memset(to, 0, sizeof(to));
	for (unsigned i = 0; i < (sh.ready ? AGAIN : OFTEN / WARM); i++)
		SAME(pread(file, to, sizeof(to), 0), sizeof(to));
	memset(from, (char)(sh.go + 1), sizeof(from));
	memset(to, 0, sizeof(to));
}

static void c_long_write(const struct step_call *c)
{
	prepare_long();
	MAKE(c, SYS_pwrite64, LONG, (uint64_t)file, U(from), LONG, 0, 8, 9);
	SAME(pread(file, to, LONG, 0), LONG);
	SAME(memcmp(from, to, LONG), 0);
}

static void c_long_read(const struct step_call *c)
{
	prepare_long();
	SAME(pwrite(file, from, LONG, 0), LONG);
	MAKE(c, SYS_pread64, LONG, (uint64_t)file, U(to), LONG, 0, 8, 9);
	SAME(memcmp(from, to, LONG), 0);
}

/*
 * What the stub is told of a file that is below the overlay, and of a place there.  The first of
 * these leaves it open.
 */
#define BELOW "/usr/bin/env"

static void c_fstat(const struct step_call *c)
{
	struct stat st;

	if (below < 0) {
		below = T_OK(open(BELOW, O_RDONLY));
		T_OK(fstat(below, &below_st));
	}
	memset(&st, 0x55, sizeof(st));
	MAKE(c, SYS_fstat, 0, (uint64_t)below, U(&st), 3, 7, 8, 9);
	SAME(memcmp(&st, &below_st, offsetof(struct stat, st_atim)), 0);
}

static void c_fstatat(const struct step_call *c)
{
	struct stat st;

	memset(&st, 0x55, sizeof(st));
	MAKE(c, SYS_newfstatat, 0, (uint64_t)below, U(""), U(&st), AT_EMPTY_PATH, 8, 9);
	SAME(memcmp(&st, &below_st, offsetof(struct stat, st_atim)), 0);
}

static void c_lseek(const struct step_call *c)
{
	MAKE(c, SYS_lseek, 0, (uint64_t)below, 0, SEEK_CUR, 7, 8, 9);
}

static void c_tcgets(const struct step_call *c)
{
	MAKE(c, SYS_ioctl, -ENOTTY, (uint64_t)below, TCGETS, U(room), 7, 8, 9);
}

static void c_at_end(const struct step_call *c)
{
	SAME(lseek(below, -5, SEEK_END), below_st.st_size - 5);
	SAME(read(below, room, 10), 5);
	MAKE(c, SYS_read, 0, (uint64_t)below, U(room), sizeof(room), 7, 8, 9);
	SAME(lseek(below, 0, SEEK_SET), 0);
}

static void c_listed(const struct step_call *c)
{
	int fd = T_OK(open("/usr", O_RDONLY | O_DIRECTORY));

	T_TRUE(syscall(SYS_getdents64, fd, from, LONG) > 0);
	MAKE(c, SYS_getdents64, 0, (uint64_t)fd, U(to), LONG, 7, 8, 9);
	T_OK(close(fd));
}

/* Closed it is, whether here or there, and stays so. */
static void c_close(const struct step_call *c)
{
	int fd = T_OK(open(BELOW, O_RDONLY));

	MAKE(c, SYS_close, 0, (uint64_t)fd, 2, 3, 7, 8, 9);
	T_ERR(close(fd), EBADF);
}

/* Opened anew, its first bytes are told as well. */
static void reopen(void)
{
	static bool read_before;

	SAME(close(below), 0);
	below = T_OK(open(BELOW, O_RDONLY));
	if (!read_before)
		SAME(pread(below, head, sizeof(head), 0), sizeof(head));
	read_before = true;
}

static void c_told_read(const struct step_call *c)
{
	reopen();
	memset(room, 0x55, sizeof(room));
	MAKE(c, SYS_read, 500, (uint64_t)below, U(room), 500, 7, 8, 9);
	SAME(memcmp(room, head, 500), 0);
	SAME(room[500], 0x55);
	SAME(lseek(below, 0, SEEK_CUR), 500);
}

static void c_told_few(const struct step_call *c)
{
	reopen();
	SAME(read(below, room, 100), 100);
	MAKE(c, SYS_read, 55, (uint64_t)below, U(room), 55, 7, 8, 9);
	SAME(memcmp(room, head + 100, 55), 0);
	SAME(lseek(below, 0, SEEK_CUR), 155);
}

static void c_told_pread(const struct step_call *c)
{
	reopen();
	memset(room, 0x55, sizeof(room));
	MAKE(c, SYS_pread64, 300, (uint64_t)below, U(room), 300, 200, 8, 9);
	SAME(memcmp(room, head + 200, 300), 0);
	SAME(lseek(below, 0, SEEK_CUR), 0);
}

static void c_told_bad(const struct step_call *c)
{
	reopen();
	MAKE(c, SYS_read, -EFAULT, (uint64_t)below, 8, 500, 7, 8, 9);
	SAME(lseek(below, 0, SEEK_CUR), 0);
}

static void c_place(const struct step_call *c)
{
	struct stat st;

	memset(&st, 0x55, sizeof(st));
	MAKE(c, SYS_stat, 0, U(BELOW), U(&st), 3, 7, 8, 9);
	SAME(memcmp(&st, &below_st, offsetof(struct stat, st_atim)), 0);
}

static void c_bad_place(const struct step_call *c)
{
	MAKE(c, SYS_stat, -EFAULT, U(BELOW), 8, 3, 7, 8, 9);
}

static void c_bad_name(const struct step_call *c)
{
	MAKE(c, SYS_stat, -EFAULT, 8, U(room), 3, 7, 8, 9);
}

static void c_bad_in(const struct step_call *c)
{
	MAKE(c, SYS_write, -EFAULT, (uint64_t)pair[1], 8, 100, 7, 8, 9);
}

static void c_bad_out(const struct step_call *c)
{
	MAKE(c, SYS_fstat, -EFAULT, (uint64_t)null, 8, 3, 7, 8, 9);
}

/* Of a signal whose action is plain: what it is, of each kind. */
static void c_action(const struct step_call *c)
{
	struct action old;

	memset(&old, 0x55, sizeof(old));
	MAKE(c, SYS_rt_sigaction, 0, SIGTERM, 0, U(&old), 8, 8, 9);
	SAME(memcmp(&old, &(struct action){0}, sizeof(old)), 0);
}

static void c_action_bad(const struct step_call *c)
{
	MAKE(c, SYS_rt_sigaction, -EFAULT, SIGTERM, 0, 8, 8, 8, 9);
}

/* It is set to what it is, with a restorer; then by the sentry without, and was what it was set to.
 */
static void c_action_set(const struct step_call *c)
{
	const struct action plain = {.flags = ACTION_RESTORER, .restorer = restorer};
	const struct action none = {0};
	struct action old;

	MAKE(c, SYS_rt_sigaction, 0, SIGXCPU, U(&plain), 0, 8, 8, 9);
	SAME(syscall(SYS_rt_sigaction, SIGXCPU, NULL, &old, 8), 0);
	SAME(memcmp(&old, &plain, sizeof(old)), 0);
	memset(&old, 0x55, sizeof(old));
	SAME(syscall(SYS_rt_sigaction, SIGXCPU, &none, &old, 8), 0);
	SAME(memcmp(&old, &plain, sizeof(old)), 0);
}

static void c_action_set_bad(const struct step_call *c)
{
	MAKE(c, SYS_rt_sigaction, -EFAULT, SIGXCPU, 8, 0, 8, 8, 9);
}

/* What a thread says at its start is so, whenever the kernel is asked. */
static void c_tid_address(const struct step_call *c)
{
	uintptr_t old = 0, got = 0;

	T_OK(prctl(PR_GET_TID_ADDRESS, &old));
	MAKE(c, SYS_set_tid_address, syscall(SYS_gettid), U(room), 3, 4, 7, 8, 9);
	SAME(prctl(PR_GET_TID_ADDRESS, &got), 0);
	SAME(got, U(room));
	SAME(syscall(SYS_set_tid_address, old), syscall(SYS_gettid));
}

static void c_robust_list(const struct step_call *c)
{
	uint64_t old = 0, got = 0, len = 0;

	T_OK(syscall(SYS_get_robust_list, 0, &old, &len));
	MAKE(c, SYS_set_robust_list, 0, 0, len, 4, 7, 8, 9);
	SAME(syscall(SYS_get_robust_list, 0, &got, &len), 0);
	SAME(got, 0);
	SAME(syscall(SYS_set_robust_list, old, len), 0);
}

static void c_limit(const struct step_call *c)
{
	uint64_t lim[4] = {1, 2, 3, 4}, want[2];

	T_OK(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, want));
	MAKE(c, SYS_prlimit64, 0, 0, RLIMIT_NOFILE, 0, U(&lim[1]), 8, 9);
	SAME(lim[0], 1);
	SAME(lim[1], want[0]);
	SAME(lim[2], want[1]);
	SAME(lim[3], 4);
}

static void c_limit_bad(const struct step_call *c)
{
	MAKE(c, SYS_prlimit64, -EFAULT, 0, RLIMIT_NOFILE, 0, 8, 8, 9);
}

static void c_brk(const struct step_call *c)
{
	MAKE(c, SYS_brk, syscall(SYS_brk, 1), 0, 3, 4, 7, 8, 9);
}

static const struct {
	const char *name;
	void (*fn)(const struct step_call *c);
	long nr;
	bool mov;
	uint64_t flags;
} calls[] = {
	{"getppid", c_getppid, SYS_getppid, true, STEP_PAIRS},
	{"getppid behind", c_getppid, SYS_getppid, false, 0},
	{"getppid with gs", c_gs, SYS_getppid, true, 0},
	{"getpid", c_getpid, SYS_getpid, true, 0},
	{"getpid behind", c_getpid, SYS_getpid, false, 0},
	{"write 2", c_write_2, SYS_write, false, 0},
	{"write 6", c_write_6, SYS_write, true, 0},
	{"write 13", c_write_13, SYS_write, true, 0},
	{"write", c_write, SYS_write, false, 0},
	{"read 3", c_read_3, SYS_read, true, 0},
	{"read 5", c_read_5, SYS_read, false, 0},
	{"read 40", c_read_40, SYS_read, false, 0},
	{"read", c_read, SYS_read, true, STEP_PAIRS},
	{"writev", c_writev, SYS_writev, true, STEP_PAIRS},
	{"newfstatat", c_stat, SYS_newfstatat, false, 0},
	{"select", c_select, SYS_select, true, 0},
	{"sendmsg", c_sendmsg, SYS_sendmsg, false, 0},
	{"recvmsg", c_recvmsg, SYS_recvmsg, true, 0},
	{"mmap", c_mmap, SYS_mmap, false, 0},
	{"tgkill", c_kill, SYS_tgkill, true, STEP_PAIRS},
	{"fstat told", c_fstat, SYS_fstat, true, 0},
	{"newfstatat told", c_fstatat, SYS_newfstatat, false, 0},
	{"lseek told", c_lseek, SYS_lseek, true, 0},
	{"ioctl told", c_tcgets, SYS_ioctl, false, 0},
	{"read at the end", c_at_end, SYS_read, true, 0},
	{"getdents at the end", c_listed, SYS_getdents64, false, 0},
	{"close told", c_close, SYS_close, false, 0},
	{"read told", c_told_read, SYS_read, true, STEP_PAIRS},
	{"read told few", c_told_few, SYS_read, false, 0},
	{"pread told", c_told_pread, SYS_pread64, false, 0},
	{"read told bad", c_told_bad, SYS_read, true, 0},
	{"stat told", c_place, SYS_stat, false, 0},
	{"stat told bad", c_bad_place, SYS_stat, true, 0},
	{"stat bad", c_bad_name, SYS_stat, false, 0},
	{"write bad", c_bad_in, SYS_write, true, 0},
	{"fstat bad", c_bad_out, SYS_fstat, false, STEP_PAIRS},
	{"pwrite long", c_long_write, SYS_pwrite64, true, STEP_LONG},
	{"pread long", c_long_read, SYS_pread64, true, STEP_LONG},
	{"read blocked", c_blocked, SYS_read, true, STEP_BLOCKS | STEP_EINTR},
	{"read restarted", c_restarted, SYS_read, false, STEP_BLOCKS},
	{"sigaction", c_action, SYS_rt_sigaction, true, STEP_ALONE},
	{"sigaction bad", c_action_bad, SYS_rt_sigaction, false, STEP_ALONE},
	{"sigaction set", c_action_set, SYS_rt_sigaction, false, STEP_ALONE},
	{"sigaction set bad", c_action_set_bad, SYS_rt_sigaction, true, STEP_ALONE},
	{"set_tid_address", c_tid_address, SYS_set_tid_address, true, STEP_ALONE},
	{"set_robust_list", c_robust_list, SYS_set_robust_list, false, STEP_ALONE},
	{"prlimit64", c_limit, SYS_prlimit64, true, STEP_ALONE},
	{"prlimit64 bad", c_limit_bad, SYS_prlimit64, false, STEP_ALONE},
	{"brk", c_brk, SYS_brk, false, STEP_ALONE},
};

#define NR_CALLS (sizeof(calls) / sizeof(calls[0]))
_Static_assert(NR_CALLS <= STEP_MAX, "more calls than the driver has room for");

static void catch (int sig, int flags)
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | flags};

	T_OK(sigaction(sig, &sa, NULL));
}

static void setup(void)
{
	struct action urg;

	pid = getpid();
	tid = gettid();
	parent = getppid();
	T_OK(pipe2(pair, O_NONBLOCK));
	T_OK(pipe(vain));
	T_OK(pipe(busy));
	file = T_OK(memfd_create("long", 0));
	T_EQ(pwrite(file, from, sizeof(from), 0), (ssize_t)sizeof(from));
	T_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, sock));
	null = T_OK(open("/dev/null", O_RDWR));
	catch (SIGUSR1, SA_RESTART);
	catch (SIGUSR2, SA_RESTART);
	catch (SIGWINCH, SA_RESTART);
	catch (SIGURG, 0);
	T_OK(syscall(SYS_rt_sigaction, SIGURG, NULL, &urg, 8));
	restorer = urg.restorer;
	sites = T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	memset(sites, 0xcc, 8192);
	for (unsigned i = 0; i < NR_CALLS; i++)
		add(calls[i].name, calls[i].nr, calls[i].mov, calls[i].flags);
	T_OK(mprotect(sites, 8192, PROT_READ | PROT_EXEC));
}

int main(int argc, char **argv)
{
	unsigned others;
	uint32_t seen = 0;
	pthread_t t;

	if (argc != 3)
		t_die("started by step only");
	shared = T_OK(mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	setup();
	sender = pid;
	if (!strcmp(argv[2], "thread")) {
		T_EQ(pthread_create(&t, NULL, kicker, NULL), 0);
		await_alone(1);
	} else if ((sender = T_OK(fork())) == 0) {
		kicker(NULL);
	}
	others = alone;
	T_EQ(pthread_create(&t, NULL, caller, NULL), 0);
	await_alone(others + 1);
	for (unsigned i = 0; i < NR_CALLS; i++)
		for (int k = 0; k < WARM; k++)
			calls[i].fn(&sh.call[i]);
	if (sh.failed)
		t_die("line %u: got %#lx, want %#lx", sh.failed, sh.got, sh.want);
	dprintf(1, "%p %p\n", (void *)shared, (void *)nonce);
	strncpy(nonce, argv[1], sizeof(nonce) - 1);
	sh.ready = 1;
	for (;;) {
		while (sh.go == seen)
			__builtin_ia32_pause();
		seen = sh.go;
		calls[sh.which].fn(&sh.call[sh.which]);
		sh.done = seen;
	}
}
