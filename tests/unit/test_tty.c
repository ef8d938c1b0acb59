/*
 * fs/tty: the line discipline byte by byte, and pseudo terminals through their
 * files.  What is expected was seen on Linux.
 */
#include <asm/termbits.h>
#include <signal.h>
#include <sys/epoll.h>

#include "fs/file.h"
#include "fs/inode.h"
#include "fs/tty/internal.h"
#include "fs/tty/n_tty.h"
#include "fs/tty/pty.h"
#include "tests/unit/harness.h"

static u64 type_all(struct n_tty *n, const char *s)
{
	struct n_tty_events ev = {0};

	for (; *s; s++)
		if (n_tty_room(n))
			n_tty_receive(n, (u8)*s, &ev);
	return ev.signals;
}

static const char *shown(struct n_tty *n)
{
	static char buf[8192];

	buf[n_tty_take_output(n, (u8 *)buf, sizeof(buf) - 1)] = 0;
	return buf;
}

static const char *line(struct n_tty *n)
{
	static char buf[8192];
	bool end;

	buf[n_tty_take(n, (u8 *)buf, sizeof(buf) - 1, &end)] = 0;
	return buf;
}

TEST(n_tty_edits_a_line)
{
	struct n_tty n = {0};

	REQUIRE(!n_tty_init(&n));
	type_all(&n, "helxx\177\177lo");
	CHECK(!n_tty_readable(&n, 1));
	type_all(&n, "\r");
	CHECK_STR("helxx\b \b\b \blo\r\n", shown(&n));
	CHECK(n_tty_readable(&n, 1));
	CHECK_EQ(6, n_tty_available(&n));
	CHECK_STR("hello\n", line(&n));
	type_all(&n, "one two\027three\n");
	CHECK_STR("one three\n", line(&n));
	CHECK_STR("one two\b \b\b \b\b \bthree\r\n", shown(&n));
	type_all(&n, "gone\025here\n");
	CHECK_STR("here\n", line(&n));
	CHECK_STR("gone\b \b\b \b\b \b\b \bhere\r\n", shown(&n));
	type_all(&n, "a\tb\177\177c\n");
	CHECK_STR("ac\n", line(&n));
	CHECK_STR("a\tb\b \b\b\b\b\b\b\b\bc\r\n", shown(&n));
	type_all(&n, "\026\003\n");
	CHECK_STR("\003\n", line(&n));
	CHECK_STR("^\b^C\r\n", shown(&n));
	type_all(&n, "ab\022\n");
	CHECK_STR("ab^R\r\nab\r\n", shown(&n));
	n_tty_fini(&n);
}

TEST(n_tty_end_of_file)
{
	struct n_tty n = {0};
	u8 buf[16];
	bool end = false;

	REQUIRE(!n_tty_init(&n));
	type_all(&n, "\004");
	CHECK(n_tty_readable(&n, 1));
	CHECK_EQ(0, n_tty_available(&n));
	CHECK_EQ(0, n_tty_take(&n, buf, sizeof(buf), &end));
	CHECK(end);
	CHECK(!n_tty_readable(&n, 1));
	type_all(&n, "abc\004rest\n");
	CHECK_EQ(3, n_tty_take(&n, buf, 3, &end));
	CHECK(end);
	CHECK_STR("rest\n", line(&n));
	n_tty_fini(&n);
}

TEST(n_tty_signals_flush)
{
	struct n_tty n = {0};

	REQUIRE(!n_tty_init(&n));
	CHECK_EQ(1 << (SIGINT - 1), type_all(&n, "half\003"));
	CHECK_STR("^C", shown(&n));
	CHECK_EQ(1 << (SIGTSTP - 1), type_all(&n, "\032"));
	CHECK_EQ(1 << (SIGQUIT - 1), type_all(&n, "\034x\n"));
	CHECK_STR("x\n", line(&n));
	n_tty_fini(&n);
}

TEST(n_tty_stop_and_start)
{
	struct n_tty n = {0};

	REQUIRE(!n_tty_init(&n));
	CHECK(n_tty_write_room(&n));
	type_all(&n, "\023");
	CHECK(!n_tty_write_room(&n));
	CHECK_EQ(0, n_tty_write(&n, (const u8 *)"x", 1));
	type_all(&n, "\021");
	CHECK_EQ(4, n_tty_write(&n, (const u8 *)"a\nb\t", 4));
	CHECK_STR("a\r\nb\t", shown(&n));
	n_tty_fini(&n);
}

TEST(n_tty_raw_mode_gives_bytes)
{
	struct n_tty_events ev = {0};
	struct tty_termios tio;
	struct n_tty n = {0};

	REQUIRE(!n_tty_init(&n));
	type_all(&n, "typed before");
	tio = n.tio;
	tio.iflag = 0;
	tio.lflag = 0;
	tio.oflag = 0;
	n_tty_set_termios(&n, &tio, &ev);
	CHECK(ev.readable);
	CHECK_STR("typed before", line(&n));
	shown(&n);
	type_all(&n, "\003\004\r\n");
	CHECK_STR("\003\004\r\n", line(&n));
	CHECK_STR("", shown(&n));
	n_tty_fini(&n);
}

TEST(n_tty_overlong_line_still_ends)
{
	struct n_tty n = {0};
	u8 buf[8192];
	bool end;

	REQUIRE(!n_tty_init(&n));
	for (int i = 0; i < 6000; i++) {
		type_all(&n, "x");
		shown(&n);
	}
	CHECK(!n_tty_readable(&n, 1));
	type_all(&n, "\n");
	CHECK(n_tty_readable(&n, 1));
	CHECK_EQ(4096, n_tty_take(&n, buf, sizeof(buf), &end));
	CHECK(end);
	CHECK_EQ('\n', buf[4095]);
	n_tty_fini(&n);
}

/* Random bytes: whatever comes, positions stay in order and nothing is read twice. */
TEST(n_tty_random_bytes)
{
	struct n_tty n = {0};
	u64 state = 7;

	REQUIRE(!n_tty_init(&n));
	for (int i = 0; i < 400000; i++) {
		struct n_tty_events ev = {0};
		u8 buf[300];
		bool end;

		state = state * 6364136223846793005ull + 1442695040888963407ull;
		if (n_tty_room(&n))
			n_tty_receive(&n, (u8)(state >> 40), &ev);
		if (state >> 60 == 0) {
			struct tty_termios tio = n.tio;

			tio.lflag ^=
				(u32)(state >> 33) & (ICANON | ECHO | ECHOPRT | ECHOE | IEXTEN);
			tio.iflag ^= (u32)(state >> 20) & (IUTF8 | PARMRK | IXANY | IXON);
			n_tty_set_termios(&n, &tio, &ev);
		}
		if (state >> 58 == 1)
			(void)n_tty_take(&n, buf, (u32)(state >> 48) % sizeof(buf) + 1, &end);
		(void)n_tty_take_output(&n, buf, sizeof(buf));
		if (n.head - n.tail > N_TTY_SIZE || n.canon_head - n.tail > n.head - n.tail) {
			unit_fail(__FILE__, __LINE__, "positions %u %u %u at %d", n.tail,
				  n.canon_head, n.head, i);
			break;
		}
	}
	n_tty_fini(&n);
}
