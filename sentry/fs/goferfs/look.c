/*
 * Asking for names of a frozen mount (where.c)
 *
 * One request brings the attributes of a name, of those that the walk goes on
 * with below it, the text of a symlink where they end, and the descriptor of
 * the file there when that is about to be opened.  What nobody asked for yet is
 * *found*: kept with its inode for the lookup that follows, until that comes or
 * there are too many.  Whether the walk may go that way is the VFS's to say, at
 * each of its steps: here it only gets faster.
 *
 * Locks: found_lock guards the list.
 */
#include <string.h>
#include <sys/stat.h>

#include "fs/goferfs/ahead.h"
#include "lib/alloc.h"

#define FOUND_MAX 32
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

static u32 type_of(const struct gofer_look_rep *rep, u32 i)
{
	return rep->attrs.v[i].mode & S_IFMT;
}

/* Does one more come than was asked for: what the symlink at the end names beside itself? */
static bool has_beside(const struct gofer_look_req *req, const struct gofer_look_rep *rep)
{
	u32 wanted = req->names.n - req->from;

	return rep->attrs.n == wanted + 1 && req->flags & GOFER_LOOK_OPEN &&
	       type_of(rep, wanted - 1) == S_IFLNK &&
	       gofer_name_ok(rep->target, strlen(rep->target));
}

/* Could the gofer have said this? */
static bool reply_ok(const struct gofer_look_req *req, const struct gofer_look_rep *rep,
		     bool has_fd)
{
	const u32 n = rep->attrs.n, wanted = req->names.n - req->from;
	const bool beside = has_beside(req, rep);
	u32 i, type = n ? type_of(rep, n - 1) : S_IFDIR;

	if (n > wanted && !beside)
		return false;
	for (i = 0; i + 1 < min(n, wanted); i++)
		if (type_of(rep, i) != S_IFDIR)
			return false;
	if (*rep->target && !beside && type != S_IFLNK)
		return false;
	if (rep->eof || rep->entries.len || !n)
		return req->flags & GOFER_LOOK_NAMES && type == S_IFDIR && n < wanted &&
		       rep->stop == ENOENT && !has_fd && (rep->eof || !rep->entries.len);
	return !has_fd || (req->flags & GOFER_LOOK_OPEN && n >= wanted && type == S_IFREG);
}

int gofer_look_checked(struct gofer_client *c, struct gofer_call *call,
		       const struct gofer_look_req *req, struct gofer_look_rep *ret)
{
	int err = gofer_look(c, call, req, ret);

	if (!err && !reply_ok(req, ret, hostfd_valid(call->fd)))
		err = -EIO;
	return err;
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

/* What was not reached, and what came with the last one that was, @gi. */
static void take_end(struct gofer_inode *gi, const struct gofer_look_req *req,
		     const struct gofer_look_rep *rep, hostfd_t *fd)
{
	u32 n = rep->attrs.n;

	if (rep->eof)
		ahead_add(gi, 0, &rep->entries, true);
	else if (n && n < req->names.n - req->from && rep->stop == ENOENT)
		found_add(gi, req->names.v[req->from + n], NULL);
	if (hostfd_valid(*fd)) {
		gi_fd_adopt(gi, steal_hostfd(fd), false);
		early_ask(gi);
	}
}

/* All that a reply says: the first one is @ret, what stands below it is found. */
static int take_reply(struct gofer_inode *gd, const struct gofer_look_req *req,
		      const struct gofer_look_rep *rep, hostfd_t *fd, struct inode **ret)
{
	cleanup_inode struct inode *at = inode_get(&gd->inode), *dir = NULL;
	const u32 wanted = req->names.n - req->from;

	for (u32 i = 0; i < rep->attrs.n; i++) {
		const char *name = i < wanted ? req->names.v[req->from + i] : rep->target;
		struct inode *in = i < wanted ? at : dir, *next;
		int err = gi_obtain_lazy(to_gofer_inode(in), name, &rep->attrs.v[i], &next);

		/* Without memory the walk asks again, for what comes after the first. */
		if (err)
			return i ? 0 : err;
		if (type_of(rep, i) == S_IFLNK && i < wanted && *rep->target)
			keep_link(next, rep->target);
		if (i)
			found_add(to_gofer_inode(in), name, inode_get(next));
		else
			*ret = inode_get(next);
		if (dir)
			inode_put(dir);
		dir = at;
		at = next;
	}
	take_end(to_gofer_inode(at), req, rep, fd);
	return rep->attrs.n ? 0 : -ENOENT;
}

int look_finish(struct gofer_inode *gd, struct gofer_call *call, const struct gofer_look_req *req,
		struct inode **ret)
{
	struct gofer_look_rep rep;
	struct wire w;
	int err = gofer_call_finish(inode_gofer_super(&gd->inode)->c, call, &w, GOFER_FD_MAYBE);

	if (err)
		return err;
	gofer_get_look_rep(&w, &rep);
	err = wire_get_end(&w);
	if (!err && !reply_ok(req, &rep, hostfd_valid(call->fd)))
		err = -EIO;
	return err ? err : take_reply(gd, req, &rep, &call->fd, ret);
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
		if (add_rest(name, rest, &req.names) && name->ahead & QNAME_OPEN)
			req.flags |= GOFER_LOOK_OPEN;
		note_pair(gd, name, &req, &with);
		call.with = &with;
		err = gofer_look_checked(s->c, &call, &req, &rep);
		/* No number left for the descriptor: whoever opens makes room. */
		if (err == -ENFILE && req.flags & GOFER_LOOK_OPEN) {
			req.flags &= ~GOFER_LOOK_OPEN;
			err = gofer_look_checked(s->c, &call, &req, &rep);
		}
	}
	if (!err)
		err = take_reply(gd, &req, &rep, &call.fd, ret);
	gi_where_fini(gd, &w);
	return err;
}
