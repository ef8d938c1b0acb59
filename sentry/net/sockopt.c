/*
 * SOL_SOCKET: the options every socket has.
 *
 * Not done: SO_BINDTODEVICE, SO_ATTACH_FILTER, timestamps and what else needs
 * devices under the socket: -ENOPROTOOPT.
 */
#include <linux/capability.h>
#include <sys/time.h>

#include "kernel/task.h"
#include "net/sock.h"

/* Options that are one flag. */
static bool *flag_of(struct sock *sk, int name)
{
	switch (name) {
	case SO_REUSEADDR:
		return &sk->reuseaddr;
	case SO_REUSEPORT:
		return &sk->reuseport;
	case SO_KEEPALIVE:
		return &sk->keepalive;
	case SO_BROADCAST:
		return &sk->broadcast;
	case SO_OOBINLINE:
		return &sk->oobinline;
	case SO_DONTROUTE:
		return &sk->dontroute;
	case SO_PASSCRED:
		return &sk->passcred;
	case SO_TIMESTAMP:
		return &sk->timestamp;
	}
	return NULL;
}

/* As Linux: twice what is asked for, within bounds. */
static int buf_size(int val, bool force)
{
	return max(min(val, (force ? SOCK_BUF_FORCED : SOCK_BUF_MAX) / 2) * 2, SOCK_BUF_MIN);
}

static int set_timeo(u64 *timeo, const void *val, socklen_t len)
{
	struct timeval tv;

	if (len < sizeof(tv))
		return -EINVAL;
	memcpy(&tv, val, sizeof(tv));
	if (tv.tv_usec < 0 || tv.tv_usec >= 1000000)
		return -EDOM;
	/* As on Linux, a negative time-out is over at once. */
	if (tv.tv_sec < 0)
		*timeo = 1;
	else if (tv.tv_sec > INT32_MAX)
		*timeo = 0;
	else
		*timeo = (u64)tv.tv_sec * NSEC_PER_SEC + (u64)tv.tv_usec * NSEC_PER_USEC;
	return 0;
}

static int set_linger(struct sock *sk, const void *val, socklen_t len)
{
	if (len < sizeof(sk->linger))
		return -EINVAL;
	memcpy(&sk->linger, val, sizeof(sk->linger));
	return 0;
}

static int set_int(struct sock *sk, struct task *t, int name, int val)
{
	bool *flag = flag_of(sk, name);

	if (flag) {
		*flag = val != 0;
		return 0;
	}
	switch (name) {
	case SO_SNDBUFFORCE:
	case SO_RCVBUFFORCE:
		if (!task_capable(t, CAP_NET_ADMIN))
			return -EPERM;
		*(name == SO_SNDBUFFORCE ? &sk->sndbuf : &sk->rcvbuf) = buf_size(max(val, 0), true);
		return 0;
	case SO_SNDBUF:
	case SO_RCVBUF:
		/* As on Linux, a negative size is a huge one, cut. */
		*(name == SO_SNDBUF ? &sk->sndbuf : &sk->rcvbuf) =
			buf_size(val < 0 ? INT32_MAX : val, false);
		return 0;
	case SO_RCVLOWAT:
		sk->rcvlowat = val < 0 ? INT32_MAX : max(val, 1);
		return 0;
	case SO_PRIORITY:
		if ((val < 0 || val > 6) && !task_capable(t, CAP_NET_ADMIN))
			return -EPERM;
		sk->priority = val;
		return 0;
	case SO_MARK:
		if (!task_capable(t, CAP_NET_ADMIN))
			return -EPERM;
		sk->mark = val;
		return 0;
	case SO_TYPE:
	case SO_PROTOCOL:
	case SO_DOMAIN:
	case SO_ERROR:
		return -ENOPROTOOPT;
	case SO_DEBUG:
		return val && !task_capable(t, CAP_NET_ADMIN) ? -EACCES : 0;
	}
	return -ENOPROTOOPT;
}

int sock_setsockopt(struct sock *sk, struct task *t, int name, const void *val, socklen_t len)
{
	int n, err;

	if (len < sizeof(n))
		return -EINVAL;
	memcpy(&n, val, sizeof(n));
	mutex_lock(&sk->mu);
	switch (name) {
	case SO_RCVTIMEO:
		err = set_timeo(&sk->rcvtimeo, val, len);
		break;
	case SO_SNDTIMEO:
		err = set_timeo(&sk->sndtimeo, val, len);
		break;
	case SO_LINGER:
		err = set_linger(sk, val, len);
		break;
	default:
		err = set_int(sk, t, name, n);
	}
	mutex_unlock(&sk->mu);
	return err;
}

/* Copy a value out, cut at what there is room for. */
static int give(void *val, socklen_t *len, const void *from, socklen_t size)
{
	*len = min(*len, size);
	memcpy(val, from, *len);
	return 0;
}

static int give_timeo(void *val, socklen_t *len, u64 timeo)
{
	struct timeval tv = {
		.tv_sec = (time_t)(timeo / NSEC_PER_SEC),
		.tv_usec = (suseconds_t)(timeo % NSEC_PER_SEC / NSEC_PER_USEC),
	};

	return give(val, len, &tv, sizeof(tv));
}

static int get_int(struct sock *sk, int name, int *ret)
{
	const bool *flag = flag_of(sk, name);

	if (flag) {
		*ret = *flag;
		return 0;
	}
	switch (name) {
	case SO_TYPE:
		*ret = sk->type;
		return 0;
	case SO_DOMAIN:
		*ret = sk->family;
		return 0;
	case SO_PROTOCOL:
		*ret = sk->protocol;
		return 0;
	case SO_ERROR:
		*ret = -sock_take_err(sk);
		return 0;
	case SO_ACCEPTCONN:
		*ret = sk->listening;
		return 0;
	case SO_SNDBUF:
		*ret = sk->sndbuf;
		return 0;
	case SO_RCVBUF:
		*ret = sk->rcvbuf;
		return 0;
	case SO_RCVLOWAT:
		*ret = sk->rcvlowat;
		return 0;
	case SO_SNDLOWAT:
		*ret = 1;
		return 0;
	case SO_PRIORITY:
		*ret = sk->priority;
		return 0;
	case SO_MARK:
		*ret = sk->mark;
		return 0;
	case SO_DEBUG:
		*ret = 0;
		return 0;
	}
	return -ENOPROTOOPT;
}

int sock_getsockopt(struct sock *sk, int name, void *val, socklen_t *len)
{
	int n = 0, err;

	mutex_lock(&sk->mu);
	switch (name) {
	case SO_RCVTIMEO:
		err = give_timeo(val, len, sk->rcvtimeo);
		break;
	case SO_SNDTIMEO:
		err = give_timeo(val, len, sk->sndtimeo);
		break;
	case SO_LINGER:
		err = give(val, len, &sk->linger, sizeof(sk->linger));
		break;
	case SO_PEERCRED:
		err = give(val, len, &sk->peercred, sizeof(sk->peercred));
		break;
	default:
		err = get_int(sk, name, &n);
		if (!err)
			err = give(val, len, &n, sizeof(n));
	}
	mutex_unlock(&sk->mu);
	return err;
}
