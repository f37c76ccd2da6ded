#ifndef SARK_LOGIN_ANSWER_H
#define SARK_LOGIN_ANSWER_H

#include "auth/session.h"
#include "base/attr.h"
#include "http/response.h"

/*
 * Answers what came of a login, ret: its tokens, or, where a second factor is
 * asked for, the problem with mfa_token.  Returns ret.
 */
int answer_tokens(struct sark_resp *resp, int ret,
    const struct sark_tokens *tokens) SARK_NONNULL(1, 3);

#endif
