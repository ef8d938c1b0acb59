/*
 * /dev: a tmpfs with the usual devices in it, and the memory devices themselves.
 */
#pragma once
#include "lib/base.h"

struct super;

/* devfs_init - registers null, zero, full, random, urandom, and the type "devtmpfs" */
void devfs_init(void);

/*
 * devfs_create - an instance: devices, links to /proc/self/fd, and the empty
 * directories pts, shm and mqueue for others to be mounted on
 *
 * Return: 0 or -ENOMEM.
 */
int devfs_create(struct super **ret) must_check;
