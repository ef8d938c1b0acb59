/* eventfd(2): a counter behind a descriptor. */
#pragma once
#include "lib/base.h"

struct file;

/*
 * eventfd_create - make a counter that can be read, written and polled
 * @initval: what the counter starts at
 * @flags: EFD_*; EFD_CLOEXEC is the caller's business and ignored here
 * @ret: the new file, holding one reference for the caller
 *
 * Locks: none.  May sleep.
 *
 * Return: 0, or -ENOMEM with *@ret untouched.
 */
int eventfd_create(u32 initval, int flags, struct file **ret) must_check;
