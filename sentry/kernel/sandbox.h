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

/*
 * sandbox_stopped - the main program was stopped by @sig, or went on (0)
 *
 * The command line stops itself too, so that the shell it was started from
 * sees a stopped job; not for SIGSTOP, which comes from inside.  Called under tasklist_lock; never
 * sleeps.
 */
void sandbox_stopped(int sig);
