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

void layers_isolate(bool detached, u64 born_in)
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

	host_isolate(keep, ARRAY_SIZE(keep) - !detached, born_in, &report);
}

void layers_isolate_end(void)
{
	host_isolate_end(&report);
}

/* What the guests' processes lack, after what the sentry does. */
static void add_platform_layers(struct harden_list *list)
{
	size_t nr;
	const struct platform_layer *l = platform_layers(&nr);

	for (size_t i = 0; i < nr; i++)
		if (l[i].error)
			harden_list_add(list, "guests' ", l[i].name, l[i].error);
}

int layers_confine(const struct sandbox_spec *spec, struct boot_error *e)
{
	struct harden_list missing = {.used = 0};
	const char *text;

	host_confine(!strcmp(platform_info()->name, "ptrace"), &report);
	harden_missing(&report, host_layers_wanted(), &missing);
	add_platform_layers(&missing);
	text = harden_list_end(&missing);
	if (!*text)
		return 0;
	if (spec->strict)
		return boot_fail(e, 125, "--strict: missing: %s", text);
	if (!spec->doctor)
		log_warn("without: %s; `bailey doctor` says more", text);
	return 0;
}

/* How guests are held, which is no layer: there is always one way. */
static void print_platform(void)
{
	const struct platform_info *info = platform_info();
	char text[256];

	snprintf(text, sizeof(text), "system calls are intercepted by %s: %s", info->name,
		 info->why);
	harden_print_note(ROLE_FD_LOG, text);
	if (info->mem_forced)
		harden_print_note(ROLE_FD_LOG, "guest memory is reached through /proc: "
					       "process_vm_readv is refused here");
}

void layers_print(void)
{
	size_t nr;
	const struct platform_layer *l = platform_layers(&nr);

	harden_print(&report, host_layers_wanted(), "sentry", ROLE_FD_LOG);
	for (size_t i = 0; i < nr; i++)
		harden_print_line(ROLE_FD_LOG, "guests", l[i].name, l[i].error, NULL);
	print_platform();
}
