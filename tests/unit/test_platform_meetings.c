/*
 * Kicks that meet a stub between two states: while it spins or sleeps on its bell, and
 * the answer is there, of each kind.
 *
 * What takes nanoseconds is made to last: the host process is stopped, answered and
 * kicked, and goes on then.  Calls are seen by a thread that looks at the channel,
 * as a worker does.
 */
#include <unistd.h>

#include "host/guard.h"
#include "platform/bulk.h"
#include "platform/last.h"
#include "platform/notify/handover.h"
#include "platform/notify/notify.h"
#include "platform/stub/layout.h"
#include "tests/unit/platform_guest.h"

/* getppid over and over, through the fast path; what it returned stands behind the entry. */
GUEST(calls_on, "mov $0x1111, %ebx\n"
		"1: mov $110, %eax\n"
		"lea 2f(%rip), %rcx\n"
		"jmp *0x500000\n"
		"syscall\n"
		"2: mov %rax, 0x500008\n"
		"jmp 1b")

#define NOWHERE 0x600000ul /* nothing is mapped there */
#define ROOM    0x700000ul /* for long copies */

static u8 words[65536];

enum answer { WITH_RESULT, WITH_ORDERS, WITH_BAD_ORDERS, TO_GET_REGS, TO_RUN_ORDERS, NR_ANSWERS };

/* Where the stub is when it is answered. */
enum where { SPINNING, RESTING, NR_PLACES_OF_STUB };

struct meeting {
	struct vcpu *v;   /* atomic: whose channel is looked at */
	bool done;        /* atomic: the looker is to end */
	unsigned kicks;   /* that are sent once it is answered */
	sem_t go, kicked; /* to and from the kicker */
};

/* Its next post is looked for, whatever the watch of this thread thinks. */
static int run_watched(struct vcpu *v, struct vcpu_event *ev)
{
	chan_write32(&v->ch, CHAN_WATCHED, 1);
	return vcpu_run(v, ev);
}

/* Posts are seen at once, and the stub spins until it is answered. */
static void *looks(void *arg)
{
	struct meeting *m = arg;

	while (!__atomic_load_n(&m->done, __ATOMIC_ACQUIRE)) {
		struct vcpu *v = __atomic_load_n(&m->v, __ATOMIC_ACQUIRE);

		if (!vcpu_look(v))
			usleep(20);
	}
	return NULL;
}

/* The state of the guest's host thread, as /proc says it. */
static char host_state(const struct vcpu *v)
{
	char path[64], line[256], *end;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", v->tid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (!fgets(line, sizeof(line), f))
		line[0] = 0;
	fclose(f);
	end = strrchr(line, ')');
	return end && end[1] ? end[2] : 0;
}

static void await_state(const struct vcpu *v, char state)
{
	char now = host_state(v);

	while (now && now != state) {
		usleep(100);
		now = host_state(v);
	}
	CHECK_EQ(state, now);
}

static u32 turn_of(struct vcpu *v)
{
	return chan_read32(&v->ch, CHAN_TURN);
}

/* The stopped @v, whose call is seen, sleeps on its bell now.  False: in a notification. */
static bool comes_to_rest(struct vcpu *v)
{
	v->naps = true;
	handover_sleeps(v);
	while (turn_of(v) != (TURN_CALL | TURN_RESTS)) {
		if (turn_of(v) & TURN_ASLEEP)
			return false;
		usleep(100);
	}
	await_state(v, 'S');
	return true;
}

/* Once the vcpu is answered: kick it, and let its process go on. */
static void *kicks(void *arg)
{
	struct meeting *m = arg;

	for (;;) {
		sem_wait(&m->go);
		if (__atomic_load_n(&m->done, __ATOMIC_ACQUIRE))
			return NULL;
		while (vcpu_pos(m->v) != POS_RUNNING)
			usleep(50);
		if (m->kicks)
			vcpu_kick(m->v);
		kill(m->v->as->pid, SIGCONT);
		for (unsigned i = 1; i < m->kicks; i++) {
			usleep(i * 20);
			vcpu_queue_kick(m->v);
		}
		sem_post(&m->kicked);
	}
}

static struct host_op protect(uaddr_t addr, int prot)
{
	return (struct host_op){
		.nr = SYS_mprotect,
		.args = {addr, PAGE_SIZE, (u64)prot},
		.fd = HOSTFD_NONE,
	};
}

/* The guest goes on behind its call, with @want; whatever comes first. */
static void ends_with(struct meeting *m, long want, struct vcpu_event *ev)
{
	struct regs regs;
	long got = 0;

	for (int i = 0; ev->kind != VCPU_SYSCALL && i < 10; i++) {
		if (ev->kind == VCPU_REFUSED)
			vcpu_set_result(m->v, want);
		CHECK_EQ(0, run_watched(m->v, ev));
	}
	CHECK_EQ(VCPU_SYSCALL, ev->kind);
	CHECK(ev->call.fast);
	CHECK_EQ(110, ev->call.nr);
	CHECK_EQ(sizeof(got), aspace_read(m->v->as, &got, DATA + 8, sizeof(got)));
	CHECK_EQ(want, got);
	if (want % 4)
		return;
	/* And all registers are as they were. */
	CHECK_EQ(0, vcpu_get_regs(m->v, &regs));
	CHECK_EQ(0x1111, regs.bx);
	CHECK_EQ(DATA + PAGE_SIZE, regs.sp);
	CHECK_EQ(0, run_watched(m->v, ev));
	CHECK(ev->kind == VCPU_SYSCALL && ev->call.fast);
}

/* What the call in which @m->v is stopped is answered with. */
static void prepare(struct vcpu *v, enum answer how, long result)
{
	struct host_op op = protect(DATA, PROT_READ | PROT_WRITE);

	if (how == WITH_BAD_ORDERS)
		op.args[0] = NOWHERE;
	if (how == WITH_ORDERS || how == WITH_BAD_ORDERS)
		CHECK(vcpu_last_ops(v, &op, 1));
	vcpu_set_result(v, result);
}

/* One call, answered while its stub is stopped at @where. */
static bool meet(struct meeting *m, enum where where, enum answer how, long result)
{
	struct host_op op = protect(DATA, PROT_READ | PROT_WRITE);
	struct vcpu *v = m->v;
	struct vcpu_event ev;
	struct regs regs;

	if (where == RESTING && !comes_to_rest(v))
		return false;
	CHECK_EQ(0, kill(v->as->pid, SIGSTOP));
	await_state(v, 'T');
	prepare(v, how, result);
	sem_post(&m->go);
	if (how == TO_GET_REGS) {
		CHECK_EQ(0, vcpu_get_regs(v, &regs));
		CHECK_EQ(result, regs.ax);
	} else if (how == TO_RUN_ORDERS) {
		CHECK_EQ(0, vcpu_host_ops(v, &op, 1));
	}
	CHECK_EQ(0, run_watched(v, &ev));
	/* As the kick came while it ran, or was about to, and nothing else did. */
	if (m->kicks && how < TO_GET_REGS && how != WITH_BAD_ORDERS)
		CHECK_EQ(VCPU_KICKED, ev.kind);
	if (how == WITH_BAD_ORDERS)
		CHECK(ev.kind == VCPU_REFUSED || ev.kind == VCPU_KICKED);
	ends_with(m, result, &ev);
	sem_wait(&m->kicked);
	return true;
}

static void meet_all(struct meeting *m)
{
	unsigned met[NR_PLACES_OF_STUB] = {0};
	struct vcpu_event ev;
	long result = 1;

	CHECK_EQ(0, run_watched(m->v, &ev));
	CHECK_EQ(VCPU_SYSCALL, ev.kind);
	for (unsigned i = 0; i < 4 * NR_PLACES_OF_STUB * NR_ANSWERS; i++) {
		enum where where = i % NR_PLACES_OF_STUB;

		m->kicks = i / (NR_PLACES_OF_STUB * NR_ANSWERS);
		if (meet(m, where, i / NR_PLACES_OF_STUB % NR_ANSWERS, result))
			met[where]++;
		result++;
	}
	printf("# met: %u spinning, %u resting\n", met[SPINNING], met[RESTING]);
	CHECK(met[RESTING] > 0);
}

static bool begin(struct meeting *m, struct aspace **as, pthread_t t[2])
{
	u64 entry;

	if (!setup_on_one_core())
		return false;
	entry = platform_info()->fast_entry;
	if (!entry) {
		unit_skip("there is no fast path");
		teardown();
		return false;
	}
	if (!LOAD(calls_on, as, &m->v))
		return false;
	CHECK_EQ(sizeof(entry), aspace_write(*as, DATA, &entry, sizeof(entry)));
	chan_write32(&m->v->ch, CHAN_SPIN, INT32_MAX);
	sem_init(&m->go, 0, 0);
	sem_init(&m->kicked, 0, 0);
	CHECK_EQ(0, pthread_create(&t[0], NULL, looks, m));
	CHECK_EQ(0, pthread_create(&t[1], NULL, kicks, m));
	return true;
}

static void end(struct meeting *m, pthread_t t[2])
{
	__atomic_store_n(&m->done, true, __ATOMIC_RELEASE);
	sem_post(&m->go);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	sem_destroy(&m->go);
	sem_destroy(&m->kicked);
}

TEST(kicks_meet_every_answer)
{
	struct meeting m = {0};
	struct aspace *as;
	pthread_t t[2];

	if (!begin(&m, &as, t))
		return;
	meet_all(&m);
	end(&m, t);
	done(as, m.v);
	teardown();
}

/* Another thread of the process of @v, in a call of its own that was seen. */
static struct vcpu *second_of(struct meeting *m, struct vcpu *v)
{
	struct vcpu_event ev;
	struct vcpu *second;

	CHECK_EQ(0, vcpu_create(v, &second));
	vcpu_get(second);
	chan_write32(&second->ch, CHAN_SPIN, INT32_MAX);
	__atomic_store_n(&m->v, second, __ATOMIC_RELEASE);
	/* At its first call nobody looks yet. */
	for (int i = 0; i < 2; i++)
		CHECK_EQ(0, run_watched(second, &ev));
	CHECK(ev.kind == VCPU_SYSCALL && ev.call.fast);
	return second;
}

/* It is destroyed, and returned with a reference, while its stub is @where, with @kicks that it has
 * not seen. */
static struct vcpu *end_second(struct meeting *m, struct vcpu *v, enum where where,
			       unsigned nr_kicks)
{
	struct vcpu *second = second_of(m, v);

	if (where == RESTING)
		(void)comes_to_rest(second);
	__atomic_store_n(&m->v, v, __ATOMIC_RELEASE);
	CHECK_EQ(0, kill(v->as->pid, SIGSTOP));
	await_state(v, 'T');
	if (nr_kicks)
		vcpu_queue_kick(second);
	vcpu_destroy(second);
	if (nr_kicks > 1)
		vcpu_queue_kick(second);
	CHECK_EQ(0, kill(v->as->pid, SIGCONT));
	return second;
}

TEST(threads_end_wherever_they_are)
{
	struct vcpu *first, *gone[24];
	struct meeting m = {0};
	struct vcpu_event ev;
	struct aspace *as;
	pthread_t t[2];

	if (!begin(&m, &as, t))
		return;
	first = m.v;
	CHECK_EQ(0, run_watched(first, &ev));
	for (unsigned i = 0; i < ARRAY_SIZE(gone); i++) {
		/* Every other time the one before is taken again, if it obeys. */
		gone[i] = end_second(&m, first, i % NR_PLACES_OF_STUB, i / NR_PLACES_OF_STUB % 3);
		vcpu_set_result(first, (long)i);
		CHECK_EQ(0, run_watched(first, &ev));
		ends_with(&m, (long)i, &ev);
	}
	end(&m, t);
	for (unsigned i = 0; i < ARRAY_SIZE(gone); i++)
		vcpu_put(gone[i]);
	done(as, first);
	teardown();
}

/* The process of the stopped @v gets its window for long copies. */
static void make_window(struct vcpu *v)
{
	struct vcpu_event ev;

	CHECK_EQ(0, guard_init());
	v->as->bulk.moved = 1ull << 30;
	CHECK_EQ(0, vcpu_bulk_out(v, ROOM, words, sizeof(words)));
	CHECK(v->bulk.wanted);
	vcpu_set_result(v, 1);
	CHECK_EQ(0, run_watched(v, &ev));
	CHECK(v->as->bulk.mem);
}

static bool is_free(struct bulk *b)
{
	for (int i = 0; i < 3000 && __atomic_load_n(&b->busy, __ATOMIC_ACQUIRE); i++)
		usleep(1000);
	return !__atomic_load_n(&b->busy, __ATOMIC_ACQUIRE);
}

/* The copy of a thread that does not come on is given up; it ends, and others have the window. */
TEST(window_is_free_when_its_thread_has_ended)
{
	struct host_op room = {
		.nr = SYS_mmap,
		.args = {ROOM, sizeof(words), PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, (u64)-1, 0},
		.fd = HOSTFD_NONE,
	};
	struct vcpu *first, *last, *spare[4];
	struct meeting m = {0};
	struct vcpu_event ev;
	struct aspace *as;
	pthread_t t[2];

	if (!begin(&m, &as, t))
		return;
	first = m.v;
	CHECK_EQ(0, run_watched(first, &ev));
	CHECK_EQ(0, vcpu_host_ops(first, &room, 1));
	CHECK_EQ(0, run_watched(first, &ev));
	make_window(first);
	/* So many wait for the next thread that this one is not kept. */
	for (unsigned i = 0; i < ARRAY_SIZE(spare); i++)
		CHECK_EQ(0, vcpu_create(first, &spare[i]));
	last = second_of(&m, first);
	for (unsigned i = 0; i < ARRAY_SIZE(spare); i++)
		vcpu_destroy(spare[i]);
	CHECK_EQ(0, kill(as->pid, SIGSTOP));
	await_state(first, 'T');
	CHECK_EQ(0, vcpu_bulk_out(last, ROOM, words, sizeof(words)));
	CHECK(last->bulk.stuck);
	CHECK(as->bulk.busy);
	vcpu_destroy(last);
	CHECK_EQ(0, kill(as->pid, SIGCONT));
	CHECK(is_free(&as->bulk));
	end(&m, t);
	vcpu_put(last);
	done(as, first);
	teardown();
}
