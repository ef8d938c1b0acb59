/*
 * Row 32: the files of /proc, /sys and /dev by which a host is ruled are not
 * there or not writable
 */
#include "a.h"

int main(void)
{
	static const char *const paths[] = {"/proc/sysrq-trigger",
					    "/proc/sys/kernel/core_pattern",
					    "/proc/sys/kernel/modprobe",
					    "/proc/sys/vm/drop_caches",
					    "/proc/sys/kernel/hotplug",
					    "/proc/kcore",
					    "/proc/kmem",
					    "/proc/kmsg",
					    "/proc/kallsyms",
					    "/dev/mem",
					    "/dev/kmem",
					    "/dev/port",
					    "/dev/kmsg",
					    "/dev/vda",
					    "/dev/sda",
					    "/sys/firmware/acpi/tables/DSDT",
					    "/sys/kernel/uevent_helper",
					    "/sys/fs/cgroup/release_agent",
					    "/sys/kernel/debug/tracing/trace",
					    "/sys/power/state",
					    "/proc/sys/fs/binfmt_misc/register",
					    "/proc/acpi/alarm",
					    "/proc/scsi/scsi",
					    "/proc/bus/pci/00",
					    "/proc/timer_list"};
	char text[64];
	size_t i;
	int fd;

	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		ssize_t size = 0;

		/* what stands there, or "h", which no switch understands: harmless if it works */
		memcpy(text, "h", 2);
		fd = open(paths[i], O_RDONLY | O_NONBLOCK);
		if (fd >= 0) {
			size = read(fd, text, sizeof(text));
			close(fd);
		}
		fd = open(paths[i], O_WRONLY | O_NONBLOCK);
		if (fd >= 0 && write(fd, text, size > 0 ? (size_t)size : 1) > 0)
			t_die("%s can be written", paths[i]);
	}
	T_EQ(open("/proc/kcore", O_RDONLY), -1);
	T_EQ(open("/dev/mem", O_RDONLY), -1);
	T_EQ(open("/dev/vda", O_RDONLY), -1);
	/* the twin */
	t_read_file("/proc/sys/kernel/ostype", text, sizeof(text));
	T_STR(text, "Linux\n");
	return 0;
}
