/*
 * Memory whose printing wants address and length: strings, buffers, socket
 * addresses, vectors, and structs that grow (strace.h).
 */
#include "kernel/strace_internal.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sys/un.h>

#define PIECE 64 /* bytes that are read at once while looking for an end */

/* One byte as strace writes it; @next decides whether an octal escape needs three digits. */
static size_t escape(char dst[5], unsigned char c, unsigned char next)
{
	static const char named[] = "\aa\bb\tt\nn\vv\ff\rr\"\"\\\\";
	const char *p;

	for (p = named; *p; p += 2) {
		if ((unsigned char)*p == c && c != '\a' && c != '\b') {
			dst[0] = '\\';
			dst[1] = p[1];
			return 2;
		}
	}
	if (c >= ' ' && c < 127) {
		dst[0] = (char)c;
		return 1;
	}
	return (size_t)snprintf(dst, 5, next >= '0' && next <= '9' ? "\\%03o" : "\\%o", c);
}

/* The escaped bytes alone, without quotes. */
static void out_escaped(struct strace_line *l, const unsigned char *p, size_t n)
{
	char text[4 * PIECE + 1];
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		len += escape(text + len, p[i], i + 1 < n ? p[i + 1] : 0);
		if (len > sizeof(text) - 6 || i + 1 == n) {
			sout(l, "%.*s", (int)len, text);
			len = 0;
		}
	}
}

void sout_bytes(struct strace_line *l, const void *bytes, size_t n, bool more)
{
	sout(l, "\"");
	out_escaped(l, bytes, n);
	sout(l, more ? "\"..." : "\"");
}

void sout_buffer(struct strace_line *l, const struct strace_mem *m, uaddr_t addr, size_t n)
{
	unsigned char bytes[STRACE_STR];
	size_t shown = min(n, sizeof(bytes));

	if (shown && !sfetch(m, bytes, addr, shown))
		return sout_addr(l, addr);
	sout_bytes(l, bytes, shown, shown < n);
}

void sout_string(struct strace_line *l, const struct strace_mem *m, uaddr_t addr, size_t max)
{
	unsigned char piece[PIECE];
	size_t done = 0;

	if (!addr)
		return sout(l, "NULL");
	while (done < max) {
		ssize_t n = m->read(m->ctx, piece, addr + done, min(max - done, sizeof(piece)));
		unsigned char *end = n > 0 ? memchr(piece, 0, (size_t)n) : NULL;

		if (n <= 0) {
			if (!done)
				return sout_addr(l, addr);
			return sout(l, "\"... (fault)");
		}
		if (!done)
			sout(l, "\"");
		out_escaped(l, piece, end ? (size_t)(end - piece) : (size_t)n);
		if (end)
			return sout(l, "\"");
		done += (size_t)n;
	}
	sout(l, "\"...");
}

static void out_strv(struct strace_line *l, const struct strace_mem *m, uaddr_t addr)
{
	uaddr_t s;

	sout(l, "[");
	for (size_t i = 0; i < 2 * STRACE_ELEMS; i++) {
		if (!sfetch(m, &s, addr + i * sizeof(s), sizeof(s))) {
			sout(l, "%s0x%llx", i ? ", " : "", (unsigned long long)(addr + i * 8));
			break;
		}
		if (!s)
			return sout(l, "]");
		if (i)
			sout(l, ", ");
		sout_string(l, m, s, STRACE_LINE / 8);
	}
	sout(l, ", ...]");
}

static void out_envv(struct strace_line *l, const struct strace_mem *m, uaddr_t addr)
{
	uaddr_t s;
	size_t n = 0;

	while (n < 4096 && sfetch(m, &s, addr + n * sizeof(s), sizeof(s)) && s)
		n++;
	sout_addr(l, addr);
	sout(l, " /* %zu vars */", n);
}

static void out_fdset(struct strace_line *l, const struct strace_mem *m, uaddr_t addr, size_t n)
{
	u64 words[1024 / 64] = {0};
	const char *sep = "";

	n = min(n, (size_t)1024);
	if (n && !sfetch(m, words, addr, (n + 63) / 64 * 8))
		return sout_addr(l, addr);
	sout(l, "[");
	for (size_t i = 0; i < n; i++) {
		if (words[i / 64] >> (i % 64) & 1) {
			sout(l, "%s%zu", sep, i);
			sep = " ";
		}
	}
	sout(l, "]");
}

static void out_inet6(struct strace_line *l, const struct sockaddr_in6 *in6)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text));
	sout(l,
	     ", sin6_port=htons(%u), sin6_flowinfo=htonl(%u), sin6_addr=\"%s\", sin6_scope_id=%u",
	     ntohs(in6->sin6_port), ntohl(in6->sin6_flowinfo), text, in6->sin6_scope_id);
}

static void out_unix(struct strace_line *l, const struct sockaddr_un *un, size_t n)
{
	size_t len = n - offsetof(struct sockaddr_un, sun_path);

	if (n <= offsetof(struct sockaddr_un, sun_path))
		return;
	sout(l, ", sun_path=");
	if (un->sun_path[0] == '\0') {
		sout(l, "@");
		sout_bytes(l, un->sun_path + 1, len - 1, false);
	} else {
		sout_bytes(l, un->sun_path, strnlen(un->sun_path, len), false);
	}
}

void sout_sockaddr(struct strace_line *l, const void *sa, size_t n)
{
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
		struct sockaddr_nl nl;
	} u = {0};

	memcpy(&u, sa, min(n, sizeof(u)));
	sout(l, "{sa_family=");
	sout_set(l, SET_family, u.sa.sa_family);
	if (u.sa.sa_family == AF_INET && n >= sizeof(u.in)) {
		char text[INET_ADDRSTRLEN];

		inet_ntop(AF_INET, &u.in.sin_addr, text, sizeof(text));
		sout(l, ", sin_port=htons(%u), sin_addr=inet_addr(\"%s\")", ntohs(u.in.sin_port),
		     text);
	} else if (u.sa.sa_family == AF_INET6 && n >= sizeof(u.in6)) {
		out_inet6(l, &u.in6);
	} else if (u.sa.sa_family == AF_UNIX) {
		out_unix(l, &u.un, min(n, sizeof(u.un)));
	} else if (u.sa.sa_family == AF_NETLINK && n >= sizeof(u.nl)) {
		sout(l, ", nl_pid=%u, nl_groups=%#x", u.nl.nl_pid, u.nl.nl_groups);
	} else if (u.sa.sa_family != AF_UNSPEC) {
		sout(l, ", sa_data=");
		sout_bytes(l, u.sa.sa_data, min(n - 2, sizeof(u.sa.sa_data)), false);
	}
	sout(l, "}");
}

static void out_sockaddr(struct strace_line *l, const struct strace_mem *m, uaddr_t addr, size_t n)
{
	unsigned char bytes[sizeof(struct sockaddr_un)] = {0};

	n = min(n, sizeof(bytes));
	if (n < 2 || !sfetch(m, bytes, addr, n))
		return sout_addr(l, addr);
	sout_sockaddr(l, bytes, n);
}

static void out_optval(struct strace_line *l, const struct strace_mem *m, uaddr_t addr, size_t n)
{
	int v;

	if (n == sizeof(v) && sfetch(m, &v, addr, n))
		sout(l, "[%d]", v);
	else
		sout_buffer(l, m, addr, n);
}

static void out_sigset(struct strace_line *l, const struct strace_mem *m, uaddr_t addr, size_t n)
{
	u64 set;

	if (n != sizeof(set) || !sfetch(m, &set, addr, n))
		return sout_addr(l, addr);
	sout_sigset(l, set);
}

/* The head of each directory entry: a length at @len_at; names are not shown. */
static void out_dirents(struct strace_line *l, const struct strace_mem *m, uaddr_t addr, size_t n)
{
	size_t nr = 0;
	u16 reclen;

	for (size_t at = 0; at + 16 < n; at += reclen, nr++)
		if (!sfetch(m, &reclen, addr + at + 16, sizeof(reclen)) || !reclen)
			break;
	sout_addr(l, addr);
	sout(l, " /* %zu entries */", nr);
}

static void out_clone_args(struct strace_line *l, const struct strace_mem *m, uaddr_t addr,
			   size_t n)
{
	struct clone_args a = {0};

	if (!sfetch(m, &a, addr, min(n, sizeof(a))))
		return sout_addr(l, addr);
	sout(l, "{flags=");
	sout_set(l, SET_clone, a.flags);
	if (a.flags & CLONE_PIDFD)
		sout(l, ", pidfd=%#llx", (unsigned long long)a.pidfd);
	if (a.flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID))
		sout(l, ", child_tid=%#llx", (unsigned long long)a.child_tid);
	if (a.flags & CLONE_PARENT_SETTID)
		sout(l, ", parent_tid=%#llx", (unsigned long long)a.parent_tid);
	sout(l, ", exit_signal=");
	sout_sig(l, (int)a.exit_signal);
	sout(l, ", stack=%#llx, stack_size=%#llx", (unsigned long long)a.stack,
	     (unsigned long long)a.stack_size);
	if (a.flags & CLONE_SETTLS)
		sout(l, ", tls=%#llx", (unsigned long long)a.tls);
	sout(l, "}");
}

static void out_open_how(struct strace_line *l, const struct strace_mem *m, uaddr_t addr, size_t n)
{
	struct open_how how = {0};

	if (!sfetch(m, &how, addr, min(n, sizeof(how))))
		return sout_addr(l, addr);
	sout(l, "{flags=");
	sout_set(l, SET_open, how.flags);
	if (how.mode)
		sout(l, ", mode=%#llo", (unsigned long long)how.mode);
	sout(l, ", resolve=");
	sout_resolve(l, how.resolve);
	sout(l, "}");
}

/* A vector of buffers of which the call has moved @done bytes. */
static void out_iovec(struct strace_line *l, const struct strace_mem *m, uaddr_t addr, size_t n,
		      size_t done)
{
	struct {
		u64 base, len;
	} v;

	sout(l, "[");
	for (size_t i = 0; i < n; i++) {
		if (i == STRACE_ELEMS || !sfetch(m, &v, addr + i * sizeof(v), sizeof(v))) {
			sout(l, "%s...", i ? ", " : "");
			break;
		}
		sout(l, "%s{iov_base=", i ? ", " : "");
		sout_buffer(l, m, v.base, min(v.len, (u64)done));
		sout(l, ", iov_len=%llu}", (unsigned long long)v.len);
		if (done != SIZE_MAX)
			done -= min(v.len, (u64)done);
	}
	sout(l, "]");
}

bool sout_span(struct strace_line *l, const struct strace_mem *m, enum syscall_type type,
	       uaddr_t addr, size_t n, size_t done)
{
	switch (type) {
	case TYPE_u8:
		sout_buffer(l, m, addr, n);
		return true;
	case TYPE_char:
		sout_string(l, m, addr, n);
		return true;
	case TYPE_strv:
		out_strv(l, m, addr);
		return true;
	case TYPE_envv:
		out_envv(l, m, addr);
		return true;
	case TYPE_fdset:
		out_fdset(l, m, addr, n);
		return true;
	case TYPE_sockaddr:
		out_sockaddr(l, m, addr, n);
		return true;
	case TYPE_optval:
		out_optval(l, m, addr, n);
		return true;
	case TYPE_sigset:
		out_sigset(l, m, addr, n);
		return true;
	case TYPE_dirent:
	case TYPE_dirent64:
		out_dirents(l, m, addr, n);
		return true;
	case TYPE_clone_args:
		out_clone_args(l, m, addr, n);
		return true;
	case TYPE_open_how:
		out_open_how(l, m, addr, n);
		return true;
	case TYPE_iovec:
	case TYPE_riovec:
		out_iovec(l, m, addr, n, done);
		return true;
	default:
		return false;
	}
}
