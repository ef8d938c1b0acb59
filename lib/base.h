/*
 * The words every file of bailey starts with: integer types, the two handle
 * types that keep guest and host apart, and the attributes of the house style.
 */
#pragma once

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/banned.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

/* A guest address.  An integer, so that nobody dereferences it by accident. */
typedef u64 uaddr_t;

/* Readiness bits, EPOLL* of <sys/epoll.h>. */
typedef u32 poll_t;

/*
 * A host descriptor.  A struct, so that a guest descriptor (int) never fits in
 * its place: a mix-up of the two is an escape.
 */
typedef struct {
	int n;
} hostfd_t;

#define HOSTFD_NONE ((hostfd_t){-1})

static inline bool hostfd_valid(hostfd_t fd)
{
	return fd.n >= 0;
}

#define must_check        __attribute__((warn_unused_result))
#define noreturn_fn       __attribute__((noreturn))
#define printf_like(f, a) __attribute__((format(printf, f, a)))
/* For bytes that are copied: at an odd eight of a line, long copies take several times as long. */
#define bytes_aligned     __attribute__((aligned(16)))
#define cacheline_aligned __attribute__((aligned(64)))
#define likely(x)         __builtin_expect(!!(x), 1)
#define unlikely(x)       __builtin_expect(!!(x), 0)

#define ARRAY_SIZE(a)     (sizeof(a) / sizeof((a)[0]))
#define ALIGN_DOWN(x, a)  ((x) & ~((typeof(x))(a)-1))
#define ALIGN_UP(x, a)    ALIGN_DOWN((x) + (typeof(x))(a)-1, a)
#define IS_ALIGNED(x, a)  (((x) & ((typeof(x))(a)-1)) == 0)

#define PAGE_SIZE         4096ul
#define PAGE_SHIFT        12
#define PAGE_MASK         (~(PAGE_SIZE - 1))

#define NSEC_PER_SEC      1000000000ull
#define NSEC_PER_MSEC     1000000ull
#define NSEC_PER_USEC     1000ull

#define container_of(ptr, type, member)                                      \
	({                                                                   \
		const typeof(((type *)0)->member) *mptr_ = (ptr);            \
		(type *)((char *)(uintptr_t)mptr_ - offsetof(type, member)); \
	})

#define BASE_PASTE_(a, b) a##b
#define BASE_PASTE(a, b)  BASE_PASTE_(a, b)

/* Names made unique, so that min(min(a, b), c) shadows nothing. */
#define BASE_CHOOSE(a, b, op, x, y) \
	({                          \
		typeof(a) x = (a);  \
		typeof(b) y = (b);  \
		x op y ? x : y;     \
	})
#define min(a, b) \
	BASE_CHOOSE(a, b, <, BASE_PASTE(min_a_, __COUNTER__), BASE_PASTE(min_b_, __COUNTER__))
#define max(a, b) \
	BASE_CHOOSE(a, b, >, BASE_PASTE(max_a_, __COUNTER__), BASE_PASTE(max_b_, __COUNTER__))

/* Hand an owned value on and leave a no-op for the cleanup attribute. */
#define steal(p)                              \
	({                                    \
		typeof(*(p)) steal_v_ = *(p); \
		*(p) = NULL;                  \
		steal_v_;                     \
	})

static inline hostfd_t steal_hostfd(hostfd_t *fd)
{
	hostfd_t v = *fd;

	*fd = HOSTFD_NONE;
	return v;
}

/*
 * The restart codes of Linux's include/linux/errno.h.  A handler returns them;
 * only the dispatcher (kernel/syscall.c) and signal delivery know what they
 * mean, and the guest never sees them.
 */
#define ERESTARTSYS           512 /* restart if SA_RESTART, else EINTR */
#define ERESTARTNOINTR        513 /* always restart */
#define ERESTARTNOHAND        514 /* restart if no handler runs, else EINTR */
#define ERESTART_RESTARTBLOCK 516 /* restart through restart_syscall(2) */

/* The clang thread-safety words; nothing under GCC. */
#if defined(__clang__)
#define TS_ATTR(x) __attribute__((x))
#else
#define TS_ATTR(x)
#endif
#define CAPABILITY(x)    TS_ATTR(capability(x))
#define REQUIRES(...)    TS_ATTR(requires_capability(__VA_ARGS__))
#define ACQUIRES(...)    TS_ATTR(acquire_capability(__VA_ARGS__))
#define RELEASES(...)    TS_ATTR(release_capability(__VA_ARGS__))
#define TRY_ACQUIRE(...) TS_ATTR(try_acquire_capability(__VA_ARGS__))
#define NO_TSA           TS_ATTR(no_thread_safety_analysis)

/*
 * panic - a broken invariant: say where and abort, in release builds too
 *
 * A confused sandbox must stop.  Never for a guest's mistake: those are errnos.
 */
#define panic(...) panic_at(__FILE__, __LINE__, __VA_ARGS__)
noreturn_fn void panic_at(const char *file, int line, const char *fmt, ...) printf_like(3, 4);
