#ifndef SARK_LOGIN_ROUTES_H
#define SARK_LOGIN_ROUTES_H

#include "http/route.h"

extern const struct sark_route login_routes[];

sark_handler delete_mfa_totp;
sark_handler get_jwks;
sark_handler get_me;
sark_handler get_providers;
sark_handler post_login_ldap;
sark_handler post_login_local;
sark_handler post_mfa_totp;
sark_handler post_mfa_totp_confirm;
sark_handler post_mfa_verify;

#endif
