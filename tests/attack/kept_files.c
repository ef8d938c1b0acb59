/*
 * File mappings that are kept in a process for the next program (KEEP_BASE): who scribbles
 * over them, or takes them away, harms himself; a setuid program never starts among
 * them; and what is hidden from everybody is hidden from the next program, too
 */
#include <sys/prctl.h>

#include "forge.h"

#define SLOTS 16
#define BIG   (3 * A_PAGE)
#define EVIL  "EVIL"
#define FILE_ "/mnt/rw/kept"
#define SUID  "/tmp/suid"
#define DIR_  "/mnt/rw/kept-dir"
#define INDIR DIR_ "/f"

static void make(const char *name, const char *what)
{
	int fd = T_OK(open(name, O_RDWR | O_CREAT, 0644));

	T_OK(fchmod(fd, 0644));
	T_OK(ftruncate(fd, BIG));
	T_EQ(pwrite(fd, what, 4, 0), 4);
	T_OK(close(fd));
}

static char *map(const char *name)
{
	int fd = T_OK(open(name, O_RDONLY));
	char *p = mmap(NULL, BIG, PROT_READ, MAP_PRIVATE, fd, 0);

	T_OK(close(fd));
	return p;
}

/* 1: it shows @want; 0: something else; -1: it cannot be mapped. */
static int shows(const char *name, const char *want)
{
	char *p = map(name);
	int is;

	if (p == MAP_FAILED)
		return -1;
	is = !memcmp(p, want, 4);
	T_OK(munmap(p, BIG));
	return is;
}

static uintptr_t slot(unsigned i)
{
	return KEEP_BASE + i * (uintptr_t)KEEP_SIZE;
}

static void copy(const char *from, const char *to, mode_t mode)
{
	int in = T_OK(open(from, O_RDONLY)), out = T_OK(open(to, O_WRONLY | O_CREAT, 0755));
	char buf[65536];
	ssize_t got;

	while ((got = T_OK(read(in, buf, sizeof(buf)))) > 0)
		T_EQ(write(out, buf, (size_t)got), got);
	T_OK(close(in));
	T_OK(close(out));
	T_OK(chmod(to, mode));
}

/* Which slot of ours shows @what; -1: none. */
static int kept(const char *what)
{
	for (unsigned i = 0; i < SLOTS; i++)
		if (a_readable(slot(i)) && !memcmp((const void *)slot(i), what, 4))
			return (int)i;
	return -1;
}

static void have_kept(const char *name, const char *what)
{
	for (int i = 0; i < 12; i++)
		T_EQ(shows(name, what), 1);
}

static int run(const char *how, const char *program, bool as_nobody)
{
	pid_t pid = T_OK(fork());
	int status;

	if (pid == 0) {
		if (as_nobody)
			t_drop_root();
		execl(program, "attack", how, NULL);
		_exit(9);
	}
	T_EQ(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Children of all kinds see the file as it is. */
static void others_are_well(const char *what)
{
	for (int i = 0; i < 3; i++) {
		pid_t pid = T_OK(fork());

		if (pid == 0)
			_exit(shows(FILE_, what) != 1);
		T_EXITED(pid, 0);
		T_EQ(run("map", "/bin/attack", false), 0);
	}
}

/* It unmaps, scribbles over and moves its slots, and maps files the whole time. */
static void spoil(void *how)
{
	int at = kept("kept");
	uintptr_t s = slot((unsigned)at);

	if (at < 0)
		_exit(0);
	switch (*(const char *)how) {
	case 'u':
		forge_call(SYS_munmap, s, KEEP_SIZE, 0, 0, 0, 0);
		break;
	case 'w':
		forge_call(SYS_mprotect, s, BIG, PROT_READ | PROT_WRITE, 0, 0, 0);
		if (a_writable(s))
			memcpy((void *)s, EVIL, 4);
		break;
	case 'a':
		forge_call(SYS_mmap, s, KEEP_SIZE - A_PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, (uintptr_t)-1, 0);
		break;
	case 's':
		forge_call(SYS_mmap, s, KEEP_SIZE - A_PAGE, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, (uintptr_t)-1, 0);
		break;
	case 'n':
		forge_call(SYS_mprotect, s, BIG, PROT_NONE, 0, 0, 0);
		break;
	case 'm':
		forge_call(SYS_mremap, s, KEEP_SIZE - A_PAGE, A_PAGE, MREMAP_MAYMOVE, 0, 0);
		break;
	}
	for (int i = 0; i < 4; i++) {
		char *p = map(FILE_);

		/* A mapping that cannot be made of it is made anew the next time. */
		if (p == MAP_FAILED && i && strchr("un", *(const char *)how))
			_exit(1);
		if (p != MAP_FAILED)
			munmap(p, BIG);
		if (T_OK(fork()) == 0)
			_exit(0);
	}
	/* Another user's program, which becomes root: not among what was left here. */
	if (run("setuid", SUID, true) == 1)
		_exit(1);
}

static void *race(void *stop)
{
	while (!*(volatile bool *)stop) {
		forge_call(SYS_munmap, KEEP_BASE, SLOTS * (uintptr_t)KEEP_SIZE, 0, 0, 0, 0);
		sched_yield();
	}
	return NULL;
}

/* One thread takes the slots away while another maps, forks and executes. */
static void spoil_at_once(void *arg)
{
	bool stop = false;
	pthread_t t;

	(void)arg;
	T_EQ(pthread_create(&t, NULL, race, &stop), 0);
	for (int i = 0; i < 50; i++) {
		char *p = map(FILE_);

		if (p != MAP_FAILED)
			munmap(p, BIG);
		(void)run("map", "/bin/attack", false);
	}
	stop = true;
	pthread_join(t, NULL);
}

static void spoiled(void)
{
	static char ways[] = "uwasnm";

	for (char *way = ways; *way; way++) {
		a_try_for(5000, spoil, way);
		others_are_well("kept");
	}
	a_try_for(10000, spoil_at_once, NULL);
	others_are_well("kept");
}

/* What nobody else may read any more is not found by the next program, whoever starts it. */
static void hidden(void)
{
	make(INDIR, "in-a");
	have_kept(INDIR, "in-a");
	for (int i = 0; i < 3; i++)
		T_EQ(run("seek", "/bin/attack", true), 0);
	T_OK(chmod(FILE_, 0600));
	make("/mnt/rw/other", "othr");
	for (int i = 0; i < 3; i++)
		T_EQ(run("find-kept", "/bin/attack", true), 0);
	T_OK(chmod(FILE_, 0644));
	have_kept(INDIR, "in-a");
	T_OK(chmod(DIR_, 0700));
	for (int i = 0; i < 3; i++)
		T_EQ(run("find-dir", "/bin/attack", true), 0);
	T_OK(chmod(DIR_, 0755));
	have_kept(INDIR, "in-a");
	T_OK(mkdir("/mnt/rw/private", 0700));
	T_OK(rename(INDIR, "/mnt/rw/private/f"));
	for (int i = 0; i < 3; i++)
		T_EQ(run("find-dir", "/bin/attack", true), 0);
}

static void jailed(void)
{
	pid_t pid;

	make("/mnt/rw/seen", "seen");
	have_kept("/mnt/rw/seen", "seen");
	T_OK(mkdir("/tmp/jail", 0755));
	copy("/bin/attack", "/tmp/jail/attack", 0755);
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(chroot("/tmp/jail"));
		T_OK(chdir("/"));
		T_EQ(run("find-seen", "/attack", true), 0);
		_exit(0);
	}
	T_EXITED(pid, 0);
}

static int again(const char *how)
{
	if (!strcmp(how, "map"))
		return shows(FILE_, "kept") != 1;
	if (!strcmp(how, "setuid"))
		return geteuid() == 0 && (shows(FILE_, "kept") != 1 || kept(EVIL) >= 0);
	if (!strcmp(how, "find-kept"))
		return kept("kept") >= 0;
	if (!strcmp(how, "find-dir"))
		return kept("in-a") >= 0;
	if (!strcmp(how, "find-seen"))
		return kept("seen") >= 0;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return again(argv[1]);
	t_need_root();
	forge_init();
	T_OK(mkdir(DIR_, 0755));
	copy("/bin/attack", SUID, 04755);
	make(FILE_, "kept");
	have_kept(FILE_, "kept");
	if (kept("kept") < 0)
		T_SKIP("nothing is kept here");
	spoiled();
	hidden();
	jailed();
	a_survives();
	return 0;
}
