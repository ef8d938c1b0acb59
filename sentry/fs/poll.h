/*
 * Waiting for readiness of many files: the core of poll and select.
 *
 * (epoll keeps waitq entries of its own on file->wq and uses vfs_poll.)
 *
 * Locks: none may be held.
 */
#pragma once
#include "lib/base.h"
#include "lib/waitq.h"

struct file;

/* One file that is waited for. */
struct poll_slot {
	struct file *file;     /* counted by the caller; NULL: never ready */
	poll_t events;         /* wanted; EPOLLERR and EPOLLHUP come always */
	bool exact;            /* ... but not here: only what events says (select) */
	poll_t revents;        /* result */
	struct waitq_entry we; /* poll_wait()'s */
};

/*
 * poll_wait - sleep until one of @slots is ready
 * @deadline: CLOCK_MONOTONIC ns, PARK_FOREVER; 0 looks once and does not sleep
 *
 * Return: how many slots have revents; 0 when the deadline passed; -ERESTARTNOHAND
 * when a signal came first.
 */
int poll_wait(struct poll_slot *slots, size_t nr, u64 deadline) must_check;
