/*
 * What the families of this folder start.
 */
#pragma once
#include "lib/base.h"

struct task;
#include "lib/base.h"

/* sockfs_init - what the files of sockets stand on; -ENOMEM */
int sockfs_init(void) must_check;
void unix_init(void);
void inet_init(void);
void netlink_init(void);

/* net_device_ioctl - SIOCGIF* as sockets of every family answer them: no addresses */
int net_device_ioctl(struct task *t, unsigned cmd, u64 arg);
