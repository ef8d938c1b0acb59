/* One call of the guest's, met by signals on its way */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/step/driver.h"

#define KICK_SIGNAL SIGSTKFLT
#define PATIENCE    90.0 /* seconds for one call, on a busy machine */
#define LOOKS       2000 /* us after which the sentry should be looking */
#define BLOCKED     0.02 /* a call that waits for the signal has had time to get there */

unsigned hits;
uint32_t rounds;
bool rested;

static uint32_t asked; /* of the guest's second thread */
static bool late;      /* it has not done so at once, in this call */

/*
 * The guest's second thread does as it is asked, while the first one stands where it is.
 * In the midst of a change of memory it may have to wait for the first one: then
 * the host's signal alone is sent there, one that nobody wants.
 */
static void kick(unsigned char how)
{
	double until = now() + BLOCKED;

	if (write(ask, &how, 1) != 1)
		die("the guest is gone");
	asked++;
	while (GET(kicks) != asked && now() < until)
		nap();
	if (GET(kicks) != asked) {
		syscall(SYS_tgkill, guest, guest, KICK_SIGNAL);
		late = true;
	}
}

static void await(size_t off, uint32_t go, const struct step_call *c)
{
	double until = now() + PATIENCE;

	while (get32(off) != go) {
		if (now() > until)
			give_up("it does not come to the call", c, 0);
		/* A place that it met just before it was stopped. */
		if (look(c, 0))
			go_on();
	}
}

#define AWAIT(field, go, c) await(offsetof(struct step_shared, field), go, c)

/* The stub spins, as if the sentry looked all the time. */
static void pretend_watched(void)
{
	put_channel(CHAN_WATCHED, 1);
}

/*
 * It has posted: wait until the sentry has taken the call, and tells it to sleep.  It is
 * told to ring, its own bell, and rest instead, which the sentry says to those that
 * have slept but shortly before.  No signal is on its way that could answer it meanwhile.
 */
static void put_to_rest(void)
{
	pretend_watched();
	for (int i = 0; i < 20 && get_channel(CHAN_TURN) != TURN_SLEEP; i++)
		kick(STEP_CALLS);
	if (get_channel(CHAN_TURN) != TURN_SLEEP)
		return;
	rested = true;
	put_channel(CHAN_RING, get_channel(CHAN_BELL));
	put_channel(CHAN_TURN, TURN_REST);
}

/* The guest sleeps in its call; on a busy machine it may not even have begun. */
static bool sleeps(void)
{
	char path[64], line[256] = "";
	unsigned long pc = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/syscall", guest);
	f = fopen(path, "r");
	if (f && fgets(line, sizeof(line), f) && strrchr(line, ' '))
		pc = strtoul(strrchr(line, ' '), NULL, 16);
	if (f)
		fclose(f);
	return pc - STUB_BASE < STUB_SIZE;
}

/* The call is on its way: stop it where @r says.  How many signals were sent; *@ret_met: where. */
static uint32_t watch(const struct run *r, uint32_t go, uint64_t *ret_met)
{
	bool blocks = r->call->flags & STEP_BLOCKS;
	uint32_t sent = 0;
	double began = now();
	uint64_t place;

	/* Where the second thread has had to wait, the signal may come behind the call. */
	while (GET(over) != go || GET(kicks) != asked || (late && GET(handled) < sent)) {
		if (now() - began > PATIENCE)
			give_up("it does not return", r->call, *ret_met);
		if (blocks && !sent && now() - began > BLOCKED && sleeps()) {
			sent++;
			kick(STEP_FIRST);
		}
		place = look(r->call, *ret_met);
		if (!place)
			continue;
		if (r->rest && place == stub.posted && !sent) {
			put_to_rest();
			began = now();
			arm(&r->second, 1);
		} else if (!sent++) {
			*ret_met = place;
			if (r->unwanted)
				syscall(SYS_tgkill, guest, guest, KICK_SIGNAL);
			kick((unsigned char)(STEP_FIRST | (r->look ? STEP_CALLS : 0)));
			if (r->second && !r->rest)
				arm(&r->second, 1);
		} else {
			kick(STEP_SECOND);
		}
		go_on();
	}
	return sent;
}

uint64_t run_once(const struct run *r)
{
	uint32_t go = ++rounds, sent;
	uint64_t met = 0;

	PUT(which, (uint32_t)(r->call - sh.call));
	PUT(handled, 0);
	late = false;
	PUT(go, go);
	AWAIT(prepared, go, r->call);
	stop();
	arm(r->first, r->nr);
	if (!r->look)
		pretend_watched();
	if (r->call->flags & STEP_LONG) {
		kick(STEP_LOOK);
		usleep(LOOKS);
	}
	PUT(start, go);
	go_on();
	sent = watch(r, go, &met);
	stop();
	disarm();
	go_on();
	PUT(ack, go);
	AWAIT(done, go, r->call);
	if (GET(failed))
		give_up("wrong", r->call, met);
	if (GET(handled) != sent)
		give_up("not handled in time, or twice", r->call, met);
	if (met)
		hits++;
	return met;
}

void rounds_begin(void)
{
	rounds = asked = 0;
}
