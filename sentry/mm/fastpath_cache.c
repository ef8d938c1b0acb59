/*
 * Patched text of files, for the processes to come.
 *
 * A short-lived program makes each of its calls once or twice: it is over before
 * patching pays.  So every first trap of a process at a place of a file's text is
 * counted for the file, and what several processes come by goes into an
 * *image*: a sealed memory file with the text, patched, and a chunk of
 * trampolines behind it.  Whoever maps that text executable again gets the
 * image's instead, in the same host call, and never traps there.
 *
 * An image is made for the text at NOMINAL and fits everywhere: all in it is
 * relative.  It is made again when the number of mappings has doubled and
 * there is something new.
 *
 * A file is known by its number and what changes with its content; only files that
 * guests cannot write have images.
 *
 * Security: a guest gets an image's descriptor for an instant, as it gets a file's; it is
 * sealed, and holds what the guest had opened.
 *
 * Locks: cache.mu (LOCK_LEAF), across the host calls that make an image.
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "fs/file.h"
#include "fs/inode.h"
#include "host/host.h"
#include "lib/alloc.h"
#include "lib/log.h"
#include "mm/fastpath_internal.h"

#define FILES_MAX   64
#define SITES_MAX   1024 /* of a file */
#define TEXT_MAX    (8ul << 20)
#define IMAGES_MAX  (64ul << 20) /* bytes of all that the cache holds */
#define PROCESSES   2            /* that come by before a site is worth it */
#define FIRST_BUILD 3            /* mappings before the first image */
#define NOMINAL     0x7f0000000000ull

struct known_site {
	u64 off; /* of the syscall, in the file */
	u32 nr;
	u32 processes;
};

/* What is the same as long as the content is. */
struct content {
	u64 size, version;
	struct timespec mtime, ctime;
};

struct fp_file {
	const void *super; /* an identity, not a pointer; NULL: free */
	u64 ino;
	struct content content;
	u64 off, len; /* of the text in the file */
	u64 used;     /* when: cache.clock */
	u32 maps, next_build, nr_new;
	u32 nr, cap;
	struct known_site *sites;
	struct fp_image *image; /* counted, or NULL */
};

static struct {
	struct mutex mu;
	u64 clock, bytes;
	struct fp_file file[FILES_MAX];
} cache;

void fp_cache_init(void)
{
	mutex_init(&cache.mu, LOCK_LEAF);
}

struct fp_image *fp_image_get(struct fp_image *img)
{
	ref_get(&img->ref);
	return img;
}

void fp_image_put(struct fp_image *img)
{
	if (!img || !ref_put(&img->ref))
		return;
	host_close(img->memfd);
	kfree(img);
}

static void forget_image_locked(struct fp_file *ff)
{
	if (!ff->image)
		return;
	cache.bytes -= ff->image->len;
	fp_image_put(ff->image);
	ff->image = NULL;
}

static void forget_locked(struct fp_file *ff)
{
	forget_image_locked(ff);
	kfree(ff->sites);
	*ff = (struct fp_file){0};
}

static struct fp_file *find_locked(const struct inode *inode)
{
	for (unsigned i = 0; i < FILES_MAX; i++)
		if (cache.file[i].super == inode->super && cache.file[i].ino == inode->ino)
			return &cache.file[i];
	return NULL;
}

static struct fp_file *oldest_locked(void)
{
	struct fp_file *oldest = &cache.file[0];

	for (unsigned i = 1; i < FILES_MAX; i++)
		if (cache.file[i].used < oldest->used)
			oldest = &cache.file[i];
	return oldest;
}

static void read_content(struct inode *inode, struct content *ret)
{
	memset(ret, 0, sizeof(*ret));
	mutex_lock(&inode->mu);
	ret->size = inode->size;
	ret->version = inode->version;
	ret->mtime = inode->mtime;
	ret->ctime = inode->ctime;
	mutex_unlock(&inode->mu);
}

/* An image on its way: its memory as the sentry sees it. */
struct build {
	struct fp_image *img;
	u8 *mem;
	unsigned max;
};

/*
 * @choosy: sites for whose jump the highest byte of the distance must be a trap, or the
 * others.  The first one decides where the chunk stands, and the others can go anywhere.
 */
static void build_site(struct build *b, const struct known_site *ks, bool choosy)
{
	struct fp_image *img = b->img;
	u64 at = ks->off - img->off;
	u64 from = at - min(at, (u64)PATCH_BEFORE), to = min(img->len, at + PATCH_AFTER);
	struct patch_code code = {.addr = NOMINAL + from, .len = to - from, .bytes = b->mem + from};
	struct fp_tramp *tr = &img->tramps[img->nr];
	uaddr_t tramp, base;
	struct patch_plan p;
	bool placed = false;

	if (ks->off < img->off || at >= img->len || img->nr == b->max ||
	    patch_decode(&code, NOMINAL + at, ks->nr, &p) || patch_is_choosy(&p) != choosy ||
	    fp_overlaps(img->tramps, img->nr, &p))
		return;
	if (img->nr)
		placed = patch_chunk_take(&img->chunk, &p, &tramp);
	for (unsigned k = 0; !img->nr && !placed && patch_target(&p, k, &base); k++) {
		patch_chunk_init(&img->chunk, base);
		placed = patch_chunk_take(&img->chunk, &p, &tramp);
	}
	if (!placed || !patch_emit(&p, tramp, img->chunk.base,
				   b->mem + img->len + (tramp - img->chunk.base), &tr->s))
		return;
	tr->call = NOMINAL + at;
	tr->live = true;
	img->nr++;
}

/* The jumps last, so that every site is decoded from true text. */
static void build_jumps(struct build *b)
{
	struct fp_image *img = b->img;
	u64 entry = platform_info()->fast_entry;

	for (u32 i = 0; i < img->nr; i++)
		memcpy(b->mem + (img->tramps[i].s.site - NOMINAL), img->tramps[i].s.jump,
		       PATCH_JUMP);
	memcpy(b->mem + img->len, &entry, sizeof(entry));
}

static int fill(struct build *b, const struct fp_file *ff, const struct file_map *map)
{
	struct fp_image *img = b->img;
	u64 done = 0;

	while (done < img->len) {
		ssize_t n = host_pread(map->fd, b->mem + done, img->len - done,
				       (off_t)(img->off + (u64)map->delta + done));

		if (n < 0)
			return (int)n;
		if (n == 0)
			break;
		done += (u64)n;
	}
	for (u32 i = 0; i < 2 * ff->nr; i++)
		if (ff->sites[i % ff->nr].processes >= PROCESSES)
			build_site(b, &ff->sites[i % ff->nr], i < ff->nr);
	build_jumps(b);
	return 0;
}

static int build_into(struct build *b, const struct fp_file *ff, const struct file_map *map)
{
	const u64 size = b->img->len + PATCH_CHUNK;
	void *mem;
	int err;

	err = host_memfd_create("text", MFD_CLOEXEC | MFD_ALLOW_SEALING, &b->img->memfd);
	if (!err)
		err = host_ftruncate(b->img->memfd, (off_t)size);
	if (!err)
		err = host_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, b->img->memfd, 0,
				&mem);
	if (err)
		return err;
	b->mem = mem;
	err = fill(b, ff, map);
	if (host_munmap(mem, size))
		panic("an image of %llu bytes is not unmapped", (unsigned long long)size);
	if (!err)
		err = host_fcntl(b->img->memfd, F_ADD_SEALS,
				 F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	return err;
}

static void build_locked(struct fp_file *ff, const struct file_map *map)
{
	struct build b = {.max = ff->nr};
	int err;

	forget_image_locked(ff);
	ff->nr_new = 0;
	if (ff->len > TEXT_MAX || cache.bytes + ff->len > IMAGES_MAX)
		return;
	b.img = kzalloc(sizeof(*b.img) + ff->nr * sizeof(b.img->tramps[0]));
	if (!b.img)
		return;
	ref_init(&b.img->ref);
	b.img->memfd = HOSTFD_NONE;
	b.img->nominal = NOMINAL;
	b.img->off = ff->off;
	b.img->len = ff->len;
	err = build_into(&b, ff, map);
	if (err)
		log_debug("no image of patched text: %d", err);
	if (err || b.img->nr == 0) {
		fp_image_put(b.img);
		return;
	}
	log_debug("image of text with %u sites", b.img->nr);
	cache.bytes += ff->len;
	ff->image = b.img;
}

struct fp_image *fp_image_of(struct inode *inode, const struct file_map *map)
{
	struct fp_image *ret = NULL;
	struct content now;
	struct fp_file *ff;

	read_content(inode, &now);
	/* Touching what lies behind the end of a file is SIGBUS; an image has no such end. */
	if (map->off + map->len > ALIGN_UP(now.size, PAGE_SIZE))
		return NULL;
	mutex_lock(&cache.mu);
	ff = find_locked(inode);
	if (!ff) {
		ff = oldest_locked();
		forget_locked(ff);
	}
	if (!ff->super || memcmp(&ff->content, &now, sizeof(now)) || ff->off != map->off ||
	    ff->len != map->len) {
		forget_locked(ff);
		ff->super = inode->super;
		ff->ino = inode->ino;
		ff->content = now;
		ff->off = map->off;
		ff->len = map->len;
		ff->next_build = FIRST_BUILD;
	}
	ff->used = ++cache.clock;
	if (++ff->maps >= ff->next_build && ff->nr_new) {
		build_locked(ff, map);
		ff->next_build = ff->maps * 2;
	}
	if (ff->image)
		ret = fp_image_get(ff->image);
	mutex_unlock(&cache.mu);
	return ret;
}

static void note_locked(struct fp_file *ff, u64 off, u32 nr)
{
	struct known_site *ks;

	for (u32 i = 0; i < ff->nr; i++) {
		ks = &ff->sites[i];
		if (ks->off != off)
			continue;
		if (++ks->processes == PROCESSES)
			ff->nr_new++;
		return;
	}
	if (ff->nr == SITES_MAX)
		return;
	if (ff->nr == ff->cap) {
		u32 cap = max(ff->cap * 2, 16u);

		ks = krealloc(ff->sites, cap * sizeof(*ks));
		if (!ks)
			return;
		ff->sites = ks;
		ff->cap = cap;
	}
	ff->sites[ff->nr++] = (struct known_site){.off = off, .nr = nr, .processes = 1};
}

void fp_cache_note(const struct inode *inode, u64 off, u32 nr)
{
	struct fp_file *ff;

	mutex_lock(&cache.mu);
	ff = find_locked(inode);
	if (ff && off >= ff->off && off - ff->off < ff->len)
		note_locked(ff, off, nr);
	mutex_unlock(&cache.mu);
}
