/*
 * Opening files before somebody asks for them
 *
 * Who reads a directory and opens its files one after the other (grep, tar, cp)
 * would wait for the gofer each time.  When the file that is opened is the one
 * that stands after the one opened before, those that follow are asked for as
 * well, without waiting; the gofer opens them while the guest reads the first.
 *
 * An early open lives on a list of the super, found by its name in its directory,
 * until it is taken, or is the oldest of too many.  It says what stood there when
 * the gofer looked, which need not be what the directory said before: the host may
 * be changing the tree all the same.  So it is good for a moment only, and not once
 * the guest has heard something from outside: that could be that a file is new.
 *
 * So are files whose names a program was seen to make from those of others that it
 * looks at (pairs.c): they are asked for in the packet of that look.
 *
 * Locks: early_lock for the list; its calls are finished off the list.
 */
#include <sys/stat.h>

#include "fs/goferfs/ahead.h"
#include "fs/hostfile.h"
#include "lib/alloc.h"
#include "lib/park.h"

#define FILES_MAX 16 /* asked for at a time */
#define DIRS_MAX  8  /* the same */
#define EARLY_MAX 40 /* of a mount */
#define GOOD_FOR  (50 * NSEC_PER_MSEC)

/* Bytes of entries, without attributes and with; more are asked for when they are read. */
#define LIST_SIZE       4096
#define LIST_ATTRS_SIZE 8192

struct early {
	struct list_head node;
	struct gofer_inode *dir;  /* counted */
	struct gofer_name name;   /* immutable */
	bool attrs;               /* immutable: a directory's entries come with attributes */
	bool guessed;             /* immutable: by a pair, and ... */
	bool with_sub;            /* immutable: ... it tells of the directory in between, too */
	struct gofer_guess guess; /* immutable */
	u64 asked;                /* immutable: when, CLOCK_MONOTONIC ns, */
	u64 heard;                /* and what hostfile_heard() said then */
	struct gofer_call call;
};

static void early_free(struct early *e)
{
	gofer_call_fini(&e->call);
	inode_put(&e->dir->inode);
	kfree(e);
}

/* What a reply says of what is meant; and, with_sub, of the directory in between. */
struct early_reply {
	struct gofer_listat_rep rep;
	struct gofer_attr sub;
};

/* What was asked of a file: to look at it and open it; of a directory: its first entries. */
static int get_reply(const struct early *e, struct wire *w, struct early_reply *ret)
{
	struct gofer_look_rep look;
	int err;

	if (e->call.op == GOFER_LISTAT) {
		gofer_get_listat_rep(w, &ret->rep);
		err = wire_get_end(w);
		if (!err && !ret->rep.entries.len && !ret->rep.eof)
			err = -EIO;
		return err;
	}
	gofer_get_look_rep(w, &look);
	err = wire_get_end(w);
	/* So many names were asked for. */
	if (!err && look.attrs.n != 1 + (u32)e->with_sub)
		err = -EIO;
	if (err)
		return err;
	ret->sub = look.attrs.v[0];
	ret->rep.attr = look.attrs.v[e->with_sub];
	return e->with_sub && !S_ISDIR(ret->sub.mode) ? -EIO : 0;
}

/*
 * Wait for the reply; 0 when it is about a file of the type that was meant.  The entries
 * of a directory stay @e's, as does the descriptor of a file, if there is one.
 */
static int finish(struct gofer_super *s, struct early *e, struct early_reply *ret)
{
	const bool is_dir = e->call.op == GOFER_LISTAT;
	struct wire w;
	int err = gofer_call_finish(s->c, &e->call, &w, is_dir ? GOFER_FD_NONE : GOFER_FD_MAYBE);

	if (!err)
		err = get_reply(e, &w, ret);
	if (!err && (ret->rep.attr.mode & S_IFMT) != (is_dir ? S_IFDIR : S_IFREG))
		err = -ESTALE;
	return err;
}

/* Does @e stand for @name in @dir? */
static bool early_is(const struct early *e, const struct gofer_inode *dir, const char *name)
{
	if (strcmp(e->name.s, name) != 0)
		return false;
	if (!e->guessed || !*e->guess.sub)
		return e->dir == dir;
	return dir->parent == e->dir && !strcmp(dir->name, e->guess.sub);
}

/* Does it tell of @name in @dir on the way? */
static bool early_leads_by(const struct early *e, const struct gofer_inode *dir, const char *name)
{
	return e->with_sub && e->dir == dir && !strcmp(e->guess.sub, name);
}

/* @way: one that leads by it will do. */
static struct early *find_locked(struct gofer_super *s, const struct gofer_inode *dir,
				 const char *name, bool way)
{
	struct early *e;

	list_for_each_entry (e, &s->early, node)
		if (early_is(e, dir, name) || (way && early_leads_by(e, dir, name)))
			return e;
	return NULL;
}

static bool is_asked_for(struct gofer_super *s, const struct gofer_inode *dir,
			 const struct gofer_entry *entry)
{
	bool found;

	spin_lock(&s->early_lock);
	found = find_locked(s, dir, entry->name.s, false);
	spin_unlock(&s->early_lock);
	return found;
}

static void early_add(struct gofer_super *s, struct early *e, struct gofer_inode *dir)
{
	e->dir = to_gofer_inode(inode_get(&dir->inode));
	e->asked = now_ns();
	e->heard = hostfile_heard();
	spin_lock(&s->early_lock);
	list_add_tail(&e->node, &s->early);
	s->nr_early++;
	spin_unlock(&s->early_lock);
}

/* Whatever it brings, nobody wants it. */
static void early_drop(struct gofer_super *s, struct early *e)
{
	struct wire w;

	if (e->guessed)
		pair_was_right(s, &e->guess, false);
	(void)!gofer_call_finish(s->c, &e->call, &w, GOFER_FD_MAYBE);
	early_free(e);
}

static bool is_good(const struct early *e)
{
	return e->heard == hostfile_heard() && now_ns() - e->asked < GOOD_FOR;
}

static struct early *take(struct gofer_super *s, const struct gofer_inode *dir, const char *name,
			  bool way)
{
	struct early *e;

	spin_lock(&s->early_lock);
	e = find_locked(s, dir, name, way);
	if (e) {
		list_del(&e->node);
		s->nr_early--;
	}
	spin_unlock(&s->early_lock);
	if (e && !is_good(e)) {
		early_drop(s, e);
		return NULL;
	}
	if (e && e->guessed)
		pair_was_right(s, &e->guess, true);
	return e;
}

static void add_listing(struct gofer_inode *gd, const struct gofer_listat_rep *rep, bool attrs)
{
	ahead_add(gd, 0, &rep->entries, rep->eof);
	if (attrs)
		ahead_watch_attrs(gd);
}

bool early_take(struct gofer_inode *gi, hostfd_t *ret)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	struct early *e = take(s, gi->parent, gi->name, false);
	struct early_reply r;
	bool found;

	if (!e)
		return false;
	found = !finish(s, e, &r) && gi_is(gi, &r.rep.attr) && hostfd_valid(e->call.fd);
	if (found)
		*ret = steal_hostfd(&e->call.fd);
	early_free(e);
	return found;
}

void early_list(struct gofer_inode *gd)
{
	struct gofer_super *s = inode_gofer_super(&gd->inode);
	struct early *e = take(s, gd->parent, gd->name, false);
	struct early_reply r;

	if (!e)
		return;
	if (!finish(s, e, &r) && gi_is(gd, &r.rep.attr) && e->call.op == GOFER_LISTAT)
		add_listing(gd, &r.rep, e->attrs);
	early_free(e);
}

/* What @e found, @rep, in @dir: its inode, with what else came. */
static int enter(struct early *e, struct gofer_inode *dir, const struct gofer_listat_rep *rep,
		 struct inode **ret)
{
	struct gofer_inode *gi;
	int err = gi_obtain_lazy(dir, e->name.s, &rep->attr, ret);

	if (err)
		return err;
	gi = to_gofer_inode(*ret);
	if (e->call.op == GOFER_LISTAT)
		add_listing(gi, rep, e->attrs);
	if (hostfd_valid(e->call.fd)) {
		gi_fd_adopt(gi, steal_hostfd(&e->call.fd), false);
		early_ask(gi);
	}
	return 0;
}

/* The directory in between is what is asked for; what is in it waits to be found. */
static int enter_sub(struct early *e, struct gofer_inode *dir, const struct early_reply *r,
		     struct inode **ret)
{
	struct inode *file;
	int err = gi_obtain_lazy(dir, e->guess.sub, &r->sub, ret);

	if (err)
		return err;
	__atomic_store_n(&dir->sub_known, true, __ATOMIC_RELAXED);
	if (!enter(e, to_gofer_inode(*ret), &r->rep, &file))
		found_add(to_gofer_inode(*ret), e->name.s, file);
	return 0;
}

bool early_lookup(struct gofer_inode *dir, const struct qname *name, struct inode **ret)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	struct early_reply r;
	struct gofer_name n;
	struct early *e;
	int err;

	gofer_name_set(&n, name);
	e = take(s, dir, n.s, true);
	if (!e)
		return false;
	if (e->guessed && dir != e->dir)
		__atomic_store_n(&e->dir->sub_known, true, __ATOMIC_RELAXED);
	err = finish(s, e, &r);
	if (!err)
		err = early_is(e, dir, n.s) ? enter(e, dir, &r.rep, ret)
					    : enter_sub(e, dir, &r, ret);
	/* Nobody changes what is there, so it is as good an answer as any. */
	if (err == -ENOENT && e->guessed && !e->with_sub) {
		*ret = NULL;
		err = 0;
	}
	early_free(e);
	return !err;
}

/* Drop the oldest while there are more than @max. */
static void trim(struct gofer_super *s, u32 max)
{
	for (;;) {
		struct early *e = NULL;

		spin_lock(&s->early_lock);
		if (s->nr_early > max) {
			e = list_first_entry(&s->early, struct early, node);
			list_del(&e->node);
			s->nr_early--;
		}
		spin_unlock(&s->early_lock);
		if (!e)
			return;
		early_drop(s, e);
	}
}

void early_drain(struct gofer_super *s)
{
	trim(s, 0);
}

/* Write the request for what @type of file stands there. */
static void put_request(struct early *e, u32 type, u32 xattr_flag, const struct gofer_where *at,
			struct wire *ret_w)
{
	const struct gofer_look_req open = {
		.dir = at->dir,
		.names = at->names,
		.from = at->names.n - 1,
		.flags = GOFER_LOOK_OPEN,
	};
	const struct gofer_listat_req list = {
		.dir = at->dir,
		.names = at->names,
		.size = e->attrs ? LIST_ATTRS_SIZE : LIST_SIZE,
		.flags = e->attrs ? GOFER_READDIR_ATTR | xattr_flag : 0,
	};

	gofer_call_begin(&e->call, type == S_IFDIR ? GOFER_LISTAT : GOFER_LOOK, ret_w);
	if (type == S_IFDIR)
		gofer_put_listat_req(ret_w, &list);
	else
		gofer_put_look_req(ret_w, &open);
}

/* Ask for @entry of @dir, with @b. */
static int ask(struct gofer_super *s, struct gofer_inode *dir, u32 type,
	       const struct gofer_entry *entry, struct gofer_batch *b)
{
	struct early *e = kzalloc(sizeof(*e));
	struct gofer_where at;
	struct wire w;
	int err;

	if (!e)
		return -ENOMEM;
	gofer_call_init(&e->call);
	e->name = entry->name;
	e->attrs = type == S_IFDIR && ahead_wants_attrs(s);
	err = gi_where(dir, entry->name.s, &at);
	if (!err) {
		put_request(e, type, e->attrs ? ahead_xattr_flag(s) : 0, &at, &w);
		err = gofer_batch_add(s->c, b, &e->call, &w);
	}
	/* The handle that was needed for it is good until it is given back. */
	if (at.temp)
		gofer_batch_send(s->c, b);
	gi_where_fini(dir, &at);
	if (err) {
		kfree(e);
		return err;
	}
	early_add(s, e, dir);
	return 0;
}

/* When something fails, they are opened when they are asked for. */
static void ask_all(struct gofer_super *s, struct gofer_inode *dir, u32 type,
		    const struct gofer_entry *entries, u32 n)
{
	struct gofer_batch b = {.n = 0};

	/* Many at a time: to wake the gofer for one costs more than what it does then. */
	if (!n || is_asked_for(s, dir, &entries[0]))
		return;
	for (u32 i = 0; i < n; i++)
		if (!is_asked_for(s, dir, &entries[i]) && ask(s, dir, type, &entries[i], &b))
			break;
	gofer_batch_send(s->c, &b);
	trim(s, EARLY_MAX);
}

void early_ask(struct gofer_inode *gi)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	cleanup_free struct gofer_entry *next = kcalloc(FILES_MAX, sizeof(*next));
	const u32 type = inode_mode(&gi->inode) & S_IFMT;
	const bool is_dir = type == S_IFDIR;
	bool expected;
	u32 n;

	if (!next)
		return;
	expected = ahead_follow(gi, next, is_dir ? DIRS_MAX : FILES_MAX, &n);
	if (expected)
		ask_all(s, gi->parent, type, next, n);
	n = is_dir ? ahead_first(gi, next, DIRS_MAX) : 0;
	if (expected)
		ask_all(s, gi, type, next, n);
}

/* Guesses of a pair that are open at a time: twice its credit.  False: there are as many. */
static bool may_guess(struct gofer_super *s, const struct gofer_guess *guess)
{
	struct early *e, *oldest = NULL;
	u32 n = 0;

	spin_lock(&s->early_lock);
	list_for_each_entry (e, &s->early, node) {
		if (!e->guessed || e->guess.pair != guess->pair || e->guess.gen != guess->gen)
			continue;
		if (!n++)
			oldest = e;
	}
	if (n < 2 * guess->credit)
		oldest = NULL;
	if (oldest) {
		list_del(&oldest->node);
		s->nr_early--;
	}
	spin_unlock(&s->early_lock);
	if (oldest)
		early_drop(s, oldest);
	return !oldest;
}

/* The names that lead to what was guessed; the handle that was needed for it, if any, is @ret's. */
static int guess_where(struct gofer_inode *gd, const struct gofer_guess *guess,
		       struct gofer_where *ret)
{
	int err = gi_where(gd, *guess->sub ? guess->sub : guess->name.s, ret);

	if (err || !*guess->sub)
		return err;
	if (ret->names.n == GOFER_WALK_MAX)
		return -ENAMETOOLONG;
	ret->names.v[ret->names.n++] = guess->name.s;
	return 0;
}

static int guess_ask(struct gofer_super *s, struct gofer_inode *gd, struct early *e,
		     struct gofer_batch *b)
{
	struct gofer_look_req req = {.flags = GOFER_LOOK_OPEN};
	struct gofer_where at;
	struct wire w;
	int err = guess_where(gd, &e->guess, &at);

	if (!err) {
		req.dir = at.dir;
		req.names = at.names;
		req.from = at.names.n - 1 - e->with_sub;
		gofer_call_begin(&e->call, GOFER_LOOK, &w);
		gofer_put_look_req(&w, &req);
		err = gofer_batch_add(s->c, b, &e->call, &w);
	}
	if (at.temp)
		gofer_batch_send(s->c, b);
	gi_where_fini(gd, &at);
	return err;
}

void early_guess(struct gofer_inode *gd, const struct qname *name, struct gofer_batch *b)
{
	struct gofer_super *s = inode_gofer_super(&gd->inode);
	struct gofer_guess guess;
	struct early *e;

	if (!pair_guess(s, name, &guess) || !may_guess(s, &guess))
		return;
	e = kzalloc(sizeof(*e));
	if (!e)
		return;
	gofer_call_init(&e->call);
	e->guessed = true;
	e->guess = guess;
	e->name = guess.name;
	e->with_sub = *guess.sub && !__atomic_load_n(&gd->sub_known, __ATOMIC_RELAXED);
	if (guess_ask(s, gd, e, b)) {
		kfree(e);
		return;
	}
	early_add(s, e, gd);
	trim(s, EARLY_MAX);
}
