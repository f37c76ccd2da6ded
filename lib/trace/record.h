#ifndef SARK_TRACE_RECORD_H
#define SARK_TRACE_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/span.h"

/*
 * Whether len bytes are a whole trace of this version (base/span.h): as long
 * as its head says, texts ended, kinds known, ids not 0, times in order.
 * data is aligned as the struct is.
 */
bool sark_trace_record_valid(const void *data, size_t len)
    SARK_NONNULL(1) SARK_CHECKED;
/* The bytes of a trace with so many spans. */
size_t sark_trace_record_size(size_t spans);

#endif
