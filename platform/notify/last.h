/* What is put off until the stopped call returns (last.c). */
#pragma once
#include "platform/platform.h"

/* v->last_sent: some are put off, and the stub is not yet told how many */
#define LAST_KEPT UINT32_MAX

/* last_ops_send - the answer that is on its way to @v brings them */
void last_ops_send(struct vcpu *v);

/* last_ops_stopped - @v was let run, and has stopped: all is done, but for what was refused */
void last_ops_stopped(struct vcpu *v);

/* last_ops_must - make it now, before something else; a process it fails in is killed */
void last_ops_must(struct vcpu *v);

/* last_ops_event - does the stop of @v tell that some of it was refused? */
bool last_ops_event(struct vcpu *v, struct vcpu_event *ev) must_check;
