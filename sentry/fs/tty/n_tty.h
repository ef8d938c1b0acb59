/*
 * N_TTY, the line discipline: what becomes of typed bytes before a program
 * reads them, and of written ones before they are shown.
 *
 * Knows nothing of files, tasks or locks: it takes bytes in, gives lines out,
 * and says which signals and wake-ups are due.  Output (echo included) goes to
 * a byte queue the owner empties.
 *
 * Locks: all of it is guarded by the owner's lock.
 */
#pragma once
#include "fs/tty/tty.h"
#include "lib/base.h"

#define N_TTY_SIZE 4096u

/* A ring of bytes with a limit. */
struct byte_queue {
	u8 *buf; /* kfree() */
	u32 size, head, len;
};

#define OUT_SIZE  (16u << 10) /* room for output and echoes */
#define OUT_LIMIT (8u << 10)  /* a program's output stops here; echoes may go on */

struct n_tty {
	struct tty_termios tio;

	/* Input: positions count up for ever, modulo N_TTY_SIZE in buf. */
	u8 buf[N_TTY_SIZE];
	u64 line_end[N_TTY_SIZE / 64]; /* a line ends at this byte */
	u32 head;                      /* where the next byte goes */
	u32 canon_head;                /* end of the last complete line */
	u32 tail;                      /* what is read next */
	bool lnext;                    /* the next byte is literal (^V) */
	bool erasing;                  /* ECHOPRT: inside \.../ */
	bool push;                     /* what stood there when ICANON came on is a line */

	/* Output. */
	struct byte_queue out;
	u32 column, canon_column;
	bool stopped; /* by ^S */
	bool held;    /* by TCOOFF */
};

/* What a byte brought about; signals are bits. */
struct n_tty_events {
	bool readable, writable;
	bool flushed; /* input was thrown away: TIOCPKT_FLUSHREAD */
	bool started, stopped;
	u64 signals; /* bit n-1 is signal n, for the foreground group */
};

/* n_tty_init - settings of a fresh terminal; 0 or -ENOMEM */
int n_tty_init(struct n_tty *n) must_check;
void n_tty_fini(struct n_tty *n);

/* n_tty_set_termios - new settings; what is in the buffer stays */
void n_tty_set_termios(struct n_tty *n, const struct tty_termios *tio, struct n_tty_events *ev);

/* n_tty_room - how many typed bytes it takes now */
u32 n_tty_room(const struct n_tty *n);

/* n_tty_receive - one typed byte; there must be room */
void n_tty_receive(struct n_tty *n, u8 c, struct n_tty_events *ev);

/* n_tty_readable - would a read find a line (ICANON), or @want bytes */
bool n_tty_readable(const struct n_tty *n, u32 want);

/* n_tty_available - bytes FIONREAD tells of */
u32 n_tty_available(const struct n_tty *n);

/*
 * n_tty_take - up to @size bytes for a read: of one line, or of what there is
 * @ret_end: a line ended (with ICANON: the read is over, even with 0 bytes)
 */
u32 n_tty_take(struct n_tty *n, u8 *buf, u32 size, bool *ret_end);

/* n_tty_flush_input - throw typed bytes away */
void n_tty_flush_input(struct n_tty *n);

/* n_tty_write - written bytes, processed as OPOST says; how many were taken */
u32 n_tty_write(struct n_tty *n, const u8 *buf, u32 size);

/* n_tty_write_room - would a write of one byte be taken */
bool n_tty_write_room(const struct n_tty *n);

/* n_tty_take_output - bytes for the screen */
u32 n_tty_take_output(struct n_tty *n, u8 *buf, u32 size);
void n_tty_flush_output(struct n_tty *n);

/* n_tty_out.c: output processing, for echoes */
void n_tty_put(struct n_tty *n, u8 c);     /* processed */
void n_tty_put_raw(struct n_tty *n, u8 c); /* as it is */
bool n_tty_is_continuation(const struct n_tty *n, u8 c);
