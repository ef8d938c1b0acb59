/*
 * "#!" scripts (exec.h): the first line names the interpreter and at most one
 * argument, with everything behind the first blank in it, as Linux reads it.
 */
#include <string.h>

#include "fs/file.h"
#include "kernel/exec.h"
#include "lib/alloc.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Split the line in @line (terminated) into interpreter and argument.
 * @cut: the line goes on behind what was read
 */
static int split_line(char *line, bool cut, char **ret_name, char **ret_arg)
{
	char *name = line + strspn(line, " \t"), *end;

	if (!*name)
		return -ENOEXEC;
	end = name + strcspn(name, " \t");
	/* A name that does not end where we stopped reading might be any other name. */
	if (cut && !*end)
		return -ENOEXEC;
	*ret_name = name;
	*ret_arg = NULL;
	if (*end) {
		*end++ = 0;
		end += strspn(end, " \t");
		if (*end)
			*ret_arg = end;
	}
	return 0;
}

/* @line holds the EXEC_HEAD - 2 bytes behind "#!". */
static int parse(char *line, char **ret_name, char **ret_arg)
{
	char *last = line + EXEC_HEAD - 3, after = *last, *nl;
	size_t len;

	*last = 0;
	nl = strchr(line, '\n');
	if (!nl && after == '\n')
		nl = last;
	if (nl)
		*nl = 0;
	len = strlen(line);
	if (!nl && line + len == last)
		return split_line(line, after && !is_blank(after), ret_name, ret_arg);
	while (len && is_blank(line[len - 1]))
		line[--len] = 0;
	return split_line(line, false, ret_name, ret_arg);
}

int exec_script(struct task *t, struct exec *x)
{
	char line[EXEC_HEAD - 2], *name, *arg;
	cleanup_file struct file *f = NULL;
	const char *strs[3];
	unsigned n = 0;
	char *interp;
	int err;

	if (x->head[0] != '#' || x->head[1] != '!')
		return 0;
	memcpy(line, x->head + 2, sizeof(line));
	err = parse(line, &name, &arg);
	if (err)
		return err;
	/* The interpreter could not open it: it is closed by then. */
	if (x->path_gone)
		return -ENOENT;
	if (++x->nr_scripts > EXEC_MAX_SCRIPTS)
		return -ELOOP;
	interp = kstrdup(name);
	if (!interp)
		return -ENOMEM;
	strs[n++] = name;
	if (arg)
		strs[n++] = arg;
	strs[n++] = x->interp;
	err = exec_strv_prepend(x, &x->argv, 1, strs, n);
	kfree(x->interp);
	x->interp = interp;
	if (!err)
		err = exec_open(t, x, name, &f);
	if (err)
		return err;
	file_put(x->file);
	x->file = steal(&f);
	return 1;
}
