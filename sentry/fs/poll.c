/*
 * poll_wait (poll.h): an entry on every file's queue, a look at every file, a
 * sleep, and again.  An entry is on its queue before the file is looked at, so a
 * change in between leaves a token with the parker and the sleep ends at once.
 */
#include "fs/poll.h"

#include <poll.h>
#include <sys/epoll.h>

#include "fs/file.h"
#include "lib/park.h"

#define ALWAYS (EPOLLERR | EPOLLHUP | POLLNVAL)

static poll_t slot_mask(const struct poll_slot *s)
{
	return s->exact ? s->events : s->events | ALWAYS;
}

static int look(struct poll_slot *slots, size_t nr)
{
	int ready = 0;

	for (size_t i = 0; i < nr; i++) {
		struct poll_slot *s = &slots[i];

		s->revents = s->file ? vfs_poll(s->file) & slot_mask(s) : 0;
		ready += s->revents != 0;
	}
	return ready;
}

static void join(struct poll_slot *slots, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (!slots[i].file)
			continue;
		waitq_entry_init(&slots[i].we, slot_mask(&slots[i]));
		waitq_add(slots[i].file->wq, &slots[i].we);
	}
}

static void leave(struct poll_slot *slots, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (slots[i].file)
			waitq_remove(slots[i].file->wq, &slots[i].we);
	}
}

int poll_wait(struct poll_slot *slots, size_t nr, u64 deadline)
{
	struct parker *self = park_self();
	int ready = look(slots, nr);

	if (ready || !deadline)
		return ready;
	join(slots, nr);
	for (;;) {
		ready = look(slots, nr);
		if (ready)
			break;
		if (park_interrupted(self)) {
			ready = -ERESTARTNOHAND;
			break;
		}
		if (deadline != PARK_FOREVER && now_ns() >= deadline)
			break;
		park_interruptible(deadline);
	}
	leave(slots, nr);
	return ready;
}
