#ifndef SARK_AUTH_WITHHOLD_H
#define SARK_AUTH_WITHHOLD_H

#include <stdbool.h>

#include "base/attr.h"
#include "conf/conf.h"
#include "store/effective.h"

/*
 * What counts of a user's roles in one of his sessions: all of it; but where
 * one of them, also one on some resource alone, needs a second factor
 * (setting mfa_required_roles) that was not shown in the session, nothing at
 * all, which is returned instead.  Such a session can enrol, and show, a
 * second factor, and hardly anything else.
 *
 * Whoever looks at what the roles of a session permit asks here first.
 */
const struct sark_effective *sark_withhold(const struct sark_conf *conf,
    const struct sark_effective *effective, bool mfa) SARK_NONNULL(1, 2)
    __attribute__((returns_nonnull));

#endif
