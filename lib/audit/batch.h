#ifndef SARK_AUDIT_BATCH_H
#define SARK_AUDIT_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"

/* Most events of one transaction. */
#define SARK_BATCH_EVENTS 5000

/* A line of the segment that cannot be loaded. */
struct sark_bad_line {
	size_t offset, size; /* within the bytes read */
	char reason[128];
};

struct sark_batch_record {
	const char *json; /* lent by the bytes read */
	size_t len;
};

/* The events at the beginning of some bytes of a segment. */
struct sark_batch {
	void *ctx;
	struct sark_buf lines; /* for COPY */
	struct sark_batch_record *records;
	const char **ids, **times; /* NULL-ended */
	size_t count;
	struct sark_bad_line *bad;
	size_t nbad;
	size_t used;  /* bytes that are dealt with */
	size_t torn;  /* bytes of an unfinished line */
	bool foreign; /* no format of ours: stop */
};

/*
 * Reads at most limit events from data, len bytes; start says that data is
 * the beginning of the segment.  The batch is on ctx; it lends from data.
 */
struct sark_batch *sark_batch_read(void *ctx, const char *data, size_t len,
    bool start, size_t limit) SARK_NONNULL(2) __attribute__((returns_nonnull));

#endif
