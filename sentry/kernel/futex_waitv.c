/* futex_waitv(2): sleep on many futexes, tell which one was woken. */
#include "kernel/futex_internal.h"
#include "lib/alloc.h"

/* Leave the first @nr queues; the index of one that was woken, or -1. */
static int unqueue_all(struct futex_q *qs, size_t nr)
{
	int woken = -1;

	for (size_t i = 0; i < nr; i++) {
		if (!futex_unqueue(&qs[i]))
			woken = (int)i;
	}
	return woken;
}

/* Queue them all; 0, or as do_futex_waitv(). */
static int queue_all(const struct futex_ref *refs, const struct futex_wait_one *w, size_t nr,
		     struct futex_q *qs)
{
	for (size_t i = 0; i < nr; i++) {
		int err, woken;

		futex_q_init(&qs[i], &refs[i].key, FUTEX_BITSET_ANY);
		err = futex_wait_setup(&refs[i], w[i].val, &qs[i]);
		if (!err)
			continue;
		woken = unqueue_all(qs, i);
		return woken >= 0 ? woken + 1 : err;
	}
	return 0;
}

int do_futex_waitv(struct task *t, const struct futex_wait_one *w, size_t nr,
		   const struct futex_timeout *to)
{
	cleanup_free struct futex_ref *refs = kcalloc(nr, sizeof(*refs));
	cleanup_free struct futex_q *qs = kcalloc(nr, sizeof(*qs));
	int ret, woken;

	if (!refs || !qs)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		ret = futex_ref_init(&refs[i], t, w[i].addr, w[i].shared);
		if (ret)
			return ret;
	}
	ret = queue_all(refs, w, nr, qs);
	if (ret)
		return ret > 0 ? ret - 1 : ret;
	ret = futex_sleep(qs, nr, to);
	woken = unqueue_all(qs, nr);
	return woken >= 0 ? woken : ret;
}
