/* signalfd(2): signals read from a descriptor (signalfd.c). */
#pragma once
#include "kernel/signal.h"
#include "lib/base.h"

struct file;

/* signalfd_create_file - @flags: SFD_NONBLOCK; 0 or -ENOMEM */
int signalfd_create_file(sigset64_t mask, int flags, struct file **ret) must_check;

bool file_is_signalfd(const struct file *f);

/* signalfd_set_mask - from now on @f shows these */
void signalfd_set_mask(struct file *f, sigset64_t mask);
