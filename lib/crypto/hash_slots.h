#ifndef SARK_CRYPTO_HASH_SLOTS_H
#define SARK_CRYPTO_HASH_SLOTS_H

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * How many password hashes the workers of a program make at once, each of
 * which takes the memory that argon2_memory_kib says.  A slot is a lock on one
 * byte of a file (F_OFD_SETLK), so it goes with a worker that is killed.
 */
struct sark_hash_slots;

/* Errors: CONFIG the file cannot be made. */
int sark_hash_slots_open(void *ctx, const char *path, int64_t count,
    int64_t wait_ms, struct sark_hash_slots **slots_r, struct sark_err *err)
    SARK_NONNULL(2, 5, 6) SARK_CHECKED;
/*
 * Takes a slot and waits for it, at most wait_ms; slots NULL is no limit.
 * Errors: OVERLOADED none came free.
 */
int sark_hash_slots_take(struct sark_hash_slots *slots, struct sark_err *err)
    SARK_NONNULL(2) SARK_CHECKED;
/* Gives back the slot that was taken, if any was. */
void sark_hash_slots_give(struct sark_hash_slots *slots);

#endif
