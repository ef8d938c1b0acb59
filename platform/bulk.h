/*
 * Long copies between the guest and the sentry; a part of platform.h.
 */
#pragma once
#include "lib/base.h"

struct vcpu;

#define BULK_MIN ((4ul << 10) + 1)

/*
 * vcpu_bulk_in, vcpu_bulk_out - a long copy, which the guest's own core has a hand in
 *
 * For the stopped fast call of @v, of BULK_MIN bytes or more.  @src of vcpu_bulk_out() may be
 * a mapping of a file that somebody cuts.  Does not sleep.
 * Return: bytes that were copied, from the start on.  The rest, which may be all of it, is to
 * be copied by aspace_read() and aspace_write(), which say why when it cannot be.
 */
size_t vcpu_bulk_in(struct vcpu *v, void *dst, uaddr_t src, size_t size) must_check;
size_t vcpu_bulk_out(struct vcpu *v, uaddr_t dst, const void *src, size_t size) must_check;
