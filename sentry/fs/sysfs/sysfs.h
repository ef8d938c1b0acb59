/*
 * /sys: as much of it as programs look at.
 */
#pragma once

/* sysfs_init - makes "sysfs" a file system type; once, at start-up */
void sysfs_init(void);
