/*
 * N_TTY, output: tabs, newlines and the column they depend on (n_tty.h).
 *
 * Locks: the owner's.
 */
#include <asm/termbits.h>
#include <ctype.h>

#include "fs/tty/n_tty.h"
#include "lib/alloc.h"

/* The most bytes one written byte becomes: a tab that is expanded. */
#define EXPANSION 8u

static u32 room(const struct byte_queue *q)
{
	return q->size - q->len;
}

void n_tty_put_raw(struct n_tty *n, u8 c)
{
	struct byte_queue *q = &n->out;

	/* Echoes that nobody takes off are dropped, as on Linux. */
	if (!room(q))
		return;
	q->buf[(q->head + q->len++) % q->size] = c;
}

bool n_tty_is_continuation(const struct n_tty *n, u8 c)
{
	return n->tio.iflag & IUTF8 && (c & 0xc0) == 0x80;
}

static void put_newline(struct n_tty *n)
{
	if (n->tio.oflag & ONLRET)
		n->column = 0;
	if (n->tio.oflag & ONLCR) {
		n->column = 0;
		n_tty_put_raw(n, '\r');
	}
	n->canon_column = n->column;
	n_tty_put_raw(n, '\n');
}

static void put_return(struct n_tty *n)
{
	if (n->tio.oflag & ONOCR && n->column == 0)
		return;
	if (n->tio.oflag & OCRNL) {
		if (n->tio.oflag & ONLRET)
			n->canon_column = n->column = 0;
		n_tty_put_raw(n, '\n');
		return;
	}
	n->canon_column = n->column = 0;
	n_tty_put_raw(n, '\r');
}

static void put_tab(struct n_tty *n)
{
	u32 spaces = 8 - (n->column & 7);

	n->column += spaces;
	if ((n->tio.oflag & TABDLY) != XTABS) {
		n_tty_put_raw(n, '\t');
		return;
	}
	while (spaces--)
		n_tty_put_raw(n, ' ');
}

void n_tty_put(struct n_tty *n, u8 c)
{
	if (!(n->tio.oflag & OPOST)) {
		n_tty_put_raw(n, c);
		return;
	}
	switch (c) {
	case '\n':
		put_newline(n);
		return;
	case '\r':
		put_return(n);
		return;
	case '\t':
		put_tab(n);
		return;
	case '\b':
		if (n->column > 0)
			n->column--;
		break;
	default:
		if (c < 0x80 && iscntrl(c))
			break;
		if (n->tio.oflag & OLCUC)
			c = (u8)toupper(c);
		if (!n_tty_is_continuation(n, c))
			n->column++;
		break;
	}
	n_tty_put_raw(n, c);
}

bool n_tty_write_room(const struct n_tty *n)
{
	return !n->stopped && !n->held && n->out.len + EXPANSION <= OUT_LIMIT;
}

u32 n_tty_write(struct n_tty *n, const u8 *buf, u32 size)
{
	u32 done = 0;

	while (done < size && n_tty_write_room(n))
		n_tty_put(n, buf[done++]);
	return done;
}

u32 n_tty_take_output(struct n_tty *n, u8 *buf, u32 size)
{
	struct byte_queue *q = &n->out;
	u32 done = 0;

	while (done < size && q->len) {
		buf[done++] = q->buf[q->head];
		q->head = (q->head + 1) % q->size;
		q->len--;
	}
	return done;
}

void n_tty_flush_output(struct n_tty *n)
{
	n->out.len = 0;
}
