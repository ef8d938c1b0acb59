/* gofer/main.c: the role as it is started, with all its isolation, seen through goferfs */
#include <sys/prctl.h>
#include <sys/wait.h>

#include "fs/goferfs/goferfs.h"
#include "lib/alloc.h"
#include "lib/log.h"
#include "lib/roles.h"
#include "lib/spec.h"
#include "tests/unit/fs_fixture.h"
#include "tests/unit/gofer_rig.h"

struct role {
	struct rig rig; /* directories only */
	pid_t pid;
	struct gofer_client *c;
};

/* In the child: descriptors to where the role expects them. */
static void be_the_gofer(int sock, int spec, const int *dirs, int nr_dirs)
{
	int i, fds[8] = {sock, spec};

	for (i = 0; i < nr_dirs; i++)
		fds[2 + i] = dirs[i];
	for (i = 0; i < 2 + nr_dirs; i++)
		fds[i] = fcntl(fds[i], F_DUPFD, 100);
	dup2(fds[0], ROLE_FD_GOFER);
	dup2(fds[1], ROLE_FD_SPEC);
	for (i = 0; i < nr_dirs; i++)
		dup2(fds[2 + i], ROLE_FD_MOUNT0 + i);
	_exit(gofer_main(1, (char *[]){(char *)"gofer", NULL}));
}

/* Mount 0: root, read-write; 1: root, read-only; 2: the host's whole tree, read-only. */
static bool role_start(struct role *r, bool strict)
{
	struct spec_mount mounts[] = {
		{.type = SPEC_MOUNT_BIND, .src = (char *)"/x", .dst = (char *)"/"},
		{.type = SPEC_MOUNT_BIND,
		 .src = (char *)"/x",
		 .dst = (char *)"/ro",
		 .read_only = true},
		{.type = SPEC_MOUNT_OVERLAY, .src = (char *)"/", .dst = (char *)"/host"},
	};
	char *args[] = {(char *)"true", NULL}, *env[] = {NULL};
	struct sandbox_spec spec = {
		.args = args,
		.env = env,
		.cwd = (char *)"/",
		.hostname = (char *)"h",
		.mounts = mounts,
		.nr_mounts = ARRAY_SIZE(mounts),
		.strict = strict,
		.log_level = LOG_DEBUG,
	};
	int sv[2], spec_fd = memfd_create("spec", 0), dirs[3];
	size_t size = 0;
	void *packed = spec_pack(&spec, &size);

	*r = (struct role){.pid = -1};
	if (!rig_server(&r->rig, 64) || !packed || write(spec_fd, packed, size) != (ssize_t)size ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv))
		return false;
	kfree(packed);
	dirs[0] = open(r->rig.top, O_PATH | O_CLOEXEC);
	dirs[0] = openat(dirs[0], "root", O_PATH | O_CLOEXEC);
	dirs[1] = dirs[0];
	dirs[2] = open("/", O_PATH | O_CLOEXEC);
	r->pid = fork();
	if (r->pid == 0)
		be_the_gofer(sv[0], spec_fd, dirs, 3);
	close(sv[0]);
	close(spec_fd);
	return !gofer_client_create((hostfd_t){sv[1]}, &r->c);
}

static void role_stop(struct role *r)
{
	int status = -1;

	gofer_client_destroy(r->c);
	waitpid(r->pid, &status, 0);
	CHECK_EQ(0, status);
	rig_stop(&r->rig);
}

TEST(gofer_role_serves_reads_and_writes)
{
	struct fs_fixture fx;
	struct super *super;
	struct kstat st;
	struct role r;

	REQUIRE(role_start(&r, false));
	REQUIRE(!goferfs_create(r.c, 0, 0, &super));
	fs_setup_super(&fx, super);
	CHECK_EQ(0, fs_put(&fx.root, "/f", "text"));
	CHECK_STR("text", fs_text(&fx.root, "/f"));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "/a", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "/b", 0755));
	CHECK_EQ(0, vfs_rename(&fx.root, "/f", &fx.root, "/a/f", 0));
	CHECK_EQ(0, vfs_rename(&fx.root, "/a/f", &fx.root, "/b/g", 0));
	CHECK_EQ(0, vfs_symlink(&fx.root, "b/g", "/s"));
	CHECK_STR("text", fs_text(&fx.root, "/s"));
	CHECK_EQ(0, fs_stat(&fx.root, "/b/g", &st));
	CHECK_EQ(0, st.uid);
	CHECK_EQ(0, vfs_unlink(&fx.root, "/b/g"));
	fs_teardown(&fx);
	role_stop(&r);
}

TEST(gofer_role_readonly_mount)
{
	struct gofer_mkdir_req md = {.name = "d", .mode = 0755};
	struct gofer_mkdir_rep rep;
	struct gofer_call call;
	struct role r;

	REQUIRE(role_start(&r, true));
	gofer_call_init(&call);
	r.rig.c = r.c;
	md.dir = rig_attach(&r.rig, 1);
	CHECK_EQ(-EROFS, gofer_mkdir(r.c, &call, &md, &rep));
	gofer_call_fini(&call);
	r.rig.c = NULL;
	role_stop(&r);
}

/* The host's tree, but for what the kernel puts into it. */
TEST(gofer_role_hides_the_hosts_kernel)
{
	struct fs_listing l = {.ctx = {.emit = fs_list_emit}};
	struct fs_fixture fx;
	struct super *super;
	struct file *f;
	struct kstat st;
	struct role r;

	REQUIRE(role_start(&r, false));
	REQUIRE(!goferfs_create(r.c, 2, 0, &super));
	fs_setup_super(&fx, super);
	CHECK_EQ(0, fs_stat(&fx.root, "/etc/passwd", &st));
	CHECK_EQ(0, st.uid);
	CHECK(strstr(fs_text(&fx.root, "/etc/passwd"), "root:"));
	CHECK_EQ(0, fs_stat(&fx.root, "/proc", &st));
	CHECK_EQ(S_IFDIR, st.mode & S_IFMT);
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/proc/self", &st));
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/proc/1/root/etc", &st));
	REQUIRE(!vfs_open(&fx.root, "/proc", O_RDONLY | O_DIRECTORY, 0, &f));
	CHECK_EQ(0, vfs_readdir(f, &l.ctx));
	CHECK_STR(". .. ", l.text);
	file_put(f);
	fs_teardown(&fx);
	role_stop(&r);
}
