#ifndef SARK_POLICY_RECORD_H
#define SARK_POLICY_RECORD_H

#include "policy/policy.h"

/*
 * A decision as it is kept: netstrings of version, end of life, answer and
 * revision.
 */
const char *sark_decision_to_record(void *ctx,
    const struct sark_decision *decision, int64_t expires_s) SARK_NONNULL(2);
/*
 * Returns 1 and the decision with the seconds it has left at now_s, or 0 if
 * the record is anything but exactly one of this revision that still lives.
 */
int sark_decision_from_record(void *ctx, const char *record,
    const char *revision, int64_t now_s, struct sark_decision *decision)
    SARK_NONNULL(2, 3, 5) SARK_CHECKED;

#endif
