#ifndef SARK_LOGIN_CREDENTIALS_H
#define SARK_LOGIN_CREDENTIALS_H

#include "http/route.h"

/* Wipes the password from the request's memory: nobody reads it again. */
void credentials_wipe(const struct sark_req *req);

#endif
