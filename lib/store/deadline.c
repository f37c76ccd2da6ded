#include "store/deadline.h"

#include <stddef.h>

#include "base/clock.h"

#define NS_PER_MS INT64_C(1000000)

int64_t
sark_deadline_of(int64_t timeout_ms, const int64_t *until_ns)
{
	int64_t end = sark_clock_mono_ns() + timeout_ms * NS_PER_MS;

	if (until_ns != NULL && *until_ns != 0 && *until_ns < end)
		return *until_ns;
	return end;
}

bool
sark_deadline_over(const int64_t *until_ns)
{
	return until_ns != NULL && *until_ns != 0 &&
	    sark_clock_mono_ns() >= *until_ns;
}
