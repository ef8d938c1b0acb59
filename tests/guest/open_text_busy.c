/* a program that runs cannot be opened for writing */
#include "t.h"

int main(void)
{
	char self[PATH_MAX];
	ssize_t size = T_OK(readlink("/proc/self/exe", self, sizeof(self) - 1));

	self[size] = '\0';
	if (access(self, W_OK) == -1)
		T_SKIP("cannot write to %s", self);
	T_ERR(open(self, O_WRONLY), ETXTBSY);
	return 0;
}
