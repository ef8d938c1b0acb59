/* fs/goferfs: long ways down a mount that nobody changes */
#include "fs/stat.h"
#include "tests/unit/goferfs_fixture.h"

#define DEPTH 1500
#define STACK (128ul << 10)

/* "/a/a/a", @depth times, and @then. */
static const char *deep(unsigned depth, const char *then)
{
	static char path[2 * DEPTH + 16];

	for (unsigned i = 0; i < depth; i++)
		memcpy(path + 2 * i, "/a", 2);
	snprintf(path + 2 * depth, 16, "%s", then);
	return path;
}

/* Each directory has a file and a subdirectory. */
static void make_deep(int root)
{
	int dir = dup(root);

	for (unsigned i = 0; i < DEPTH; i++) {
		int next;

		CHECK_EQ(0, mkdirat(dir, "a", 0755));
		next = openat(dir, "a", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		CHECK(next >= 0);
		rig_file(next, "f", "deep");
		close(dir);
		dir = next;
	}
	close(dir);
}

/* How many requests it takes to look for a name that is not there, @depth levels down. */
static u64 requests_at(struct fs_fixture *fx, unsigned depth)
{
	struct kstat st;

	CHECK_EQ(0, fs_stat(&fx->root, deep(depth, ""), &st));
	fault_gofer_at = 10000;
	CHECK_EQ(-ENOENT, fs_stat(&fx->root, deep(depth, "/none"), &st));
	CHECK_STR("deep", fs_text(&fx->root, deep(depth, "/f")));
	return 10000 - fault_gofer_at;
}

TEST(goferfs_deep_costs_no_more_requests)
{
	struct fs_fixture fx;
	struct rig r;
	u64 few;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	make_deep(r.root_fd);
	few = requests_at(&fx, 10);
	CHECK(requests_at(&fx, 100) <= few + 1);
	CHECK(requests_at(&fx, 700) <= few + 1);
	CHECK(requests_at(&fx, DEPTH - 1) <= few + 1);
	/* Elsewhere for so long that the way is not known any more, and back. */
	for (unsigned i = 16; i < 400; i += 16)
		(void)requests_at(&fx, i);
	CHECK(requests_at(&fx, DEPTH - 3) < DEPTH);
	fault_gofer_at = 0;
	teardown(&r, &fx);
}

static void *put(void *inode)
{
	inode_put(inode);
	return NULL;
}

/* Who lets go of the end of a long way that is nobody's else has a small stack. */
TEST(goferfs_deep_is_let_go_on_a_small_stack)
{
	struct inode *inode = NULL;
	struct fs_fixture fx;
	pthread_attr_t attr;
	struct path at;
	pthread_t t;
	struct rig r;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	make_deep(r.root_fd);
	REQUIRE(!path_lookup(&fx.root, deep(DEPTH, "/f"), 0, &at));
	inode = inode_get(at.dentry->inode);
	path_put(&at);
	CHECK(dcache_shrink(inode->super) >= DEPTH);
	inode->super->ops->shutdown(inode->super);
	CHECK_EQ(0, pthread_attr_init(&attr));
	CHECK_EQ(0, pthread_attr_setstacksize(&attr, STACK));
	CHECK_EQ(0, pthread_create(&t, &attr, put, inode));
	pthread_join(t, NULL);
	pthread_attr_destroy(&attr);
	teardown(&r, &fx);
}
