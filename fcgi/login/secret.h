#ifndef SARK_LOGIN_SECRET_H
#define SARK_LOGIN_SECRET_H

#include "base/attr.h"
#include "http/request.h"

/*
 * Wipes the body of a request and a secret that was read from it, NULL for
 * none: the request's own copies, which nobody reads after this.
 */
void login_wipe(const struct sark_req *req, const char *secret) SARK_NONNULL(1);

#endif
