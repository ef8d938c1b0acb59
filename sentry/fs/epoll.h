/*
 * epoll(7): which of many files are ready (epoll.c, epoll_wait.c).
 */
#pragma once
#include <sys/epoll.h>

#include "lib/base.h"

struct file;

/* epoll_init - at start-up: files tell when they go */
void epoll_init(void);

/* epoll_create_file - a new instance; 0 or -ENOMEM */
int epoll_create_file(struct file **ret) must_check;

bool file_is_epoll(const struct file *f);

/*
 * epoll_add, epoll_mod, epoll_del - epoll_ctl(2)
 * @epf: an epoll file
 * @fd: the number @f was known by: the pair is what is registered
 *
 * Return: 0, and as epoll_ctl(2): -EEXIST, -ENOENT, -ELOOP, -EINVAL, -EPERM,
 * -ENOSPC, -ENOMEM.
 */
int epoll_add(struct file *epf, struct file *f, int fd, const struct epoll_event *ev) must_check;
int epoll_mod(struct file *epf, struct file *f, int fd, const struct epoll_event *ev) must_check;
int epoll_del(struct file *epf, struct file *f, int fd) must_check;

/*
 * epoll_collect - take what is ready, at most @max, and give it to @emit
 * @emit: called with the instance locked, a batch at a time; may copy to the
 *	guest; an error leaves the batch ready
 *
 * Return: how many were given, or @emit's error for the first batch.
 */
typedef int (*epoll_emit_fn)(void *arg, const struct epoll_event *evs, size_t nr);
int epoll_collect(struct file *epf, int max, epoll_emit_fn emit, void *arg) must_check;

/*
 * epoll_wait_events - as above, sleeping until something is ready
 * @deadline: CLOCK_MONOTONIC ns; 0: do not sleep; PARK_FOREVER
 *
 * Return: how many; 0 when the deadline passed; -EINTR; @emit's error.
 */
int epoll_wait_events(struct file *epf, int max, u64 deadline, epoll_emit_fn emit, void *arg)
	must_check;
