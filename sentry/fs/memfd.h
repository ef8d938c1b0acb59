/*
 * memfd_create(2): tmpfs files without a name in the tree.
 */
#pragma once
#include "lib/base.h"

struct file;

#define MEMFD_NAME_MAX 249

/* memfd_init - the instance they live in; at start-up.  0 or -ENOMEM. */
int memfd_init(void) must_check;

/* memfd_check_flags - MFD_*: 0 or -EINVAL */
int memfd_check_flags(u32 flags) must_check;

/*
 * memfd_create_file - an empty file, open for reading and writing
 * @name: shown as "/memfd:NAME (deleted)"
 * @flags: MFD_*, checked; MFD_CLOEXEC is the caller's business
 *
 * Return: 0, -ENOMEM, -ENOSPC.
 */
int memfd_create_file(const char *name, u32 flags, struct file **ret) must_check;
