/* Is busy with calls for a moment, says that it is there, and sleeps until it is ended. */
#include <sys/syscall.h>

#include "b.h"

#define BUSY_NS 50000000u

int main(void)
{
	uint64_t until = now_ns() + BUSY_NS;

	while (now_ns() < until)
		syscall(SYS_getppid);
	must(write(1, "ready\n", 6) == 6);
	for (;;)
		pause();
}
