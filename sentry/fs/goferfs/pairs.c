/*
 * Files that are opened after another one was looked at
 *
 * Python asks for the times of json/decoder.py and then opens
 * json/__pycache__/decoder.cpython-311.pyc; a shell looks at /usr/bin/sort and then
 * runs it; others look at a file and open it.  What they do once they do again, with
 * other names: so it is noted how the name of what is opened comes from the name of
 * what was looked at last (a *pair* of endings, and perhaps a directory below), and from
 * then on the file is opened along with the look.
 *
 * A pair has credit for what it guessed right; it may have so many guesses open, and
 * pays for those that nobody wanted.  Without credit it guesses no more until it was
 * right again.
 *
 * Locks: early_lock.
 */
#include <string.h>
#include <sys/stat.h>

#include "fs/goferfs/ahead.h"

#define CREDIT_MAX 8

/* What @name begins with: up to its first dot, but for one that it begins with. */
static size_t stem_len(const char *name)
{
	return name[0] ? 1 + strcspn(name + 1, ".") : 0;
}

void pair_looked(struct gofer_inode *dir, const struct qname *name)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	struct gofer_pairs *p = &s->pairs;

	spin_lock(&s->early_lock);
	p->looked_dir = dir->ino;
	memcpy(p->looked, name->str, name->len);
	p->looked[name->len] = 0;
	spin_unlock(&s->early_lock);
}

static struct gofer_pair *pair_find_locked(struct gofer_pairs *p, const char *from, const char *sub,
					   const char *to)
{
	for (u32 i = 0; i < PAIRS_MAX; i++) {
		struct gofer_pair *pair = &p->v[i];

		if (pair->used && !strcmp(pair->from, from) && !strcmp(pair->sub, sub) &&
		    !strcmp(pair->to, to))
			return pair;
	}
	return NULL;
}

/* The one that was of use the longest time ago. */
static struct gofer_pair *pair_oldest_locked(struct gofer_pairs *p)
{
	struct gofer_pair *oldest = &p->v[0];

	for (u32 i = 1; i < PAIRS_MAX; i++)
		if (p->v[i].used < oldest->used)
			oldest = &p->v[i];
	return oldest;
}

static void credit_locked(struct gofer_pairs *p, struct gofer_pair *pair)
{
	pair->credit = min(pair->credit + 1, (u32)CREDIT_MAX);
	pair->used = ++p->clock;
}

/* What was looked at last, in @dir, and then the opening of @name in @sub. */
static void learn_locked(struct gofer_pairs *p, const char *sub, const char *name)
{
	const size_t stem = stem_len(p->looked);
	const char *from = p->looked + stem, *to = name + stem;
	struct gofer_pair *pair;

	if (!stem || strncmp(p->looked, name, stem) || (*to && *to != '.') ||
	    strlen(from) >= PAIR_PART_MAX || strlen(to) >= PAIR_PART_MAX ||
	    strlen(sub) >= PAIR_PART_MAX)
		return;
	pair = pair_find_locked(p, from, sub, to);
	if (!pair) {
		pair = pair_oldest_locked(p);
		/* Guesses of the old one that are still open count for nobody. */
		*pair = (struct gofer_pair){.gen = pair->gen + 1};
		memcpy(pair->from, from, strlen(from) + 1);
		memcpy(pair->to, to, strlen(to) + 1);
		memcpy(pair->sub, sub, strlen(sub) + 1);
	}
	credit_locked(p, pair);
	p->looked[0] = 0;
}

void pair_opened(struct gofer_inode *dir, const char *sub, const char *name)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	struct gofer_pairs *p = &s->pairs;

	spin_lock(&s->early_lock);
	if (p->looked_dir == dir->ino)
		learn_locked(p, sub, name);
	else if (!*sub && dir->name && p->looked_dir == dir->parent->ino)
		learn_locked(p, dir->name, name);
	spin_unlock(&s->early_lock);
}

/* A pair whose first is called as @name is, with credit. */
static struct gofer_pair *pair_of_locked(struct gofer_pairs *p, const struct qname *name,
					 size_t stem)
{
	for (u32 i = 0; i < PAIRS_MAX; i++) {
		struct gofer_pair *pair = &p->v[i];
		const size_t len = strlen(pair->from);

		if (pair->credit && stem + len == name->len &&
		    !memcmp(name->str + stem, pair->from, len) &&
		    stem + strlen(pair->to) <= NAME_LEN_MAX)
			return pair;
	}
	return NULL;
}

bool pair_guess(struct gofer_super *s, const struct qname *name, struct gofer_guess *ret)
{
	const char *dot = memchr(name->str + 1, '.', name->len - 1);
	const size_t stem = dot ? (size_t)(dot - name->str) : name->len;
	struct gofer_pair *pair;

	spin_lock(&s->early_lock);
	pair = pair_of_locked(&s->pairs, name, stem);
	if (pair) {
		memcpy(ret->sub, pair->sub, sizeof(ret->sub));
		memcpy(ret->name.s, name->str, stem);
		memcpy(ret->name.s + stem, pair->to, strlen(pair->to) + 1);
		ret->pair = (u32)(pair - s->pairs.v);
		ret->gen = pair->gen;
		ret->credit = pair->credit;
	}
	spin_unlock(&s->early_lock);
	return pair;
}

void pair_was_right(struct gofer_super *s, const struct gofer_guess *guess, bool right)
{
	struct gofer_pair *pair = &s->pairs.v[guess->pair];

	spin_lock(&s->early_lock);
	if (pair->gen == guess->gen && right)
		credit_locked(&s->pairs, pair);
	else if (pair->gen == guess->gen && pair->credit)
		pair->credit--;
	spin_unlock(&s->early_lock);
}
