/*
 * A container's control socket: commands connect to the sentry and ask.
 */
#pragma once
#include "boot/boot.h"
#include "lib/base.h"

struct mnt_ns;

/* server_start - serve ROLE_FD_LISTEN, a fiber a connection; 0 or -errno */
int server_start(struct mnt_ns *ns) must_check;

/*
 * server_wait_start - sleep until a command says CONTROL_START
 *
 * On the boot fiber.  Its answer comes from server_started().
 */
void server_wait_start(void);

/* server_started - tell whoever asked; @e NULL: the program runs */
void server_started(const struct boot_error *e);
