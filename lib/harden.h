/*
 * Layers of isolation a role puts on itself, and which of them are in force.
 *
 * Each is taken where it can be had; the report says which were, and the errno
 * of those that were not.  What to do about a missing one (--strict, doctor) is
 * the caller's business; nothing here ends the process.
 *
 * Order: harden_fds(), harden_isolate(), then whatever still needs capabilities,
 * harden_lock(), and last the role's own seccomp filter (harden_note()).
 */
#pragma once
#include "lib/base.h"

enum harden_layer {
	HARDEN_FDS,        /* no descriptor but the expected ones */
	HARDEN_USER_NS,    /* a user namespace of its own */
	HARDEN_PID_NS,     /* sees no host process; made by whoever starts the role */
	HARDEN_MOUNT_NS,   /* a mount tree of its own */
	HARDEN_NET_NS,     /* no network interface, no abstract socket of the host */
	HARDEN_IPC_NS,     /* no System V or POSIX object of the host */
	HARDEN_UTS_NS,     /* cannot name the host */
	HARDEN_CGROUP_NS,  /* sees no name of the host's control groups */
	HARDEN_EMPTY_ROOT, /* paths lead into an empty, read-only directory */
	HARDEN_LANDLOCK,   /* the kernel refuses files outside the granted directories */
	HARDEN_CAPS,       /* no capability, and no set to gain one from */
	HARDEN_NO_PRIVS,   /* no_new_privs: no exec gains rights */
	HARDEN_UNDUMPABLE, /* no core, no ptrace, /proc/PID closed to the user's other processes */
	HARDEN_RLIMITS,    /* limits on what a hijacked role can take */
	HARDEN_SECCOMP,    /* a filter of the host calls the role makes */
	NR_HARDEN
};

struct harden_report {
	bool on[NR_HARDEN];
	int err[NR_HARDEN]; /* why not: -errno; 0: not tried */
};

/* harden_name - "user namespace"; harden_hint - what to do about a missing one, or NULL */
const char *harden_name(enum harden_layer l);
const char *harden_hint(enum harden_layer l, int err);

/* What is missing, for the user: "user namespace, landlock (Operation not permitted), ..." */
struct harden_list {
	char text[512]; /* cut when it is too long */
	size_t used;
	int err; /* of the last one, which stands behind all that have the same */
};

/* harden_list_add - @whose name: "guests' ", or ""; @err: -errno, 0: not tried */
void harden_list_add(struct harden_list *list, const char *whose, const char *name, int err);

/* harden_list_end - the text, complete; "" when nothing is missing */
const char *harden_list_end(struct harden_list *list);

/* harden_missing - those of @wanted (bits 1 << layer) that are not in force; added to @list */
u32 harden_missing(const struct harden_report *r, u32 wanted, struct harden_list *list);

/*
 * harden_print - one line for each layer of @wanted, for `bailey doctor` to read
 * @who: the role: "sentry"
 *
 * A line is "layer", role, name, errno (0: in force), hint, tabs in between.
 */
void harden_print(const struct harden_report *r, u32 wanted, const char *who, int fd);
void harden_print_line(int fd, const char *who, const char *name, int err, const char *hint);

/* harden_print_note - a sentence for doctor: "note", the text, a tab in between */
void harden_print_note(int fd, const char *text);

/* harden_note - what somebody else did: 0, or -errno why not */
void harden_note(struct harden_report *r, enum harden_layer l, int err);

/* harden_fds - close every descriptor that is not in @keep (ascending) */
void harden_fds(const int *keep, size_t nr, struct harden_report *r);

/*
 * harden_isolate - own namespaces and an empty root
 * @user_ns: a user namespace too, or as the way to have the others.  Not for a
 *	role that must see whose files are whose: ids of others read as nobody there
 * @keep_cwd: the working directory stays what it is, and else becomes the root
 *
 * The process must have one thread.  Descriptors that are open stay usable.
 */
void harden_isolate(bool user_ns, bool keep_cwd, struct harden_report *r);

/*
 * harden_join - the namespaces and the empty root of another role of the sandbox, instead
 * @pidfd: of a process that has left its old root
 *
 * For a role with the rights over that role's namespaces.  The working directory
 * stays what it is.  Return: 0, or -errno; then nothing is to be relied on.
 */
int harden_join(int pidfd, struct harden_report *r) must_check;

/*
 * harden_isolate_begin, harden_isolate_end - as harden_isolate() in two steps, without @keep_cwd
 * @born_in: namespaces that whoever started us has made for the sandbox: CLONE_NEW*
 *
 * In between the old root can still be reached, through the working directory: to
 * unmount it takes the host half a millisecond of waiting, in which another
 * process may well start.
 */
void harden_isolate_begin(bool user_ns, u64 born_in, struct harden_report *r);
void harden_isolate_end(struct harden_report *r);

/*
 * harden_is_own - did harden_isolate_begin() of this process, or of the one it was forked from, get
 * @l
 *
 * Such a namespace has nobody in it but what we made.
 */
bool harden_is_own(enum harden_layer l);

/* A directory that Landlock leaves to the role. */
struct harden_dir {
	int fd;
	bool write;
};

/*
 * harden_landlock - refuse all files but those below @dirs
 *
 * With none, no file at all can be opened.  For the calling thread and those it makes.
 */
void harden_landlock(const struct harden_dir *dirs, size_t nr, struct harden_report *r);

/*
 * harden_lock - no capability but @keep_caps, no way to gain one, no dump, limits
 * @keep_caps: bits of CAP_*; 0 for none
 */
void harden_lock(u64 keep_caps, struct harden_report *r);
