/* Channels: a sealed memory file each, so that the guest cannot take its pages away. */
#include "platform/notify/channel.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "lib/log.h"

_Static_assert(sizeof(struct stub_order) == ORDER_SIZE, "the stub knows another size");
_Static_assert(offsetof(struct stub_order, ret) == ORDER_RET, "the stub knows another place");
_Static_assert(CHAN_ORDERS + CHAN_MAX_ORDERS * ORDER_SIZE == CHAN_SCRATCH, "orders overlap");
_Static_assert(CHAN_ALTSTACK + ALTSTACK_SIZE == CHAN_SIZE, "the stack ends with the channel");

int channel_create(struct channel *ch, unsigned slot)
{
	cleanup_hostfd hostfd_t fd = HOSTFD_NONE;
	void *mem;
	int err;

	err = host_memfd_create("channel", MFD_CLOEXEC | MFD_ALLOW_SEALING, &fd);
	if (!err)
		err = host_ftruncate(fd, CHAN_SIZE);
	if (!err)
		err = host_fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	if (!err)
		err = host_mmap(NULL, CHAN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0, &mem);
	if (err)
		return err;
	ch->mem = mem;
	ch->slot = slot;
	ch->memfd = steal_hostfd(&fd);
	return 0;
}

void channel_forget_fd(struct channel *ch)
{
	host_close(steal_hostfd(&ch->memfd));
}

void channel_destroy(struct channel *ch)
{
	channel_forget_fd(ch);
	if (ch->mem && host_munmap(ch->mem, CHAN_SIZE))
		log_error("cannot unmap a channel");
	ch->mem = NULL;
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

	assert(*off + size <= CHAN_WIN_IN - CHAN_SCRATCH);
	memcpy(ch->mem + CHAN_SCRATCH + *off, p, size);
	*off += ALIGN_UP(size, 16);
	return addr;
}
