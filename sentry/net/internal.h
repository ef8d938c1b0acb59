/*
 * What the families of this folder start.
 */
#pragma once

void sockfs_init(void);
void unix_init(void);
void inet_init(void);
