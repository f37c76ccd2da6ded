#ifndef SARK_BASE_UUID_H
#define SARK_BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define SARK_UUID_TEXT 37

/*
 * A new UUIDv7 (RFC 9562 section 5.7) as lower-case text: milliseconds of
 * the wall clock, a counter that keeps one process's ids ascending (unless
 * the clock is put back by more than a minute), random bits.  Ends the process if the kernel gives no random bytes: an id that
 * can be guessed is worse than none.
 */
void sark_uuid_make(char out[SARK_UUID_TEXT]);
/* Lower-case hex with dashes at the right places, any version. */
bool sark_uuid_valid(const char *s) SARK_NONNULL(1);
/* The time in a UUIDv7, in ms since the epoch; s must be valid. */
int64_t sark_uuid_ms(const char *s) SARK_NONNULL(1);

/* n random bytes from the kernel (getrandom(2)), or the end. */
void sark_random(void *out, size_t n) SARK_NONNULL(1);

#endif
