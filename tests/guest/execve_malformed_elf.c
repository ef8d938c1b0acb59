/*
 * execve(2) of a damaged ELF file fails with an errno or kills only the caller
 */
#include <elf.h>

#include "t.h"

int main(int argc, char **argv)
{
	static char image[8192];
	char *args[] = {(char *)"bad", NULL};
	int in = T_OK(open(argv[0], O_RDONLY)), i;
	Elf64_Ehdr *eh = (void *)image;
	Elf64_Phdr *ph;

	T_EQ(argc, 1);
	for (i = 0; i < 8; i++) {
		pid_t pid;
		int fd, size = 8192;

		T_EQ(pread(in, image, sizeof(image), 0), sizeof(image));
		ph = (void *)(image + eh->e_phoff);
		if (i == 0)
			size = 40;
		if (i == 1)
			eh->e_machine = EM_ARM;
		if (i == 2)
			eh->e_phnum = 0xfff0;
		if (i == 3)
			eh->e_phoff = 0x7fffffffffffffff;
		if (i == 4)
			ph[0].p_filesz = (Elf64_Xword)-1;
		if (i == 5)
			for (int k = 0; k < eh->e_phnum; k++)
				ph[k].p_vaddr = 0xffff800000000000;
		if (i == 6)
			for (int k = 0; k < eh->e_phnum; k++)
				ph[k].p_offset = 0x7ffffffffffff000;
		if (i == 7)
			eh->e_phentsize = 1;
		unlink("bad");
		fd = T_OK(open("bad", O_WRONLY | O_CREAT, 0755));
		T_EQ(write(fd, image, (size_t)size), size);
		T_OK(close(fd));
		pid = T_OK(fork());
		if (pid == 0) {
			execve("./bad", args, NULL);
			_exit(errno);
		}
		fd = t_status(pid);
		T_TRUE(WIFSIGNALED(fd) || WEXITSTATUS(fd) == ENOEXEC || WEXITSTATUS(fd) == EINVAL ||
		       WEXITSTATUS(fd) == EIO || WEXITSTATUS(fd) == ENOMEM ||
		       WEXITSTATUS(fd) == EFAULT);
	}
	return 0;
}
