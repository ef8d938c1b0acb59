/*
 * Channels: a sealed memory file each, so that the guest cannot take its pages away.
 *
 * Making and unmapping one costs as much as a tenth of a short process, so those
 * of processes that are dead are kept, empty, for the next: a few, and the
 * descriptors of a few more that may become such.
 *
 * Locks: spares.lock.
 */
#include "platform/notify/channel.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "lib/log.h"
#include "lib/mutex.h"

_Static_assert(sizeof(struct stub_order) == ORDER_SIZE, "the stub knows another size");
_Static_assert(offsetof(struct stub_order, ret) == ORDER_RET, "the stub knows another place");
_Static_assert(CHAN_ORDERS + CHAN_MAX_ORDERS * ORDER_SIZE == CHAN_SCRATCH, "orders overlap");
_Static_assert(CHAN_BYTES + CHAN_BYTES_MAX == CHAN_ALTSTACK, "the stack overlaps a file's bytes");
_Static_assert(CHAN_ALTSTACK + ALTSTACK_SIZE == CHAN_SIZE, "the stack ends with the channel");

#define SPARES_MAX 8
#define KEPT_MAX   32 /* descriptors of channels that guests have */

static struct {
	struct spinlock lock;
	struct channel ch[SPARES_MAX]; /* guarded by lock */
	unsigned nr;                   /* guarded by lock */
	unsigned nr_kept;              /* guarded by lock */
} spares;

void channels_init(void)
{
	memset(&spares, 0, sizeof(spares));
	spin_init(&spares.lock);
}

void channels_fini(void)
{
	while (spares.nr)
		channel_destroy(&spares.ch[--spares.nr]);
}

void channel_move(struct channel *to, struct channel *from)
{
	*to = *from;
	*from = (struct channel){.memfd = HOSTFD_NONE};
}

static bool take_spare(struct channel *ch)
{
	bool found;

	spin_lock(&spares.lock);
	found = spares.nr > 0;
	if (found)
		channel_move(ch, &spares.ch[--spares.nr]);
	spin_unlock(&spares.lock);
	return found;
}

int channel_create(struct channel *ch, unsigned slot)
{
	cleanup_hostfd hostfd_t fd = HOSTFD_NONE;
	void *mem;
	int err;

	if (take_spare(ch)) {
		ch->slot = slot;
		return 0;
	}

	err = host_memfd_create("channel", MFD_CLOEXEC | MFD_ALLOW_SEALING, &fd);
	if (!err)
		err = host_ftruncate(fd, CHAN_SIZE);
	if (!err)
		err = host_fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	if (!err)
		err = host_mmap(NULL, CHAN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0, &mem);
	if (err)
		return err;
	*ch = (struct channel){.mem = mem, .slot = slot, .memfd = steal_hostfd(&fd)};
	return 0;
}

void channel_given(struct channel *ch)
{
	bool keep;

	spin_lock(&spares.lock);
	keep = spares.nr_kept < KEPT_MAX;
	spares.nr_kept += keep;
	spin_unlock(&spares.lock);
	ch->given = true;
	if (!keep)
		host_close(steal_hostfd(&ch->memfd));
}

/* The guest no longer has it: its descriptor, if it was kept, is none of those any more. */
static void take_back(struct channel *ch)
{
	if (!ch->given || !hostfd_valid(ch->memfd))
		return;
	spin_lock(&spares.lock);
	spares.nr_kept--;
	spin_unlock(&spares.lock);
	ch->given = false;
}

void channel_destroy(struct channel *ch)
{
	take_back(ch);
	host_close(steal_hostfd(&ch->memfd));
	if (ch->mem && host_munmap(ch->mem, CHAN_SIZE))
		log_error("cannot unmap a channel");
	ch->mem = NULL;
}

/* What every process uses of the window at @off stays, the rest goes back to the host. */
static int wipe_window(struct channel *ch, size_t off, size_t size)
{
	memset(ch->mem + off, 0, PAGE_SIZE);
	return host_fallocate(ch->memfd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			      (off_t)(off + PAGE_SIZE), (off_t)(size - PAGE_SIZE));
}

/* No byte of one guest is seen by another. */
static int wipe(struct channel *ch)
{
	int err;

	memset(ch->mem, 0, CHAN_WIN_IN);
	memset(ch->mem + CHAN_ALTSTACK, 0, ALTSTACK_SIZE);
	err = wipe_window(ch, CHAN_WIN_IN, CHAN_WIN_SIZE);
	if (!err)
		err = wipe_window(ch, CHAN_WIN_OUT, CHAN_WIN_SIZE);
	return err ? err : wipe_window(ch, CHAN_BYTES, CHAN_BYTES_MAX);
}

void channel_recycle(struct channel *ch)
{
	if (hostfd_valid(ch->memfd) && !wipe(ch)) {
		take_back(ch);
		spin_lock(&spares.lock);
		if (spares.nr < SPARES_MAX)
			channel_move(&spares.ch[spares.nr++], ch);
		spin_unlock(&spares.lock);
	}
	channel_destroy(ch);
}

void chan_order(struct channel *ch, unsigned i, u64 nr, const u64 args[6])
{
	size_t off = CHAN_ORDERS + i * ORDER_SIZE;

	assert(i < CHAN_MAX_ORDERS);
	chan_write64(ch, off + ORDER_NR, nr);
	for (unsigned k = 0; k < 6; k++)
		chan_write64(ch, off + ORDER_ARGS + k * sizeof(u64), args[k]);
}

u64 chan_scratch(struct channel *ch, size_t *off, const void *p, size_t size)
{
	u64 addr = channel_addr(ch, CHAN_SCRATCH + *off);

	assert(*off + size <= CHAN_FACTS - CHAN_SCRATCH);
	memcpy(ch->mem + CHAN_SCRATCH + *off, p, size);
	*off += ALIGN_UP(size, 16);
	return addr;
}
