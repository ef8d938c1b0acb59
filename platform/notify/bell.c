/*
 * The page of bells: a sealed memory file that guests can only read.
 *
 * A stub that sleeps in FUTEX_WAIT on a bell costs no notification, on its way to
 * sleep or out of it, and any stub can wake any other (handover.c).  What a guest
 * can do with that: wake others too early, who look at their turn and sleep again,
 * and see how often somebody was woken.  It cannot keep anybody asleep: all who
 * sleep on a bell are woken when it is rung, and the sentry rings it itself if
 * nothing shows that the guest has done so.
 *
 * The first line has the epoch alone, which seldom changes and is read with each fact.
 * Bells are given out in turn.  Two vcpus that share one are woken together.
 *
 * Locks: none.
 */
#include "platform/notify/bell.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>

#include "lib/log.h"
#include "platform/notify/contract.h"
#include "platform/stub/layout.h"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

#define LINE     16 /* bells in a cache line */
#define NR_LINES (BELLS_SIZE / sizeof(u32) / LINE)

static struct {
	u32 *words;    /* immutable once the platform runs */
	hostfd_t file; /* the same */
	unsigned nr;   /* atomic: how many were given out */
} bells;

int bells_init(void)
{
	cleanup_hostfd hostfd_t fd = HOSTFD_NONE;
	void *mem;
	int err;

	bells.file = HOSTFD_NONE;
	bells.words = NULL;
	err = host_memfd_create("bells", MFD_CLOEXEC | MFD_ALLOW_SEALING, &fd);
	if (!err)
		err = host_ftruncate(fd, BELLS_SIZE);
	if (!err)
		err = host_mmap(NULL, BELLS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0, &mem);
	if (err)
		return err;
	bells.words = mem;
	*notify_epoch() = 1;
	bells.file = steal_hostfd(&fd);
	/* From here on nobody can map it to write. */
	return host_fcntl(bells.file, F_ADD_SEALS,
			  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL);
}

void bells_fini(void)
{
	host_close(steal_hostfd(&bells.file));
	if (bells.words && host_munmap(bells.words, BELLS_SIZE))
		log_error("cannot unmap the bells");
	bells.words = NULL;
}

u64 *notify_epoch(void)
{
	return (u64 *)bells.words;
}

hostfd_t bells_file(void)
{
	return bells.file;
}

u32 bell_new(void)
{
	unsigned n, word;

	do {
		n = __atomic_fetch_add(&bells.nr, 1, __ATOMIC_RELAXED);
		word = n % NR_LINES * LINE + n / NR_LINES % LINE;
	} while (word < LINE);
	return word * (u32)sizeof(u32);
}

void bell_advance(u32 bell)
{
	__atomic_fetch_add(&bells.words[bell / sizeof(u32)], 1, __ATOMIC_SEQ_CST);
}

void bell_ring(u32 bell)
{
	if (host_futex_wake(&bells.words[bell / sizeof(u32)], INT_MAX) < 0)
		log_error("a bell cannot be rung");
}
