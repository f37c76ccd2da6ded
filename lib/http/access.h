#ifndef SARK_HTTP_ACCESS_H
#define SARK_HTTP_ACCESS_H

#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "http/route.h"

/*
 * Whether the caller, verified unless the route is for anyone, may use it.
 * Errors: FORBIDDEN, INSUFFICIENT_SCOPE.
 */
int sark_access_check(const struct sark_route *route,
    const struct sark_caller *caller, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
