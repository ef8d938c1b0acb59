/*
 * What the files of procfs/ share: the tables that make up the tree.
 *
 *	root.c     /proc itself: process numbers, self, and the tables below
 *	system.c   meminfo, stat, version...       sysctl.c   sys/
 *	cpuinfo.c  cpuinfo                         net.c      PID/net/
 *	pid.c      PID/ and PID/task/TID/: the table and the small files
 *	pid_status.c  status, stat, statm          pid_maps.c maps, smaps
 *	pid_mem.c  mem, cmdline, environ, auxv     pid_fd.c   fd/, fdinfo/
 *	pid_links.c   exe, cwd, root, ns/          mounts.c   mounts, mountinfo
 */
#pragma once
#include "fs/pseudofs.h"
#include "kernel/access.h"
#include "kernel/task.h"

extern const struct pseudo_entry proc_root;
extern const struct pseudo_entry proc_pid_dir;  /* PID */
extern const struct pseudo_entry proc_task_dir; /* PID/task/TID */
extern const struct pseudo_entry proc_sys_entries[];
extern const struct pseudo_entry proc_net_entries[];
extern const struct pseudo_dyn proc_pid_dyn;    /* of /proc */
extern const struct pseudo_dyn proc_thread_dyn; /* of PID/task */
extern const struct pseudo_dyn proc_fd_dyn, proc_fdinfo_dyn;
extern const struct pseudo_entry proc_ns_entries[];
extern const struct pseudo_dyn proc_ns_dyn;
extern const struct pseudo_dyn proc_net_dyn;

/* proc_task - whom an open file tells of; counted; NULL: -ESRCH is due */
static inline struct task *proc_task(const struct pseudo_file *pf)
{
	return pid_task_get(pf->pi->pid, pf->pi->thread);
}

/* proc_num_emit - one entry whose name is a number */
bool proc_num_emit(struct dir_context *ctx, u64 num, u64 ino, unsigned type, off_t next);

/* proc_root_of - the root directory of the calling task, for names to be shown; counted */
struct path proc_root_of(struct task *t);

/* proc_nr_cpus - one more than the highest number of a processor; proc_cpu_online - is it there */
unsigned proc_nr_cpus(void);
bool proc_cpu_online(unsigned cpu);

/* anon.c */
int proc_anon_init(void) must_check;
/* proc_anon_path - a place for a file that has none */
int proc_anon_path(const struct file *f, struct path *ret) must_check;

int proc_status(struct pseudo_file *pf, struct seq *s);
int proc_stat(struct pseudo_file *pf, struct seq *s);
int proc_statm(struct pseudo_file *pf, struct seq *s);
int proc_maps(struct pseudo_file *pf, struct seq *s);
int proc_smaps(struct pseudo_file *pf, struct seq *s);
int proc_smaps_rollup(struct pseudo_file *pf, struct seq *s);
int proc_cmdline(struct pseudo_file *pf, struct seq *s);
int proc_environ(struct pseudo_file *pf, struct seq *s);
int proc_auxv(struct pseudo_file *pf, struct seq *s);
int proc_mem_open(struct pseudo_inode *pi, const struct open_args *args, struct file **ret)
	must_check;
int proc_mounts(struct pseudo_file *pf, struct seq *s);
int proc_mountinfo(struct pseudo_file *pf, struct seq *s);
int proc_mountstats(struct pseudo_file *pf, struct seq *s);
poll_t proc_mounts_poll(struct pseudo_file *pf);
int proc_cpuinfo(struct pseudo_file *pf, struct seq *s);

ssize_t proc_self_readlink(struct pseudo_inode *pi, struct task *t, char *buf, size_t size);
ssize_t proc_thread_self_readlink(struct pseudo_inode *pi, struct task *t, char *buf, size_t size);
ssize_t proc_exe_readlink(struct pseudo_inode *pi, struct task *t, char *buf, size_t size);
int proc_exe_link(struct pseudo_inode *pi, struct task *t, struct path *ret);
ssize_t proc_cwd_readlink(struct pseudo_inode *pi, struct task *t, char *buf, size_t size);
int proc_cwd_link(struct pseudo_inode *pi, struct task *t, struct path *ret);
ssize_t proc_root_readlink(struct pseudo_inode *pi, struct task *t, char *buf, size_t size);
int proc_root_link(struct pseudo_inode *pi, struct task *t, struct path *ret);
