#include "routes.h"

#include <stddef.h>

#include "auth/login.h"
#include "auth/mfa.h"
#include "auth/username.h"
#include "crypto/password.h"
#include "mfa.h"

/* A password of 1024 bytes as \u escapes, a name, an OTP. */
#define BODY_MAX 16384

#define AT(member) offsetof(struct sark_login, member)

/* clang-format off */
static const struct sark_field fields[] = {
	/* pointer, type, member, min, max, flags */
	{ "/username", SARK_TEXT, AT(username), 1, SARK_USERNAME_MAX, SARK_REQUIRED },
	{ "/password", SARK_SECRET, AT(password), 1, SARK_PASSWORD_MAX, SARK_REQUIRED },
	{ "/otp", SARK_SECRET, AT(otp), 1, 64, 0 },
	{ "/new_password", SARK_SECRET, AT(new_password), 1, SARK_PASSWORD_MAX, 0 },
	{ NULL }
};

static const struct sark_input credentials = {
	fields, sizeof(struct sark_login)
};

/* An empty password is a wrong one there, and not sent to the directory. */
static const struct sark_field ldap_fields[] = {
	{ "/username", SARK_TEXT, AT(username), 1, SARK_USERNAME_MAX, SARK_REQUIRED },
	{ "/password", SARK_SECRET, AT(password), 0, SARK_PASSWORD_MAX, SARK_REQUIRED },
	{ "/otp", SARK_SECRET, AT(otp), 1, 64, 0 },
	{ NULL }
};

static const struct sark_input ldap_credentials = {
	ldap_fields, sizeof(struct sark_login)
};
#define MFA(member) offsetof(struct mfa_input, member)

static const struct sark_field otp[] = {
	{ "/otp", SARK_SECRET, MFA(code.otp), 1, 64, SARK_REQUIRED },
	{ NULL }
};
static const struct sark_field code[] = {
	{ "/otp", SARK_SECRET, MFA(code.otp), 1, 64, 0 },
	{ "/recovery_code", SARK_SECRET, MFA(code.recovery_code), 1, 64, 0 },
	{ NULL }
};
static const struct sark_field proof[] = {
	{ "/otp", SARK_SECRET, MFA(code.otp), 1, 64, 0 },
	{ "/recovery_code", SARK_SECRET, MFA(code.recovery_code), 1, 64, 0 },
	{ "/mfa_token", SARK_SECRET, MFA(mfa_token), 1, SARK_MFA_TOKEN_MAX, 0 },
	{ NULL }
};
static const struct sark_input confirmation = { otp, sizeof(struct mfa_input) };
static const struct sark_input removal = { code, sizeof(struct mfa_input) };
static const struct sark_input verification = { proof, sizeof(struct mfa_input) };

const struct sark_route login_routes[] = {
	/* method, path, access, input, handler, audited as, limit, body_max */
	{ SARK_POST, "/api/v1/auth/login/local", SARK_ANYONE, &credentials, post_login_local,
	  "authentication_success", SARK_LIMIT_LOGIN, BODY_MAX },
	{ SARK_POST, "/api/v1/auth/login/ldap", SARK_ANYONE, &ldap_credentials, post_login_ldap,
	  "authentication_success", SARK_LIMIT_LOGIN, BODY_MAX },
	{ SARK_POST, "/api/v1/auth/mfa/totp", SARK_IN_PERSON, NULL, post_mfa_totp,
	  "mfa_enrolled", SARK_LIMIT_USER, BODY_MAX },
	{ SARK_DELETE, "/api/v1/auth/mfa/totp", SARK_IN_PERSON, &removal, delete_mfa_totp,
	  "mfa_removed", SARK_LIMIT_USER, BODY_MAX, .takes_body = true },
	{ SARK_POST, "/api/v1/auth/mfa/totp/confirm", SARK_IN_PERSON, &confirmation, post_mfa_totp_confirm,
	  "mfa_confirmed", SARK_LIMIT_USER, BODY_MAX },
	{ SARK_POST, "/api/v1/auth/mfa/verify", SARK_EITHER, &verification, post_mfa_verify,
	  "mfa_verified", SARK_LIMIT_LOGIN, BODY_MAX },
	{ SARK_GET, "/api/v1/auth/me", SARK_SIGNED_IN, NULL, get_me, NULL, SARK_LIMIT_USER },
	{ SARK_GET, "/api/v1/auth/providers", SARK_ANYONE, NULL, get_providers, NULL, SARK_LIMIT_USER },
	{ SARK_GET, "/.well-known/jwks.json", SARK_ANYONE, NULL, get_jwks, NULL, SARK_LIMIT_USER },
	{ 0 }
};
/* clang-format on */
