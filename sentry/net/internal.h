/*
 * What the families of this folder start.
 */
#pragma once
#include "lib/base.h"

/* sockfs_init - what the files of sockets stand on; -ENOMEM */
int sockfs_init(void) must_check;
void unix_init(void);
void inet_init(void);
