/*
 * The names of the machine (utsname.h): one UTS namespace a sandbox.
 */
#include "kernel/utsname.h"

#include <string.h>

#include "lib/mutex.h"

static struct spinlock lock; /* guards both names */
static char hostname[UTS_LEN + 1] = "bailey";
static char domainname[UTS_LEN + 1] = "(none)";

static void get(const char *from, char *ret)
{
	spin_lock(&lock);
	memcpy(ret, from, UTS_LEN + 1);
	spin_unlock(&lock);
}

static void set(char *to, const char *name, size_t len)
{
	spin_lock(&lock);
	memset(to, 0, UTS_LEN + 1);
	memcpy(to, name, min(len, (size_t)UTS_LEN));
	spin_unlock(&lock);
}

void uts_get_hostname(char *ret)
{
	get(hostname, ret);
}

void uts_get_domainname(char *ret)
{
	get(domainname, ret);
}

void uts_set_hostname(const char *name, size_t len)
{
	set(hostname, name, len);
}

void uts_set_domainname(const char *name, size_t len)
{
	set(domainname, name, len);
}
