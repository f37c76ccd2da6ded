#ifndef SARK_POLICY_BUILTIN_DURATION_H
#define SARK_POLICY_BUILTIN_DURATION_H

#include <stdint.h>

#include "base/attr.h"

/*
 * A duration as Go's time.ParseDuration reads it ("-1.5h", "300ms"), and
 * with OPA's units d, w and y (365 days) besides.  0 with nanoseconds, or -1.
 */
int sark_duration_parse(const char *text, int64_t *ns_r)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
