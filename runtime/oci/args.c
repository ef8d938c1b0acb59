/* Options of the OCI verbs (oci.h). */
#include "runtime/oci/oci.h"
#include "runtime/runtime.h"

static const struct oci_option *find(const struct oci_option *options, const char *name, size_t len,
				     char letter)
{
	for (; options->name; options++)
		if (letter ? options->letter == letter
			   : strlen(options->name) == len && !strncmp(options->name, name, len))
			return options;
	return NULL;
}

static int take_value(const struct oci_option *o, const char *verb, const char *value)
{
	if (!o->list) {
		*o->value = value;
		return 0;
	}
	if (*o->nr_list == OCI_LIST_MAX)
		return fail("%s: more than %d times --%s", verb, OCI_LIST_MAX, o->name);
	o->list[(*o->nr_list)++] = value;
	return 0;
}

/* One option at argv[*i], its value perhaps in the word behind. */
static int take_option(int argc, char **argv, const struct oci_option *options, int *i)
{
	const char *word = argv[*i];
	bool is_long = word[1] == '-';
	const char *name = word + 2, *eq = is_long ? strchr(name, '=') : NULL;
	const struct oci_option *o =
		find(options, name, eq ? (size_t)(eq - name) : strlen(name), is_long ? 0 : word[1]);

	if (!o || (!is_long && word[2]))
		return fail("%s: unknown option '%s'; `bailey %s --help` lists them", argv[0], word,
			    argv[0]);
	if (o->flag) {
		*o->flag = !eq || strcmp(eq + 1, "false");
		return 0;
	}
	if (eq)
		return take_value(o, argv[0], eq + 1);
	if (*i + 1 == argc)
		return fail("%s: option '%s' wants a value", argv[0], word);
	return take_value(o, argv[0], argv[++*i]);
}

int oci_args(int argc, char **argv, const struct oci_option *options, const char *usage,
	     int *ret_rest)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		int err;

		if (!strcmp(argv[i], "--")) {
			i++;
			break;
		}
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			return -1;
		}
		err = take_option(argc, argv, options, &i);
		if (err)
			return err;
	}
	*ret_rest = i;
	return 0;
}
