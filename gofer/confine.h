/*
 * What the gofer does to itself before it answers anybody.
 */
#pragma once
#include "gofer/table.h"
#include "lib/harden.h"

/*
 * gofer_confine - take every layer of isolation that can be had
 * @t: descriptors of mounts are replaced by better ones where the host allows it
 * @strict: keep no capability, whatever the mounts are for
 * @sentry: a pidfd of the sentry, whose namespaces are ours to enter; -1: they are not
 *
 * gofer_sys_init() was called; nothing but the mounts can be reached afterwards.
 */
void gofer_confine(struct gofer_table *t, bool strict, int sentry, struct harden_report *r);

/* gofer_layers_wanted - what --strict insists on: @r decides between two ways of one end */
u32 gofer_layers_wanted(const struct harden_report *r);
