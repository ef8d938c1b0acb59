/* Calls of every day: what they were given and what they give is copied in many ways */
#include <asm/prctl.h>
#include <stddef.h>
#include <sys/select.h>
#include <sys/socket.h>

#include "tests/step/guest/guest.h"

/* What was written is in the pipe, once. */
static void written(size_t n)
{
	char got[sizeof(bytes) + 1];

	SAME(read(pair[0], got, sizeof(got)), n);
	SAME(memcmp(got, bytes, n), 0);
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

static const struct kind kinds[] = {
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
};

const struct kinds plain_calls = KINDS(kinds);
