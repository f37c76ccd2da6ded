#ifndef SARK_STATUS_DEPTH_H
#define SARK_STATUS_DEPTH_H

#include <stdint.h>

#include "base/attr.h"

/* What lies in the audit spool. */
struct depth {
	int64_t files;
	int64_t bytes;
};

/* Counts the segments in dir; a folder that cannot be read has none. */
struct depth depth_of_spool(const char *dir) SARK_NONNULL(1);

#endif
