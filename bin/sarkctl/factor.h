#ifndef SARKCTL_FACTOR_H
#define SARKCTL_FACTOR_H

#include "client.h"

/*
 * The body of a request that shows it, on client->ctx: "otp" for what is
 * digits and blanks, else "recovery_code"; with mfa_token unless that is
 * NULL.
 */
struct sark_buf factor_body(struct client *client, const char *code,
    const char *mfa_token) SARK_NONNULL(1, 2);

#endif
