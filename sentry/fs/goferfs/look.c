/*
 * Asking for names of a frozen mount (where.c)
 *
 * One request brings the attributes of a name, of those that the walk goes on
 * with below it, the texts of symlinks and what stands where they lead, and the
 * descriptor of the file at the end when that is about to be opened.  What nobody
 * asked for yet is *found*: kept with its inode for the lookup that follows, until that
 * comes or there are too many.  Whether the walk may go that way is the VFS's to say, at
 * each of its steps: here it only gets faster.
 *
 * Locks: found_lock guards the list.
 */
#include <string.h>
#include <sys/stat.h>

#include "fs/goferfs/ahead.h"
#include "gofer/proto_way.h"
#include "lib/alloc.h"

#define FOUND_MAX 96
#define REST_MAX  512 /* bytes of the names after the one that is asked for */

struct found {
	struct list_head node;
	struct gofer_inode *dir; /* counted */
	struct inode *inode;     /* counted; NULL: there is none of that name */
	u32 len;
	char name[];
};

static void found_free(struct found *f)
{
	if (f->inode)
		inode_put(f->inode);
	inode_put(&f->dir->inode);
	kfree(f);
}

static struct found *found_find_locked(struct gofer_super *s, const struct gofer_inode *dir,
				       const char *name, size_t len)
{
	struct found *f;

	list_for_each_entry (f, &s->found, node)
		if (f->dir == dir && f->len == len && !memcmp(f->name, name, len))
			return f;
	return NULL;
}

static void found_unlink_locked(struct gofer_super *s, struct found *f)
{
	list_del(&f->node);
	s->nr_found--;
}

void found_add(struct gofer_inode *dir, const char *name, struct inode *inode)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	size_t len = strlen(name);
	struct found *f = kzalloc(sizeof(*f) + len), *old = NULL;

	if (!f) {
		if (inode)
			inode_put(inode);
		return;
	}
	f->dir = to_gofer_inode(inode_get(&dir->inode));
	f->inode = inode;
	f->len = (u32)len;
	memcpy(f->name, name, len);
	spin_lock(&s->found_lock);
	old = found_find_locked(s, dir, name, len);
	if (!old && s->nr_found == FOUND_MAX)
		old = list_first_entry(&s->found, struct found, node);
	if (old)
		found_unlink_locked(s, old);
	list_add_tail(&f->node, &s->found);
	s->nr_found++;
	spin_unlock(&s->found_lock);
	if (old)
		found_free(old);
}

bool found_take(struct gofer_inode *dir, const struct qname *name, struct inode **ret)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	struct found *f;

	spin_lock(&s->found_lock);
	f = found_find_locked(s, dir, name->str, name->len);
	if (f)
		found_unlink_locked(s, f);
	spin_unlock(&s->found_lock);
	if (!f)
		return false;
	*ret = steal(&f->inode);
	found_free(f);
	return true;
}

void found_drain(struct gofer_super *s)
{
	struct found *f;

	do {
		spin_lock(&s->found_lock);
		f = list_empty(&s->found) ? NULL : list_first_entry(&s->found, struct found, node);
		if (f)
			found_unlink_locked(s, f);
		spin_unlock(&s->found_lock);
		if (f)
			found_free(f);
	} while (f);
}

/*
 * Names that follow @name in its path, to the end of @to; they stand in @buf.
 * False: not all of them do, or there is "..".
 */
static bool add_rest(const struct qname *name, char buf[REST_MAX], struct gofer_names *to)
{
	const char *s = name->str + name->len, *then = name->then;
	size_t room = REST_MAX;

	if (!(name->ahead & QNAME_PATH))
		return true;
	for (;;) {
		size_t len;

		while (*s == '/')
			s++;
		if (!*s && then) {
			s = then;
			then = NULL;
			continue;
		}
		len = (size_t)(strchrnul(s, '/') - s);
		if (!len)
			return true;
		if (to->n == GOFER_WALK_MAX || len >= room || !gofer_name_ok(s, len))
			return false;
		memcpy(buf, s, len);
		buf[len] = 0;
		to->v[to->n++] = buf;
		buf += len + 1;
		room -= len + 1;
		s += len;
	}
}

bool qname_is_looked_at(const struct qname *name)
{
	const char *rest = name->str + name->len;

	if (!(name->ahead & QNAME_PATH))
		return !(name->ahead & QNAME_OPEN);
	while (*rest == '/')
		rest++;
	return !*rest && !name->then && !(name->ahead & QNAME_OPEN);
}

/* What an attribute of a reply belongs to: a name, and where to go from the directory at hand. */
struct look_step {
	const char *name;
	const char *text; /* of the symlink it is, or NULL */
	u32 up;
	bool top; /* to the root of the mount first */
};

/* The way that a reply says was gone. */
struct look_path {
	struct gofer_way way;
	struct look_step step[GOFER_WALK_MAX + 1]; /* one for each attribute, and what is missing */
	bool whole;                                /* the last one is what was asked for */
};

static u32 type_of(const struct gofer_look_rep *rep, u32 i)
{
	return rep->attrs.v[i].mode & S_IFMT;
}

static bool step_next(struct look_path *p, struct look_step *ret)
{
	*ret = (struct look_step){.name = gofer_way_next(&p->way)};
	ret->up = p->way.up;
	ret->top = p->way.top;
	return ret->name;
}

/* The next of the texts, from *@off on; NULL: there is none. */
static const char *text_next(const struct gofer_bytes *texts, size_t *off)
{
	const char *text = (const char *)texts->p + *off;
	const size_t room = texts->len - *off;
	const size_t len = strnlen(text, room);

	if (len == room)
		return NULL;
	*off += len + 1;
	return text;
}

/* Does the way go on after step @i? */
static bool step_on(const struct gofer_look_req *req, const struct gofer_look_rep *rep, u32 i,
		    struct look_path *p)
{
	const u32 type = type_of(rep, i);
	const bool end = gofer_way_is_end(&p->way);

	p->whole = end;
	if (type == S_IFLNK) {
		const bool on = req->flags & GOFER_LOOK_LINKS &&
				(!end || req->flags & GOFER_LOOK_FOLLOW) && p->step[i].text;

		p->whole &= !(req->flags & GOFER_LOOK_FOLLOW);
		return on && gofer_way_link(&p->way, p->step[i].text);
	}
	if (end || type != S_IFDIR)
		return false;
	gofer_way_enter(&p->way);
	return true;
}

/* Go the way of @rep; false: there is no such way. */
static bool look_path_get(const struct gofer_look_req *req, const struct gofer_look_rep *rep,
			  struct look_path *p)
{
	bool on = true;
	size_t off = 0;
	u32 i;

	gofer_way_init(&p->way, &req->names, req->from);
	p->whole = false;
	for (i = 0; i < rep->attrs.n; i++) {
		if (!on || !step_next(p, &p->step[i]))
			return false;
		if (type_of(rep, i) == S_IFLNK)
			p->step[i].text = text_next(&rep->texts, &off);
		on = step_on(req, rep, i, p);
	}
	if (!on || !step_next(p, &p->step[i]))
		p->step[i].name = NULL;
	return off == rep->texts.len;
}

/* Could the gofer have said this? */
static bool reply_ok(const struct gofer_look_req *req, const struct gofer_look_rep *rep,
		     bool has_fd, struct look_path *p)
{
	const u32 n = rep->attrs.n;

	if (!look_path_get(req, rep, p))
		return false;
	if (rep->eof || rep->entries.len || !n)
		return req->flags & GOFER_LOOK_NAMES && p->step[n].name && rep->stop == ENOENT &&
		       !has_fd && (rep->eof || !rep->entries.len);
	return !has_fd ||
	       (req->flags & GOFER_LOOK_OPEN && p->whole && type_of(rep, n - 1) == S_IFREG);
}

static int ask(struct gofer_client *c, struct gofer_call *call, const struct gofer_look_req *req,
	       struct gofer_look_rep *ret, struct look_path *path)
{
	int err = gofer_look(c, call, req, ret);

	return err || reply_ok(req, ret, hostfd_valid(call->fd), path) ? err : -EIO;
}

int gofer_look_checked(struct gofer_client *c, struct gofer_call *call,
		       const struct gofer_look_req *req, struct gofer_look_rep *ret)
{
	struct look_path path;

	return ask(c, call, req, ret, &path);
}

static void keep_link(struct inode *link, const char *text)
{
	char *copy = kstrdup(text);

	mutex_lock(&link->mu);
	if (!link->link)
		__atomic_store_n(&link->link, steal(&copy), __ATOMIC_RELEASE);
	mutex_unlock(&link->mu);
	kfree(copy);
}

/* Where @step begins, from @dir: consumed; NULL: nowhere. */
static struct inode *step_from(struct inode *dir, const struct look_step *step)
{
	struct gofer_inode *gi = to_gofer_inode(dir);
	struct inode *ret;

	for (u32 i = 0; gi && i < step->up && !step->top; i++)
		gi = gi->parent;
	while (step->top && gi->parent)
		gi = gi->parent;
	ret = gi ? inode_get(&gi->inode) : NULL;
	inode_put(dir);
	return ret;
}

/* What was not reached, from @dir, consumed, and what came with the last one that was, @last. */
static void take_end(struct inode *dir, struct inode *last, const struct gofer_look_rep *rep,
		     const struct look_path *p, hostfd_t *fd)
{
	const struct look_step *missing = &p->step[rep->attrs.n];

	if (missing->name && rep->stop == ENOENT) {
		dir = step_from(dir, missing);
		if (dir && rep->eof)
			ahead_add(to_gofer_inode(dir), 0, &rep->entries, true);
		else if (dir && rep->attrs.n)
			found_add(to_gofer_inode(dir), missing->name, NULL);
	}
	if (dir)
		inode_put(dir);
	if (hostfd_valid(*fd)) {
		gi_fd_adopt(to_gofer_inode(last), steal_hostfd(fd), false);
		early_ask(to_gofer_inode(last));
	}
}

/* All that a reply says: the first one is @ret, what comes after it is found. */
static int take_reply(struct gofer_inode *gd, const struct gofer_look_rep *rep,
		      const struct look_path *p, hostfd_t *fd, struct inode **ret)
{
	struct inode *dir = inode_get(&gd->inode);
	cleanup_inode struct inode *last = NULL;

	for (u32 i = 0; i < rep->attrs.n; i++) {
		const struct look_step *step = &p->step[i];
		struct inode *next;
		int err;

		dir = step_from(dir, step);
		if (!dir)
			return 0;
		err = gi_obtain_lazy(to_gofer_inode(dir), step->name, &rep->attrs.v[i], &next);
		/* Without memory the walk asks again, for what comes after the first. */
		if (err) {
			inode_put(dir);
			return i ? 0 : err;
		}
		if (step->text)
			keep_link(next, step->text);
		if (i)
			found_add(to_gofer_inode(dir), step->name, inode_get(next));
		else
			*ret = inode_get(next);
		if (type_of(rep, i) == S_IFDIR) {
			inode_put(dir);
			dir = inode_get(next);
		}
		if (last)
			inode_put(last);
		last = next;
	}
	take_end(dir, last, rep, p, fd);
	return rep->attrs.n ? 0 : -ENOENT;
}

int look_finish(struct gofer_inode *gd, struct gofer_call *call, const struct gofer_look_req *req,
		struct inode **ret)
{
	struct gofer_look_rep rep;
	struct look_path path;
	struct wire w;
	int err = gofer_call_finish(inode_gofer_super(&gd->inode)->c, call, &w, GOFER_FD_MAYBE);

	if (err)
		return err;
	gofer_get_look_rep(&w, &rep);
	err = wire_get_end(&w);
	if (!err && !reply_ok(req, &rep, hostfd_valid(call->fd), &path))
		err = -EIO;
	return err ? err : take_reply(gd, &rep, &path, &call->fd, ret);
}

/* A look at no more than one name may be followed by an opening, an opening by others like it. */
static void note_pair(struct gofer_inode *gd, const struct qname *name,
		      const struct gofer_look_req *req, struct gofer_batch *with)
{
	const u32 rest = req->names.n - 1 - req->from;
	const char *const *v = &req->names.v[req->from];

	if (req->flags & GOFER_LOOK_OPEN && rest < 2) {
		pair_opened(gd, rest ? v[0] : "", v[rest]);
		if (rest)
			__atomic_store_n(&gd->sub_known, true, __ATOMIC_RELAXED);
	} else if (qname_is_looked_at(name)) {
		early_guess(gd, name, with);
	}
}

int gi_look(struct gofer_inode *gd, const struct qname *name, struct inode **ret)
{
	struct gofer_super *s = inode_gofer_super(&gd->inode);
	cleanup_gofer_call struct gofer_call call;
	struct gofer_batch with = {.n = 0};
	struct gofer_look_req req = {0};
	struct gofer_look_rep rep;
	struct look_path path;
	struct gofer_where w;
	struct gofer_name first;
	char rest[REST_MAX];
	int err;

	gofer_name_set(&first, name);
	gofer_call_init(&call);
	err = gi_where(gd, first.s, &w);
	if (!err) {
		req = (struct gofer_look_req){
			.dir = w.dir, .names = w.names, .from = w.names.n - 1};
		/* Once: a large one is read when more than that is missing. */
		if (!gd->nr_missed)
			req.flags |= GOFER_LOOK_NAMES;
		/* The handle is what "/" in a symlink stands for. */
		if (w.dir == s->root_handle)
			req.flags |= GOFER_LOOK_LINKS;
		if (add_rest(name, rest, &req.names)) {
			req.flags |= name->ahead & QNAME_OPEN ? GOFER_LOOK_OPEN : 0;
			req.flags |= name->ahead & QNAME_FOLLOW ? GOFER_LOOK_FOLLOW : 0;
		}
		note_pair(gd, name, &req, &with);
		call.with = &with;
		err = ask(s->c, &call, &req, &rep, &path);
		/* No number left for the descriptor: whoever opens makes room. */
		if (err == -ENFILE && req.flags & GOFER_LOOK_OPEN) {
			req.flags &= ~GOFER_LOOK_OPEN;
			err = ask(s->c, &call, &req, &rep, &path);
		}
	}
	if (!err)
		err = take_reply(gd, &rep, &path, &call.fd, ret);
	gi_where_fini(gd, &w);
	return err;
}
