/* What the files of devfs/ share. */
#pragma once

/* devfs_register_mem - the memory devices, major 1 */
void devfs_register_mem(void);
