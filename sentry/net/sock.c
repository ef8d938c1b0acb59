/*
 * What every socket has (sock.h): counting, waking, waiting, queues.
 *
 * What is queued is the sentry's memory.  Each queue is bounded by a buffer's
 * size, and all of them together by QUEUED_MAX.
 */
#include "net/sock.h"

#include <sys/epoll.h>

#include "fs/file.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "lib/park.h"
#include "net/scm.h"

#define QUEUED_MAX (256ul << 20) /* bytes in all queues */

static u64 queued; /* atomic: bytes of all skbs */

static bool charge(size_t size)
{
	if (__atomic_add_fetch(&queued, size, __ATOMIC_RELAXED) <= QUEUED_MAX)
		return true;
	__atomic_sub_fetch(&queued, size, __ATOMIC_RELAXED);
	return false;
}

struct skb *skb_create(size_t size)
{
	struct skb *skb;

	if (!charge(sizeof(*skb) + size))
		return NULL;
	/* The bytes are not zeroed: what is read of them was written. */
	skb = krealloc(NULL, sizeof(*skb) + size);
	if (!skb) {
		__atomic_sub_fetch(&queued, sizeof(*skb) + size, __ATOMIC_RELAXED);
		return NULL;
	}
	*skb = (struct skb){.size = size};
	list_init(&skb->node);
	return skb;
}

void skb_free(struct skb *skb)
{
	if (!skb)
		return;
	scm_free(skb->scm);
	__atomic_sub_fetch(&queued, sizeof(*skb) + skb->size, __ATOMIC_RELAXED);
	kfree(skb);
}

void skb_queue_add_locked(struct skb_queue *q, struct skb *skb)
{
	list_add_tail(&skb->node, &q->skbs);
	q->bytes += skb->len;
	q->len++;
}

void skb_queue_clear(struct skb_queue *q)
{
	struct list_head gone;

	list_init(&gone);
	mutex_lock(&q->mu);
	list_splice_tail(&q->skbs, &gone);
	q->bytes = 0;
	q->len = 0;
	mutex_unlock(&q->mu);
	while (!list_empty(&gone)) {
		struct skb *skb = list_first_entry(&gone, struct skb, node);

		list_del(&skb->node);
		skb_free(skb);
	}
}

void sock_init(struct sock *sk, const struct sock_ops *ops, int family, int type, int protocol)
{
	ref_init(&sk->ref);
	sk->ops = ops;
	sk->family = family;
	sk->type = type;
	sk->protocol = protocol;
	waitq_init(&sk->wq);
	spin_init(&sk->file_lock);
	mutex_init(&sk->mu, LOCK_SOCKET);
	sk->rcvbuf = sk->sndbuf = SOCK_BUF_DEFAULT;
	sk->rcvlowat = 1;
	list_init(&sk->backlog);
	list_init(&sk->pending);
	waitq_init(&sk->room_wq);
	mutex_init(&sk->rx.mu, LOCK_SOCKBUF);
	list_init(&sk->rx.skbs);
}

void sock_fini(struct sock *sk)
{
	skb_queue_clear(&sk->rx);
}

struct sock *sock_get(struct sock *sk)
{
	ref_get(&sk->ref);
	return sk;
}

void sock_put(struct sock *sk)
{
	if (ref_put(&sk->ref))
		sk->ops->release(sk);
}

void sock_wake(struct sock *sk, poll_t events)
{
	waitq_wake(&sk->wq, events);
	spin_lock(&sk->file_lock);
	if (sk->file && file_hooks.sigio)
		file_hooks.sigio(sk->file, events);
	spin_unlock(&sk->file_lock);
}

void sock_set_err(struct sock *sk, int err)
{
	__atomic_store_n(&sk->err, err, __ATOMIC_RELEASE);
	sock_wake(sk, EPOLLERR | EPOLLIN | EPOLLOUT);
}

int sock_take_err(struct sock *sk)
{
	if (likely(!__atomic_load_n(&sk->err, __ATOMIC_RELAXED)))
		return 0;
	return -__atomic_exchange_n(&sk->err, 0, __ATOMIC_ACQ_REL);
}

u64 sock_deadline(u64 timeo)
{
	return timeo ? now_ns() + timeo : PARK_FOREVER;
}

int sock_wait_locked(struct sock *sk, poll_t events, struct mutex *mu, bool nonblock, u64 deadline)
{
	int err;

	if (nonblock)
		return -EAGAIN;
	err = waitq_wait_deadline_locked(&sk->wq, events | EPOLLERR | EPOLLHUP, mu, deadline);
	if (err == -ETIMEDOUT)
		return -EAGAIN;
	if (err == -ERESTARTSYS && deadline != PARK_FOREVER)
		return -EINTR;
	return err;
}

int sock_try_wait(struct sock *sk, struct waitq *wq, int (*try)(void *arg), void *arg,
		  bool nonblock)
{
	u64 timeo = sk->sndtimeo, deadline = sock_deadline(timeo);
	struct waitq_entry e;
	int err = try(arg);

	if (err != -EAGAIN || nonblock)
		return err;
	waitq_entry_init(&e, EPOLLOUT);
	waitq_add(wq, &e);
	while ((err = try(arg)) == -EAGAIN) {
		if (park_interrupted(e.parker)) {
			err = timeo ? -EINTR : -ERESTARTSYS;
			break;
		}
		if (now_ns() >= deadline)
			break;
		park_interruptible(deadline);
	}
	waitq_remove(wq, &e);
	return err;
}

void sock_discard(struct sock *sk)
{
	if (sk->ops->close)
		sk->ops->close(sk);
	sock_put(sk);
}

struct ucred sock_creds(struct task *t)
{
	return (struct ucred){.pid = task_tgid(t), .uid = t->cred->euid, .gid = t->cred->egid};
}
