#ifndef SARK_AUTH_SCOPE_H
#define SARK_AUTH_SCOPE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "conf/conf.h"

/*
 * What an API key is for: a list of scopes, each a permission
 * (auth/catalogue.h), an action that the policy is asked about, or all of an
 * area ("tool:*").  "*" is none: a key says what it is for.
 */
#define SARK_SCOPES_MAX 100

/* Whether there is such a scope; apikey_scopes has those of own policies. */
bool sark_scope_known(const struct sark_conf *conf, const char *scope)
    SARK_NONNULL(1, 2);
/*
 * The scopes sorted, each once, on ctx.
 * Errors: INVALID which of them is not known; FORBIDDEN which of them the
 * giver's permissions do not cover.
 */
int sark_scopes_check(void *ctx, const struct sark_conf *conf,
    const struct sark_caller *giver, const char *const *scopes,
    const char *const **scopes_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4, 5, 6) SARK_CHECKED;
/*
 * What a key of these scopes may: those of its owner's permissions that a
 * scope covers, and those scopes that a permission covers, on ctx.  A service
 * account may what its key's scopes say.
 */
const char *const *sark_scopes_permit(void *ctx, const char *const *scopes,
    const char *const *roles, const char *const *permissions)
    SARK_NONNULL(2, 3, 4);

#endif
