/* What is put off until the stopped call returns (last.c). */
#pragma once
#include "platform/platform.h"

/* last_ops_must - make it now, before something else; a process it fails in is killed */
void last_ops_must(struct vcpu *v);

/* last_ops_event - does the stop of @v tell that some of it was refused? */
bool last_ops_event(struct vcpu *v, struct vcpu_event *ev) must_check;
