/*
 * What a guest's stub may say of files without asking (docs/platform.md, Facts).
 *
 * The calls are part of platform.h's contract; where a platform has no stub that
 * answers, they do nothing.
 */
#pragma once
#include "platform/platform.h"

/*
 * platform_epoch - a word that counts what may have made facts untrue
 *
 * Whoever changes what was told with vcpu_set_file() or vcpu_set_place() adds to it
 * before the change is seen; never 0.  NULL: this platform's guests are told nothing.
 */
u64 *platform_epoch(void);

/* What the stub may say of one descriptor of the guest's, as long as the epoch is @epoch. */
struct vcpu_file {
	int fd;
	u64 pos;          /* where lseek finds it */
	u64 end;          /* from there on @nr has 0; UINT64_MAX: not known */
	int nr;           /* read(2), of a directory getdents64(2) */
	const void *stat; /* struct stat of the guest */
	u64 epoch;
	u32 len; /* so many first bytes stand in vcpu_file_bytes(); the stub moves the position */
};

/* vcpu_set_file - of the stopped @v; NULL, at any time: of none */
void vcpu_set_file(struct vcpu *v, const struct vcpu_file *f);

/*
 * vcpu_shut_file - has the guest closed a descriptor that was told?
 *
 * Whatever the guest says: it could have closed that one by a call.
 *
 * Return: its number, once; or -1.
 */
int vcpu_shut_file(struct vcpu *v) must_check;

/* vcpu_has_shut - is there one to be had from vcpu_shut_file()?  At any time. */
bool vcpu_has_shut(const struct vcpu *v) must_check;

/*
 * vcpu_file_bytes - where the first @size bytes of a file go, before vcpu_set_file()
 * @size: VCPU_BYTES_MAX at most
 *
 * For writing only, and while @v is stopped in a call: the guest can write there too.
 * NULL: its stub would not read there, or a read of so many is faster.
 */
void *vcpu_file_bytes(struct vcpu *v, size_t size);
#define VCPU_BYTES_MAX 0x10000

/* vcpu_forget_bytes - the stub reads there no longer; of the stopped @v */
void vcpu_forget_bytes(struct vcpu *v);

/*
 * vcpu_file_pos - where the stub says it stands, that file whose bytes it was told
 * @take: it moves it no longer, and answers nothing that needs it
 *
 * The guest may say anything.
 */
u64 vcpu_file_pos(struct vcpu *v, bool take);

/* vcpu_set_pos - that one stands elsewhere now; of the stopped @v */
void vcpu_set_pos(struct vcpu *v, u64 pos, u64 end);

/* What names it takes, in bytes. */
#define VCPU_PLACE_MIN 8
#define VCPU_PLACE_MAX 64

/* vcpu_set_place - likewise what stat(2) says of the place with that absolute name */
void vcpu_set_place(struct vcpu *v, const char *name, size_t len, const void *stat, u64 epoch);

/* vcpu_forget_places - the guest may see them in another way now */
void vcpu_forget_places(struct vcpu *v);
