#ifndef SARK_AUTH_ACCOUNT_H
#define SARK_AUTH_ACCOUNT_H

#include "base/attr.h"
#include "base/caller.h"
#include "json/writer.h"

/*
 * The user object of the API: user_id, username, email, name, roles, teams,
 * permissions, provider, mfa, and mfa_enrolment_required where roles are
 * withheld; as member name, or as the top value with NULL.
 */
void sark_account_to_json(struct sark_jw *jw, const char *name,
    const struct sark_caller *who) SARK_NONNULL(1, 3);

#endif
