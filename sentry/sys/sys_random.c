/* getrandom(2) */
#include <sys/random.h>

#include "gen/sys_proto.h"
#include "host/host.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

#define CHUNK 256

/* As on Linux, a signal ends a long one early, but not before 256 bytes. */
long sys_getrandom(struct task *t, uaddr_t buf, size_t buflen, int flags)
{
	u8 bytes[CHUNK];
	size_t done = 0;

	if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	if ((flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	buflen = min(buflen, (size_t)INT32_MAX);
	while (done < buflen && !(done && task_interrupted())) {
		size_t n = min(buflen - done, sizeof(bytes));
		int err = host_getrandom(bytes, n);

		if (!err)
			err = copy_to_user(t, buf + done, bytes, n);
		if (err)
			return done ? (long)done : err;
		done += n;
	}
	return (long)done;
}
