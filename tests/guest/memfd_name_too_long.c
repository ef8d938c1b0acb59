/* a name of 249 bytes is allowed for memfd_create(2), 250 not */
#include "t.h"

int main(void)
{
	char name[300];

	memset(name, 'n', sizeof(name));
	name[249] = '\0';
	T_OK(memfd_create(name, 0));
	name[249] = 'n';
	name[250] = '\0';
	T_ERR(memfd_create(name, 0), EINVAL);
	return 0;
}
