#ifndef SARK_AUDIT_LOAD_SEGMENT_H
#define SARK_AUDIT_LOAD_SEGMENT_H

#include <stdint.h>

#include "audit/folder.h"
#include "audit/load.h"
#include "base/attr.h"

/* Bytes that are read at once: more than the longest line. */
#define SARK_LOAD_CHUNK ((size_t)4 * 1024 * 1024)

/* A segment on its way into the trail. */
struct sark_loading {
	const struct sark_load_options *options;
	char *chunk; /* SARK_LOAD_CHUNK bytes */
	struct sark_load_result *result;
	const char *name;
	int64_t position; /* loaded; -1 unknown */
	struct sark_reading reading;
	/* up to here one event a transaction: there is one that is refused */
	int64_t singly;
	bool done;
	bool quiet; /* skipped before, and said so */
	bool skipped;
	int64_t torn;
};

/* Loads what is there of it; removes it when that is all there will be. */
int sark_load_segment(struct sark_loading *loading, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
