/*
 * Layers of isolation of sentry and guests (layers.h).
 *
 * A guest can make no host call whatever is missing here: what cannot be had is
 * a missing layer, not a missing sandbox.
 */
#include "boot/layers.h"

#include "host/confine.h"
#include "lib/log.h"
#include "lib/roles.h"
#include "platform/platform.h"

static struct harden_report report;

void layers_isolate(bool detached)
{
	static const int keep[] = {
		0,
		1,
		ROLE_FD_LOG,
		ROLE_FD_GOFER,
		ROLE_FD_CONTROL,
		ROLE_FD_STDIN,
		ROLE_FD_STDOUT,
		ROLE_FD_STDERR,
		ROLE_FD_TRACE,
		ROLE_FD_LISTEN, /* the last: only a container has it */
	};

	host_isolate(keep, ARRAY_SIZE(keep) - !detached, &report);
}

void layers_isolate_end(void)
{
	host_isolate_end(&report);
}

/* What the guests' processes lack, after what the sentry does. */
static size_t add_platform_layers(char *buf, size_t size, size_t used)
{
	size_t nr;
	const struct platform_layer *l = platform_layers(&nr);

	for (size_t i = 0; i < nr; i++)
		if (l[i].error && used < size)
			used += (size_t)snprintf(buf + used, size - used, "%sguests' %s (%s)",
						 used ? ", " : "", l[i].name,
						 strerror(-l[i].error));
	return used;
}

int layers_confine(const struct sandbox_spec *spec, struct boot_error *e)
{
	char missing[400];

	host_confine(!strcmp(platform_info()->name, "ptrace"), &report);
	harden_missing(&report, host_layers_wanted(), missing, sizeof(missing));
	if (!add_platform_layers(missing, sizeof(missing), strlen(missing)))
		return 0;
	if (spec->strict)
		return boot_fail(e, 125, "--strict: missing: %s", missing);
	if (!spec->doctor)
		log_warn("without: %s; `bailey doctor` says more", missing);
	return 0;
}

void layers_print(void)
{
	size_t nr;
	const struct platform_layer *l = platform_layers(&nr);

	harden_print(&report, host_layers_wanted(), "sentry", ROLE_FD_LOG);
	for (size_t i = 0; i < nr; i++)
		harden_print_line(ROLE_FD_LOG, "guests", l[i].name, l[i].error, NULL);
}
