/* fs/goferfs: what is kept of files and directories that are read again and again */
#include "fs/dcache.h"
#include "fs/stat.h"
#include "host/guard.h"
#include "host/host.h"
#include "tests/unit/goferfs_fixture.h"

/* After a directory was read, its files are looked at together, and looked at and opened in one. */
TEST(goferfs_frozen_mount_reads_ahead)
{
	struct fs_listing l = {.ctx = {.emit = fs_list_emit}};
	struct file *dir = NULL, *f = NULL;
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char buf[8] = "";

	REQUIRE(setup(&r, &fx, READONLY, 64));
	CHECK_EQ(0, mkdirat(r.root_fd, "d", 0750));
	CHECK_EQ(0, symlinkat("d/f", r.root_fd, "s"));
	rig_file(r.root_fd, "d/f", "deep");
	rig_file(r.root_fd, "f", "text");
	REQUIRE(!vfs_open(&fx.root, "/", O_RDONLY | O_DIRECTORY, 0, &dir));
	CHECK_EQ(0, vfs_readdir(dir, &l.ctx));
	CHECK_EQ(5, l.nr);

	fault_gofer_at = 2;
	CHECK_EQ(0, vfs_open(&fx.root, "/f", O_RDONLY, 0, &f));
	CHECK_EQ(1, fault_gofer_at);
	CHECK_EQ(4, fs_pread(f, buf, sizeof(buf), 0));
	CHECK_STR("text", buf);
	CHECK_EQ(0, fs_stat(&fx.root, "/f", &st));
	CHECK_EQ(4, st.size);
	CHECK_EQ(1, fault_gofer_at);
	file_put(f);
	fault_gofer_at = 5;
	CHECK_EQ(0, fs_stat(&fx.root, "/d", &st));
	CHECK_EQ(S_IFDIR | 0750, st.mode);
	CHECK_STR("deep", fs_text(&fx.root, "/s"));
	CHECK(fault_gofer_at >= 1);
	fault_gofer_at = 0;

	file_put(dir);
	teardown(&r, &fx);
}

/* All names of a small directory are known after some were asked for, and so are those it has not.
 */
TEST(goferfs_frozen_mount_knows_what_is_not_there)
{
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char name[16];
	int i;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	rig_file(r.root_fd, "f", "text");
	for (i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "/n%d", i);
		CHECK_EQ(-ENOENT, fs_stat(&fx.root, name, &st));
	}
	fault_gofer_at = 1;
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/nothing", &st));
	CHECK_EQ(0, fs_stat(&fx.root, "/f", &st));
	CHECK_EQ(4, st.size);
	CHECK_EQ(1, fault_gofer_at);
	fault_gofer_at = 0;
	teardown(&r, &fx);
}

/* No handle is held for a file, however many there are, and however deep. */
TEST(goferfs_frozen_mount_holds_no_handles)
{
	char path[1024] = "", target[16];
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	int i;

	/* The roots take four. */
	REQUIRE(setup(&r, &fx, READONLY, 24));
	for (i = 0; i < 40; i++) {
		memcpy(path + 2 * i, "/d", 3);
		CHECK_EQ(0, mkdirat(r.root_fd, path + 1, 0755));
	}
	memcpy(path + 2 * i, "/f", 3);
	rig_file(r.root_fd, path + 1, "deep");
	CHECK_STR("deep", fs_text(&fx.root, path));
	for (i = 0; i < 60; i++) {
		snprintf(path, sizeof(path), "l%d", i);
		snprintf(target, sizeof(target), "t%d", i);
		CHECK_EQ(0, symlinkat(target, r.root_fd, path));
		rig_file(r.root_fd, target, target);
	}
	for (i = 0; i < 60; i++) {
		snprintf(path, sizeof(path), "/l%d", i);
		snprintf(target, sizeof(target), "t%d", i);
		CHECK_STR(target, fs_text(&fx.root, path));
		CHECK_EQ(0, fs_stat(&fx.root, path, &st));
		CHECK_EQ(strlen(target), st.size);
	}
	teardown(&r, &fx);
}

/* Opened one after the other, the files of a directory are asked for before they are opened. */
TEST(goferfs_opens_early_what_comes_next)
{
	struct fs_listing l = {.ctx = {.emit = fs_list_emit}};
	char name[21], order[40][24];
	struct file *dir = NULL;
	const char *text;
	struct fs_fixture fx;
	struct rig r;
	int i, nr = 0;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	CHECK_EQ(0, mkdirat(r.root_fd, "d", 0755));
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "d/f%d", i);
		rig_file(r.root_fd, name, name);
	}
	REQUIRE(!vfs_open(&fx.root, "/d", O_RDONLY | O_DIRECTORY, 0, &dir));
	CHECK_EQ(0, vfs_readdir(dir, &l.ctx));
	REQUIRE(l.nr == 42);
	for (text = l.text; sscanf(text, "%20s%n", name, &i) == 1; text += i)
		if (name[0] == 'f')
			snprintf(order[nr++], sizeof(order[0]), "/d/%s", name);
	REQUIRE(nr == 40);
	/* The first brings others along, and so does the last of those. */
	fault_gofer_at = 1000;
	for (i = 0; i < 20; i++) {
		CHECK_STR(order[i] + 1, fs_text(&fx.root, order[i]));
		CHECK_EQ(999 - (i < 16 ? 16 : 32), fault_gofer_at);
	}
	/* From elsewhere: no more are asked for, and those that were are given back. */
	CHECK_STR(order[39] + 1, fs_text(&fx.root, order[39]));
	fault_gofer_at = 0;
	file_put(dir);
	teardown(&r, &fx);
}

static unsigned count_names(struct fs_fixture *fx, const char *path)
{
	struct fs_listing l = {.ctx = {.emit = fs_list_emit}};
	struct file *dir = NULL;

	if (vfs_open(&fx->root, path, O_RDONLY | O_DIRECTORY, 0, &dir))
		return 0;
	CHECK_EQ(0, vfs_readdir(dir, &l.ctx));
	file_put(dir);
	return l.nr - 2;
}

/* The same of directories: small, empty, and with more entries than are asked for early. */
TEST(goferfs_reads_early_the_directories_that_come_next)
{
	const unsigned sizes[] = {1, 0, 30, 2};
	struct fs_fixture fx;
	char name[40];
	struct rig r;
	long asked;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	CHECK_EQ(0, mkdirat(r.root_fd, "d", 0755));
	for (int i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "d/%02d", i);
		CHECK_EQ(0, mkdirat(r.root_fd, name, 0755));
		for (unsigned f = 0; f < sizes[i % 4]; f++) {
			snprintf(name, sizeof(name), "d/%02d/name-of-file-%u", i, f);
			rig_file(r.root_fd, name, "x");
		}
	}
	CHECK_EQ(12, count_names(&fx, "/d"));
	for (int round = 0; round < 2; round++) {
		asked = fault_gofer_at = 1000;
		for (int i = 0; i < 12; i++) {
			snprintf(name, sizeof(name), "/d/%02d", i);
			CHECK_EQ(sizes[i % 4], count_names(&fx, name));
		}
		asked -= fault_gofer_at;
		CHECK(round ? asked == 0 : asked >= 12);
	}
	fault_gofer_at = 0;
	teardown(&r, &fx);
}

/* More directories than are kept ahead, names that share slots. */
TEST(goferfs_reads_ahead_of_many_directories)
{
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char name[40];
	int i, k;

	REQUIRE(setup(&r, &fx, READONLY, 256));
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		CHECK_EQ(0, mkdirat(r.root_fd, name, 0755));
		for (k = 0; k < 9; k++) {
			snprintf(name, sizeof(name), "d%d/f%d", i, k);
			rig_file(r.root_fd, name, name);
		}
	}
	for (i = 0; i < 40; i++) {
		struct fs_listing l = {.ctx = {.emit = fs_list_emit}};
		struct file *dir = NULL;

		snprintf(name, sizeof(name), "/d%d", i);
		REQUIRE(!vfs_open(&fx.root, name, O_RDONLY | O_DIRECTORY, 0, &dir));
		CHECK_EQ(0, vfs_readdir(dir, &l.ctx));
		CHECK_EQ(11, l.nr);
		file_put(dir);
		for (k = 0; k < 9; k++) {
			snprintf(name, sizeof(name), "/d%d/f%d", i, k);
			CHECK_EQ(0, fs_stat(&fx.root, name, &st));
			CHECK_EQ(strlen(name) - 1, st.size);
			CHECK_STR(name + 1, fs_text(&fx.root, name));
		}
		snprintf(name, sizeof(name), "/d%d/none", i);
		CHECK_EQ(-ENOENT, fs_stat(&fx.root, name, &st));
	}
	teardown(&r, &fx);
}

/* Mappings of this process whose file is called @name. */
static int count_maps(const char *name)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	int n = 0;

	while (maps && fgets(line, sizeof(line), maps))
		n += strstr(line, name) != NULL;
	if (maps)
		fclose(maps);
	return n;
}

/* A file of @size bytes, each page of one letter, read until it is hot; counts no host calls then.
 */
static struct file *hot_file(struct rig *r, struct fs_fixture *fx, size_t size)
{
	struct file *f = NULL;
	int fd = openat(r->root_fd, "hot", O_CREAT | O_RDWR | O_TRUNC | O_CLOEXEC, 0644);
	char page[PAGE_SIZE], got[64];

	CHECK_EQ(0, guard_init());
	for (size_t off = 0; off < size; off += PAGE_SIZE) {
		memset(page, (int)('a' + off / PAGE_SIZE % 26), sizeof(page));
		CHECK_EQ(PAGE_SIZE, pwrite(fd, page, PAGE_SIZE, (off_t)off));
	}
	close(fd);
	CHECK_EQ(0, vfs_open(&fx->root, "/hot", O_RDWR, 0, &f));
	for (int i = 0; f && i < 16; i++)
		CHECK_EQ(sizeof(got), fs_pread(f, got, sizeof(got), 0));
	return f;
}

/* Host calls that a read of @len bytes at @pos makes. */
static long host_calls_of(struct file *f, void *buf, size_t len, off_t pos, ssize_t want)
{
	long calls;

	fault_host_at = 1000;
	CHECK_EQ(want, fs_pread(f, buf, len, pos));
	calls = 1000 - fault_host_at;
	fault_host_at = 0;
	return calls;
}

TEST(goferfs_hot_file_is_read_without_host_calls)
{
	char buf[2 * PAGE_SIZE];
	struct fs_fixture fx;
	struct file *f;
	struct rig r;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	f = hot_file(&r, &fx, 4 * PAGE_SIZE);
	REQUIRE(f);
	CHECK_EQ(0, host_calls_of(f, buf, 100, PAGE_SIZE - 50, 100));
	CHECK_EQ('a', buf[49]);
	CHECK_EQ('b', buf[50]);
	CHECK_EQ(0, host_calls_of(f, buf, sizeof(buf), PAGE_SIZE, sizeof(buf)));
	CHECK_EQ('c', buf[PAGE_SIZE]);
	/* At the end, and past it. */
	CHECK_EQ(0, host_calls_of(f, buf, 100, 4 * PAGE_SIZE - 10, 10));
	CHECK_EQ(0, host_calls_of(f, buf, 100, 4 * PAGE_SIZE, 0));
	/* What is written is read, also where the file had no page before. */
	CHECK_EQ(5, fs_pwrite(f, "hello", 5, 0));
	CHECK_EQ(5, fs_pwrite(f, "there", 5, 9 * PAGE_SIZE));
	CHECK_EQ(0, host_calls_of(f, buf, 5, 0, 5));
	CHECK_MEM("hello", buf, 5);
	CHECK_EQ(0, host_calls_of(f, buf, 5, 9 * PAGE_SIZE, 5));
	CHECK_MEM("there", buf, 5);
	file_put(f);
	teardown(&r, &fx);
}

TEST(goferfs_hot_file_is_cut)
{
	char buf[2 * PAGE_SIZE];
	struct fs_fixture fx;
	struct file *f;
	struct rig r;
	int fd;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	f = hot_file(&r, &fx, 4 * PAGE_SIZE);
	REQUIRE(f);
	/* By the host, which we do not notice: what is there is read, nothing else. */
	fd = openat(r.root_fd, "hot", O_RDWR | O_CLOEXEC);
	CHECK_EQ(0, ftruncate(fd, PAGE_SIZE));
	CHECK_EQ(0, fs_pread(f, buf, 64, 2 * PAGE_SIZE));
	CHECK_EQ(64, fs_pread(f, buf, 64, 0));
	CHECK_EQ(PAGE_SIZE, fs_pread(f, buf, sizeof(buf), 0));
	CHECK_EQ('a', buf[PAGE_SIZE - 1]);
	CHECK_EQ(0, ftruncate(fd, 4 * PAGE_SIZE));
	CHECK_EQ(64, fs_pread(f, buf, 64, 2 * PAGE_SIZE));
	CHECK_EQ(0, buf[0]);
	close(fd);
	file_put(f);
	teardown(&r, &fx);
}

TEST(goferfs_hot_file_is_unmapped)
{
	char buf[64];
	struct fs_fixture fx;
	struct file *f;
	struct rig r;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	f = hot_file(&r, &fx, PAGE_SIZE);
	REQUIRE(f);
	file_put(f);
	/* Kept over a close, and gone with the file. */
	CHECK_EQ(1, count_maps("/hot"));
	f = NULL;
	CHECK_EQ(0, vfs_open(&fx.root, "/hot", O_RDONLY, 0, &f));
	CHECK_EQ(0, host_calls_of(f, buf, sizeof(buf), 0, sizeof(buf)));
	file_put(f);
	CHECK_EQ(0, vfs_unlink(&fx.root, "/hot"));
	CHECK_EQ(0, count_maps("/hot"));
	teardown(&r, &fx);
}

/* Read all of directory @name, a few names at a time; how many host calls that took. */
static long list_all(struct fs_fixture *fx, const char *name, struct fs_listing *l)
{
	struct file *f = NULL;
	unsigned before;
	long calls;

	memset(l, 0, sizeof(*l));
	l->ctx.emit = fs_list_emit;
	CHECK_EQ(0, vfs_open(&fx->root, name, O_RDONLY | O_DIRECTORY, 0, &f));
	fault_host_at = 100000;
	do {
		before = l->nr;
		l->max = l->nr + 7;
		CHECK_EQ(0, vfs_readdir(f, &l->ctx));
	} while (l->nr != before);
	calls = 100000 - fault_host_at;
	fault_host_at = 0;
	file_put(f);
	return calls;
}

TEST(goferfs_directory_that_nobody_changes_is_read_once)
{
	static struct fs_listing first, again;
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char name[32];

	REQUIRE(setup(&r, &fx, READONLY, 64));
	for (int d = 0; d < 4; d++) {
		snprintf(name, sizeof(name), "d%d", d);
		CHECK_EQ(0, mkdirat(r.root_fd, name, 0755));
		for (int i = 0; i < 50; i++) {
			snprintf(name, sizeof(name), "d%d/file%d", d, i);
			rig_file(r.root_fd, name, "x");
		}
	}
	CHECK(list_all(&fx, "/d0", &first) > 0);
	CHECK_EQ(52, first.nr);
	CHECK_EQ(0, list_all(&fx, "/d0", &again));
	CHECK_STR(first.text, again.text);
	/* What it has not is known without a request, and the attributes of what it has with a few.
	 */
	fault_gofer_at = 100;
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/d0/none", &st));
	CHECK_EQ(100, fault_gofer_at);
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "/d0/file%d", i);
		CHECK_EQ(0, fs_stat(&fx.root, name, &st));
	}
	CHECK(fault_gofer_at >= 97);
	fault_gofer_at = 0;
	CHECK_EQ(0, list_all(&fx, "/d0", &again));
	CHECK_STR(first.text, again.text);
	/* What there is no room for is forgotten, oldest first, also while somebody reads it. */
	goferfs_ahead_limit = 6000;
	for (int d = 1; d < 4; d++) {
		snprintf(name, sizeof(name), "/d%d", d);
		CHECK(list_all(&fx, name, &again) > 0);
		CHECK_EQ(52, again.nr);
	}
	CHECK(list_all(&fx, "/d0", &again) > 0);
	CHECK_STR(first.text, again.text);
	goferfs_ahead_limit = 1;
	CHECK(list_all(&fx, "/d0", &again) >= 0);
	CHECK_STR(first.text, again.text);
	goferfs_ahead_limit = 2u << 20;
	teardown(&r, &fx);
}

TEST(goferfs_removed_name_is_known_to_be_gone)
{
	cleanup_path struct path top = PATH_NONE;
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char name[32];

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	CHECK_EQ(0, fs_put(&fx.root, "/f", "x"));
	CHECK_EQ(0, vfs_unlink(&fx.root, "/f"));
	fault_host_at = 100;
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/f", &st));
	CHECK_EQ(100, fault_host_at);
	fault_host_at = 0;
	CHECK_EQ(0, fs_put(&fx.root, "/f", "y"));
	CHECK_STR("y", fs_text(&fx.root, "/f"));
	/* But not for ever. */
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "/f%d", i);
		CHECK_EQ(0, vfs_mkdir(&fx.root, name, 0700));
		CHECK_EQ(0, vfs_rmdir(&fx.root, name));
	}
	CHECK_EQ(0, path_lookup(&fx.root, "/", 0, &top));
	CHECK(top.dentry->super->dcache->nr <= dcache_limit + 64);
	path_put(&top);
	teardown(&r, &fx);
}
