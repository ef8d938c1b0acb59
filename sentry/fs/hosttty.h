/*
 * The terminal bailey was started from, as the guest's standard streams.
 *
 * The host's own line discipline edits, echoes and turns ^C into a signal for
 * the command line, which passes it on (hosttty_signal).  Settings and size go
 * through to the host; sessions and foreground groups are kept here.
 */
#pragma once
#include "lib/base.h"

struct file;
struct path;
struct tgroup;
struct tty;

/*
 * hosttty_create - a file on the terminal @host is
 * @host: a hostfile (fs/hostfile.h) whose descriptor is a terminal; counted once more
 *
 * @pts: the root of the mounted devpts, so that it has a name; may be PATH_NONE
 *
 * Descriptors of one terminal share one struct tty, whose device is /dev/pts/0.
 * Before guests run.  Return: 0, -ENOTTY when it is no terminal, -ENOMEM.
 */
int hosttty_create(struct file *host, const struct path *pts, struct file **ret) must_check;

/* hosttty_get - the terminal, counted, or NULL */
struct tty *hosttty_get(void);

/* hosttty_set_controlling - it becomes @tg's, a session leader's; nothing if there is none */
void hosttty_set_controlling(struct tgroup *tg);

/* hosttty_signal - @sig for its foreground group; -ESRCH: there is no terminal, or no group */
int hosttty_signal(int sig);
