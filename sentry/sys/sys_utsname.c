/* uname(2), sethostname(2), setdomainname(2), personality(2) */
#include <string.h>
#include <sys/personality.h>
#include <sys/utsname.h>

#include "abi/arch.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "kernel/utsname.h"
#include "mm/uaccess.h"

#define PERSONALITY_ASK 0xffffffffu
#define PER_TYPE_MASK   0xff

_Static_assert(sizeof(((struct utsname *)0)->nodename) == UTS_LEN + 1, "utsname layout");

long sys_uname(struct task *t, uaddr_t name)
{
	bool is_32 = (t->personality & PER_TYPE_MASK) == PER_LINUX32;
	struct utsname u = {
		.sysname = UTS_SYSNAME,
		.release = UTS_RELEASE,
		.version = UTS_VERSION,
	};

	strncpy(u.machine, is_32 ? ARCH_UTS_MACHINE_32 : ARCH_UTS_MACHINE, UTS_LEN);
	uts_get_hostname(u.nodename);
	uts_get_domainname(u.domainname);
	return copy_to_user(t, name, &u, sizeof(u));
}

static long set_name(struct task *t, uaddr_t name, int len, void (*set)(const char *, size_t))
{
	char buf[UTS_LEN];

	if (!task_capable(t, CAP_SYS_ADMIN))
		return -EPERM;
	if (len < 0 || len > UTS_LEN)
		return -EINVAL;
	if (copy_from_user(t, buf, name, (size_t)len))
		return -EFAULT;
	set(buf, (size_t)len);
	return 0;
}

long sys_sethostname(struct task *t, uaddr_t name, int len)
{
	return set_name(t, name, len, uts_set_hostname);
}

long sys_setdomainname(struct task *t, uaddr_t name, int len)
{
	return set_name(t, name, len, uts_set_domainname);
}

long sys_personality(struct task *t, u32 personality)
{
	u32 old = t->personality;

	if (personality != PERSONALITY_ASK)
		__atomic_store_n(&t->personality, personality, __ATOMIC_RELAXED);
	return old;
}
