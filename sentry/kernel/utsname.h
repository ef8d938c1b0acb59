/*
 * The names of the machine (utsname.c): uname(2), /proc/sys/kernel.
 */
#pragma once
#include "lib/base.h"

#define UTS_LEN     64 /* without the NUL */
#define UTS_SYSNAME "Linux"
#define UTS_RELEASE "6.6.0-bailey" /* the Linux whose interface we mean to have */
#define UTS_VERSION "#1 SMP bailey"

/* uts_get_hostname, uts_get_domainname - @ret has UTS_LEN + 1 bytes */
void uts_get_hostname(char *ret);
void uts_get_domainname(char *ret);

/* uts_set_hostname, uts_set_domainname - cut at UTS_LEN; @len bytes, NULs and all */
void uts_set_hostname(const char *name, size_t len);
void uts_set_domainname(const char *name, size_t len);
