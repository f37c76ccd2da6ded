#ifndef SARK_STORE_DEADLINE_H
#define SARK_STORE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How long a store may be waited for: its own timeout, cut to what is left of
 * the request.  until_ns points to the end of the current request, monotonic,
 * 0 for none; the pointer is NULL where there are no requests.
 */
int64_t sark_deadline_of(int64_t timeout_ms, const int64_t *until_ns);
/* Whether the request's time is over. */
bool sark_deadline_over(const int64_t *until_ns);

#endif
