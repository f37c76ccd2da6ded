#ifndef SARK_BASE_NUM_H
#define SARK_BASE_NUM_H

#include <stdint.h>

#include "base/attr.h"

/*
 * Reads a whole decimal integer: optional '-', no '+', no blanks, no
 * leading zeros, nothing behind it, within [min, max].
 * Returns 0 and *value_r, or -1.
 */
int sark_num_int(const char *s, int64_t min, int64_t max, int64_t *value_r)
    SARK_NONNULL(1, 4) SARK_CHECKED;

#endif
