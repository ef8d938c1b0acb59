/*
 * The sandbox as a whole: its end.
 */
#pragma once
#include "lib/base.h"

/*
 * sandbox_exit - the main program has ended: report and stop the scheduler
 * @status: wait status
 *
 * Whatever still runs is killed with the host processes.  The first call wins.
 * Never sleeps.
 */
void sandbox_exit(int status);
