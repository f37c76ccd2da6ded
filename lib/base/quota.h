#ifndef SARK_BASE_QUOTA_H
#define SARK_BASE_QUOTA_H

#include <stdint.h>

/* How a rate limit stands, this request counted if it was admitted. */
struct sark_quota {
	int64_t limit;	       /* requests a minute; 0: there is none */
	int64_t remaining;     /* requests that are left now */
	int64_t reset_s;       /* since the epoch: all of it is left again */
	int64_t retry_after_s; /* 0 admitted; else when to ask again, >= 1 */
};

#endif
