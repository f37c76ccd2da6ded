#ifndef SARK_AUTH_STANDING_RECORD_H
#define SARK_AUTH_STANDING_RECORD_H

#include "base/attr.h"
#include "auth/standing.h"

/*
 * A standing as Redis keeps it, before it is signed: netstrings of a version,
 * the user's id, the generations and the life of Redis that it was read under,
 * until when it is fresh and counts, and the rest.
 */
const char *sark_standing_to_record(
    void *ctx, const struct sark_standing *standing) SARK_NONNULL(2);
/*
 * Returns 1 and the standing on ctx, but for its text, with the roles that
 * count by conf; 0 if the record is anything but exactly one.
 */
int sark_standing_from_record(void *ctx, const struct sark_conf *conf,
    const char *record, struct sark_standing **standing_r)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;

#endif
