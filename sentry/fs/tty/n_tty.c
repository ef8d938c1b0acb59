/*
 * N_TTY, input: editing, signals, echo (n_tty.h).
 *
 * As Linux's drivers/tty/n_tty.c does it, byte by byte.
 *
 * Locks: the owner's.
 */
#include "fs/tty/n_tty.h"

#include <asm/termbits.h>
#include <ctype.h>
#include <signal.h>

#include "lib/alloc.h"

#define DISABLED_CHAR 0 /* stands in the buffer where ^D ended a line */

#define I(n, flag)    ((n)->tio.iflag & (flag))
#define L(n, flag)    ((n)->tio.lflag & (flag))

static const u8 default_cc[TTY_NCCS] = {
	[VINTR] = 3,     [VQUIT] = 28,    [VERASE] = 127, [VKILL] = 21,  [VEOF] = 4,   [VTIME] = 0,
	[VMIN] = 1,      [VSWTC] = 0,     [VSTART] = 17,  [VSTOP] = 19,  [VSUSP] = 26, [VEOL] = 0,
	[VREPRINT] = 18, [VDISCARD] = 15, [VWERASE] = 23, [VLNEXT] = 22, [VEOL2] = 0,
};

int n_tty_init(struct n_tty *n)
{
	n->tio = (struct tty_termios){
		.iflag = ICRNL | IXON,
		.oflag = OPOST | ONLCR,
		.cflag = B38400 | CS8 | CREAD,
		.lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
		.ispeed = 38400,
		.ospeed = 38400,
	};
	memcpy(n->tio.cc, default_cc, sizeof(default_cc));
	n->out.buf = kzalloc(OUT_SIZE);
	n->out.size = OUT_SIZE;
	return n->out.buf ? 0 : -ENOMEM;
}

void n_tty_fini(struct n_tty *n)
{
	kfree(n->out.buf);
}

static u8 *at(struct n_tty *n, u32 pos)
{
	return &n->buf[pos % N_TTY_SIZE];
}

static bool ends_line(const struct n_tty *n, u32 pos)
{
	pos %= N_TTY_SIZE;
	return n->line_end[pos / 64] >> (pos % 64) & 1;
}

static void mark_line(struct n_tty *n, u32 pos, bool end)
{
	pos %= N_TTY_SIZE;
	if (end)
		n->line_end[pos / 64] |= 1ull << (pos % 64);
	else
		n->line_end[pos / 64] &= ~(1ull << (pos % 64));
}

static void put_in(struct n_tty *n, u8 c)
{
	mark_line(n, n->head, false);
	*at(n, n->head++) = c;
}

static bool is_cc(const struct n_tty *n, u8 c, int which)
{
	return n->tio.cc[which] && n->tio.cc[which] == c;
}

static bool is_ctl(u8 c)
{
	return c < 0x20 || c == 0x7f;
}

/* Echo @c as a terminal shows it: control characters as ^X. */
static void echo_char(struct n_tty *n, u8 c)
{
	if (L(n, ECHOCTL) && is_ctl(c) && c != '\t') {
		n_tty_put(n, '^');
		n_tty_put(n, c ^ 0100);
	} else {
		n_tty_put(n, c);
	}
}

static void echo_str(struct n_tty *n, const char *s)
{
	while (*s)
		n_tty_put(n, (u8)*s++);
}

static void finish_erasing(struct n_tty *n)
{
	if (n->erasing) {
		n_tty_put(n, '/');
		n->erasing = false;
	}
}

/* Move back over a tab that was echoed. */
static void erase_tab(struct n_tty *n)
{
	u32 pos = n->head, chars = 0, back;
	bool after_tab = false;

	while (pos != n->canon_head) {
		u8 c = *at(n, --pos);

		if (c == '\t') {
			after_tab = true;
			break;
		}
		if (is_ctl(c))
			chars += L(n, ECHOCTL) ? 2 : 0;
		else if (!n_tty_is_continuation(n, c))
			chars++;
	}
	if (!after_tab)
		chars += n->canon_column;
	for (back = 8 - (chars & 7); back; back--) {
		n_tty_put_raw(n, '\b');
		if (n->column > 0)
			n->column--;
	}
}

/* Show that the character that starts at @pos, of @len bytes, is erased. */
static void echo_erased(struct n_tty *n, u8 c, u32 pos, u32 len, int which)
{
	if (L(n, ECHOPRT)) {
		if (!n->erasing) {
			n_tty_put(n, '\\');
			n->erasing = true;
		}
		echo_char(n, c);
		while (--len)
			n_tty_put_raw(n, *at(n, ++pos));
	} else if (which == VERASE && !L(n, ECHOE)) {
		echo_char(n, n->tio.cc[VERASE]);
	} else if (c == '\t') {
		erase_tab(n);
	} else {
		if (is_ctl(c) && L(n, ECHOCTL))
			echo_str(n, "\b \b");
		if (!is_ctl(c) || L(n, ECHOCTL))
			echo_str(n, "\b \b");
	}
}

/* The line is killed without its letters being shown away one by one; true: done. */
static bool kill_at_once(struct n_tty *n)
{
	if (!L(n, ECHO)) {
		n->head = n->canon_head;
		return true;
	}
	if (L(n, ECHOK) && L(n, ECHOKE) && L(n, ECHOE))
		return false;
	n->head = n->canon_head;
	finish_erasing(n);
	echo_char(n, n->tio.cc[VKILL]);
	if (L(n, ECHOK))
		n_tty_put(n, '\n');
	return true;
}

/* ^H, ^W or ^U: @which is VERASE, VWERASE or VKILL. */
static void erase(struct n_tty *n, int which)
{
	bool seen_word = false;

	if (n->head == n->canon_head || (which == VKILL && kill_at_once(n)))
		return;
	while (n->head != n->canon_head) {
		u32 pos = n->head, len;
		u8 c;

		do {
			c = *at(n, --pos);
		} while (n_tty_is_continuation(n, c) && pos != n->canon_head);
		if (n_tty_is_continuation(n, c))
			break; /* half a character: leave it */
		if (which == VWERASE) {
			bool word = isalnum(c) || c == '_';

			if (seen_word && !word)
				break;
			seen_word |= word;
		}
		len = n->head - pos;
		n->head = pos;
		if (L(n, ECHO))
			echo_erased(n, c, pos, len, which);
		if (which == VERASE)
			break;
	}
	if (n->head == n->canon_head && L(n, ECHO))
		finish_erasing(n);
}

void n_tty_flush_input(struct n_tty *n)
{
	n->tail = n->canon_head = n->head;
	n->lnext = n->erasing = n->push = false;
	memset(n->line_end, 0, sizeof(n->line_end));
}

static void start(struct n_tty *n, struct n_tty_events *ev)
{
	if (n->stopped) {
		n->stopped = false;
		ev->started = true;
		ev->writable = true;
	}
}

static void send_signal(struct n_tty *n, int sig, u8 c, struct n_tty_events *ev)
{
	ev->signals |= 1ull << (sig - 1);
	if (!L(n, NOFLSH)) {
		n_tty_flush_input(n);
		n_tty_flush_output(n);
		ev->flushed = true;
		ev->writable = true;
	}
	if (I(n, IXON))
		start(n, ev);
	if (L(n, ECHO))
		echo_char(n, c);
}

/* ^S, ^Q, ^C, ^\, ^Z.  True: @c was one of them. */
static bool receive_control(struct n_tty *n, u8 c, struct n_tty_events *ev)
{
	if (I(n, IXON)) {
		if (is_cc(n, c, VSTART)) {
			start(n, ev);
			return true;
		}
		if (is_cc(n, c, VSTOP)) {
			ev->stopped |= !n->stopped;
			n->stopped = true;
			return true;
		}
	}
	if (!L(n, ISIG))
		return false;
	if (is_cc(n, c, VINTR))
		send_signal(n, SIGINT, c, ev);
	else if (is_cc(n, c, VQUIT))
		send_signal(n, SIGQUIT, c, ev);
	else if (is_cc(n, c, VSUSP))
		send_signal(n, SIGTSTP, c, ev);
	else
		return false;
	return true;
}

static void end_line(struct n_tty *n, u8 c, struct n_tty_events *ev)
{
	put_in(n, c);
	mark_line(n, n->head - 1, true);
	n->canon_head = n->head;
	ev->readable = true;
}

static void reprint(struct n_tty *n, u8 c)
{
	finish_erasing(n);
	echo_char(n, c);
	n_tty_put(n, '\n');
	for (u32 pos = n->canon_head; pos != n->head; pos++)
		echo_char(n, *at(n, pos));
}

/* Editing, and what ends a line.  True: @c is dealt with. */
static bool receive_canon(struct n_tty *n, u8 c, struct n_tty_events *ev)
{
	bool ext = L(n, IEXTEN);

	if (is_cc(n, c, VERASE)) {
		erase(n, VERASE);
	} else if (is_cc(n, c, VKILL)) {
		erase(n, VKILL);
	} else if (ext && is_cc(n, c, VWERASE)) {
		erase(n, VWERASE);
	} else if (ext && is_cc(n, c, VLNEXT)) {
		n->lnext = true;
		if (L(n, ECHO)) {
			finish_erasing(n);
			if (L(n, ECHOCTL)) {
				n_tty_put_raw(n, '^');
				n_tty_put_raw(n, '\b');
			}
		}
	} else if (ext && L(n, ECHO) && is_cc(n, c, VREPRINT)) {
		reprint(n, c);
	} else if (c == '\n') {
		if (L(n, ECHO | ECHONL))
			n_tty_put(n, '\n');
		end_line(n, c, ev);
	} else if (is_cc(n, c, VEOF)) {
		end_line(n, DISABLED_CHAR, ev);
	} else if (is_cc(n, c, VEOL) || (ext && is_cc(n, c, VEOL2))) {
		if (L(n, ECHO)) {
			if (n->canon_head == n->head)
				n->canon_column = n->column;
			echo_char(n, c);
		}
		end_line(n, c, ev);
	} else {
		return false;
	}
	return true;
}

static void receive_plain(struct n_tty *n, u8 c, struct n_tty_events *ev)
{
	if (L(n, ECHO)) {
		finish_erasing(n);
		if (c == '\n') {
			n_tty_put(n, '\n');
		} else {
			if (n->canon_head == n->head)
				n->canon_column = n->column;
			echo_char(n, c);
		}
	}
	if (I(n, PARMRK) && c == 0xff)
		put_in(n, c);
	put_in(n, c);
	if (!L(n, ICANON))
		ev->readable = true;
}

void n_tty_receive(struct n_tty *n, u8 c, struct n_tty_events *ev)
{
	u32 used = n->head - n->tail;

	if (I(n, ISTRIP))
		c &= 0x7f;
	if (I(n, IUCLC) && L(n, IEXTEN))
		c = (u8)tolower(c);
	/* A line that is too long keeps its place for what ends it. */
	if (used >= N_TTY_SIZE)
		n->head--;
	if (L(n, EXTPROC)) {
		put_in(n, c);
		ev->readable = true;
		return;
	}
	if (n->lnext) {
		n->lnext = false;
		receive_plain(n, c, ev);
		return;
	}
	if (receive_control(n, c, ev))
		return;
	if (n->stopped && I(n, IXON) && I(n, IXANY))
		start(n, ev);
	if (c == '\r') {
		if (I(n, IGNCR))
			return;
		if (I(n, ICRNL))
			c = '\n';
	} else if (c == '\n' && I(n, INLCR)) {
		c = '\r';
	}
	if (L(n, ICANON) && receive_canon(n, c, ev))
		return;
	receive_plain(n, c, ev);
}

u32 n_tty_room(const struct n_tty *n)
{
	u32 used = n->head - n->tail;
	u32 left = N_TTY_SIZE - 1 - min(used, N_TTY_SIZE - 1);

	if (I(n, PARMRK))
		left /= 2;
	/* With no complete line in it, a full buffer takes bytes so that one can end. */
	if (!left && L(n, ICANON) && n->canon_head == n->tail)
		return 1;
	return left;
}

bool n_tty_readable(const struct n_tty *n, u32 want)
{
	if (L(n, ICANON) && !L(n, EXTPROC))
		return n->canon_head != n->tail;
	return n->head - n->tail >= max(want, 1u);
}

u32 n_tty_available(const struct n_tty *n)
{
	u32 end = L(n, ICANON) && !L(n, EXTPROC) ? n->canon_head : n->head;
	u32 count = end - n->tail;

	/* Marks of ^D are no bytes. */
	if (L(n, ICANON) && !L(n, EXTPROC)) {
		for (u32 pos = n->tail; pos != end; pos++)
			count -= ends_line(n, pos) && n->buf[pos % N_TTY_SIZE] == DISABLED_CHAR;
	}
	return count;
}

/* Bytes of the line at the tail. */
static u32 take_line(struct n_tty *n, u8 *buf, u32 size, bool *ret_end)
{
	u32 done = 0;

	while (n->tail != n->canon_head) {
		bool end = ends_line(n, n->tail);
		u8 c = *at(n, n->tail);
		bool eof = end && c == DISABLED_CHAR;

		if (done == size && !eof)
			return done;
		mark_line(n, n->tail++, false);
		if (!eof)
			buf[done++] = c;
		if (end || (n->push && n->tail == n->canon_head)) {
			n->push = false;
			*ret_end = true;
			return done;
		}
	}
	return done;
}

u32 n_tty_take(struct n_tty *n, u8 *buf, u32 size, bool *ret_end)
{
	u32 done = 0;

	*ret_end = false;
	if (L(n, ICANON) && !L(n, EXTPROC))
		return take_line(n, buf, size, ret_end);
	while (done < size && n->tail != n->head)
		buf[done++] = *at(n, n->tail++);
	if ((s32)(n->canon_head - n->tail) < 0)
		n->canon_head = n->tail;
	return done;
}

void n_tty_set_termios(struct n_tty *n, const struct tty_termios *tio, struct n_tty_events *ev)
{
	u32 changed = n->tio.lflag ^ tio->lflag;

	n->tio = *tio;
	if (changed & (ICANON | EXTPROC)) {
		memset(n->line_end, 0, sizeof(n->line_end));
		n->push = L(n, ICANON) && n->head != n->tail;
		n->canon_head = n->push ? n->head : n->tail;
		n->erasing = n->lnext = false;
		ev->readable |= n->head != n->tail;
	}
	if (!I(n, IXON))
		start(n, ev);
}
