#ifndef SARK_ADMIN_API_KEY_ANSWER_H
#define SARK_ADMIN_API_KEY_ANSWER_H

#include "auth/key_text.h"
#include "base/attr.h"
#include "http/response.h"
#include "store/apikeys.h"

/* The key, as its members api_key and key: the one time that it is shown. */
int api_key_shown(struct sark_resp *resp, const struct sark_apikey *key,
    const struct sark_key_text *text, void *mem, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 5) SARK_CHECKED;

#endif
