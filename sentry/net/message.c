/* Whole messages from a sock's queue: what datagrams and packets of every family share (sock.h). */
#include <sys/epoll.h>

#include "net/scm.h"
#include "net/sock.h"

int sock_wait_skb_locked(struct sock *sk, bool nonblock, u64 deadline)
{
	int err = 0;

	while (!err && list_empty(&sk->rx.skbs)) {
		err = sock_take_err(sk);
		if (err || (sk->rx.shutdown & SHUT_RD_BIT))
			break;
		err = sock_wait_locked(sk, EPOLLIN, &sk->rx.mu, nonblock, deadline);
	}
	return err;
}

/* Copy one message out; its bytes, or all its length with MSG_TRUNC. */
static ssize_t copy_out(struct sock_msg *m, const struct skb *skb)
{
	size_t n = min(skb->len, iov_iter_count(m->iter));

	if (copy_to_iter(m->iter, skb->data, n))
		return -EFAULT;
	if (n < skb->len)
		m->out_flags |= MSG_TRUNC;
	return (ssize_t)(m->flags & MSG_TRUNC ? skb->len : n);
}

static void give_all(struct sock_msg *m, struct skb *skb,
		     void (*give)(struct sock_msg *m, struct skb *skb, bool peek))
{
	memcpy(&m->name, &skb->from, skb->from_len);
	m->name_len = skb->from_len;
	if (give)
		give(m, skb, m->flags & MSG_PEEK);
}

ssize_t sock_recv_message(struct sock *sk, struct sock_msg *m,
			  void (*give)(struct sock_msg *m, struct skb *skb, bool peek),
			  u32 *ret_before)
{
	u64 deadline = sock_deadline(sk->rcvtimeo);
	bool peek = m->flags & MSG_PEEK;
	struct skb *taken = NULL;
	ssize_t n;

	*ret_before = 0;
	mutex_lock(&sk->rx.mu);
	n = sock_wait_skb_locked(sk, m->flags & MSG_DONTWAIT, deadline);
	if (!n && !list_empty(&sk->rx.skbs)) {
		struct skb *skb = list_first_entry(&sk->rx.skbs, struct skb, node);

		n = copy_out(m, skb);
		if (n >= 0)
			give_all(m, skb, give);
		if (!peek) {
			taken = skb;
			*ret_before = sk->rx.len;
			list_del(&skb->node);
			sk->rx.bytes -= skb->len;
			sk->rx.len--;
		}
	}
	mutex_unlock(&sk->rx.mu);
	skb_free(taken);
	return n;
}
