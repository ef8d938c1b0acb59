/* a dynamically linked program runs and finds its libraries */
#include <dlfcn.h>
#include <math.h>

#include "t.h"

int main(int argc, char **argv)
{
	volatile double x = 2.0;

	T_EQ(argc, 1);
	T_TRUE(argv[0] != NULL);
	T_TRUE(sqrt(x) > 1.41);
	T_TRUE(dlsym(RTLD_DEFAULT, "printf") != NULL);
	return 0;
}
