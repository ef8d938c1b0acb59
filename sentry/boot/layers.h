/*
 * The layers of isolation around one sandbox: taken, told, insisted on.
 */
#pragma once
#include "boot/boot.h"
#include "lib/base.h"

/* layers_isolate - the first half, before the platform starts; one thread */
void layers_isolate(bool detached, u64 born_in);

/* layers_isolate_end - its last step, which takes time: while the platform starts */
void layers_isolate_end(void);

/*
 * layers_confine - the second half, after which no host path can be reached
 *
 * Return: 0; or -1 with *@e filled when @spec is strict and a layer is missing.
 * Otherwise what is missing is a warning.
 */
int layers_confine(const struct sandbox_spec *spec, struct boot_error *e) must_check;

/* layers_print - for `bailey doctor`: a line a layer to the log (harden_print) */
void layers_print(void);
