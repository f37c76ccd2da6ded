#include "base/code.h"

#include <sysexits.h>

#include "base/attr.h"

/* clang-format off */
static const struct {
	const char	*name;
	const char	*title;
	int		 status;
	int		 exit;
} codes[SARK_CODES] = {
	[SARK_OK] = { "ok", "OK", 200, EX_OK },
	[SARK_BAD_REQUEST] = { "bad_request", "Bad request", 400, EX_DATAERR },
	[SARK_INVALID] = { "invalid_request", "Invalid request", 422, EX_DATAERR },
	[SARK_INVALID_CURSOR] = { "invalid_cursor", "Invalid cursor", 400, EX_DATAERR },
	[SARK_UNAUTHENTICATED] = { "unauthenticated", "Authentication required", 401, EX_NOPERM },
	[SARK_INVALID_TOKEN] = { "invalid_token", "Invalid token", 401, EX_NOPERM },
	[SARK_TOKEN_EXPIRED] = { "token_expired", "Token expired", 401, EX_NOPERM },
	[SARK_INVALID_CREDENTIALS] = { "invalid_credentials", "Invalid credentials", 401, EX_NOPERM },
	[SARK_INVALID_REFRESH_TOKEN] = { "invalid_refresh_token", "Invalid refresh token", 401, EX_NOPERM },
	[SARK_MFA_REQUIRED] = { "mfa_required", "Second factor required", 401, EX_NOPERM },
	[SARK_INVALID_OTP] = { "invalid_otp", "Invalid code", 401, EX_NOPERM },
	[SARK_PASSWORD_CHANGE_REQUIRED] = { "password_change_required", "Password change required", 401, EX_NOPERM },
	[SARK_FORBIDDEN] = { "forbidden", "Forbidden", 403, EX_NOPERM },
	[SARK_MFA_ENROLMENT_REQUIRED] = { "mfa_enrolment_required", "Second factor required for a role", 403, EX_NOPERM },
	[SARK_INSUFFICIENT_SCOPE] = { "insufficient_scope", "Insufficient scope", 403, EX_NOPERM },
	[SARK_NOT_FOUND] = { "not_found", "Not found", 404, EX_NOINPUT },
	[SARK_PROVIDER_DISABLED] = { "provider_disabled", "Provider disabled", 404, EX_UNAVAILABLE },
	[SARK_METHOD_NOT_ALLOWED] = { "method_not_allowed", "Method not allowed", 405, EX_USAGE },
	[SARK_CONFLICT] = { "conflict", "Conflict", 409, EX_CANTCREAT },
	[SARK_IDEMPOTENCY_KEY_REUSED] = { "idempotency_key_reused", "Idempotency key reused", 409, EX_CANTCREAT },
	[SARK_IDEMPOTENCY_IN_PROGRESS] = { "idempotency_in_progress", "Request in progress", 409, EX_TEMPFAIL },
	[SARK_PRECONDITION_FAILED] = { "precondition_failed", "Precondition failed", 412, EX_CANTCREAT },
	[SARK_TOO_LARGE] = { "too_large", "Content too large", 413, EX_DATAERR },
	[SARK_URI_TOO_LONG] = { "uri_too_long", "URI too long", 414, EX_DATAERR },
	[SARK_UNSUPPORTED_MEDIA_TYPE] = { "unsupported_media_type", "Unsupported media type", 415, EX_DATAERR },
	[SARK_HEADERS_TOO_LARGE] = { "headers_too_large", "Request header fields too large", 431, EX_DATAERR },
	[SARK_RATE_LIMITED] = { "rate_limited", "Too many requests", 429, EX_TEMPFAIL },
	[SARK_INTERNAL] = { "internal", "Internal error", 500, EX_SOFTWARE },
	[SARK_UNAVAILABLE] = { "unavailable", "Service unavailable", 503, EX_UNAVAILABLE },
	[SARK_UNCERTAIN] = { "uncertain", "Outcome unknown", 503, EX_TEMPFAIL },
	[SARK_TIMEOUT] = { "timeout", "Timed out", 503, EX_TEMPFAIL },
	[SARK_OVERLOADED] = { "overloaded", "Too many requests are waiting", 503, EX_TEMPFAIL },
	[SARK_AUDIT_UNAVAILABLE] = { "audit_unavailable", "Audit trail unavailable", 503, EX_IOERR },
	[SARK_POLICY_UNAVAILABLE] = { "policy_unavailable", "Policy unavailable", 503, EX_UNAVAILABLE },
	[SARK_NOT_IMPLEMENTED] = { "not_implemented", "Not implemented", 501, EX_UNAVAILABLE },
	[SARK_CONFIG] = { "configuration", "Configuration error", 500, EX_CONFIG },
	[SARK_LOCKED] = { "locked", "Locked by another run", 503, EX_TEMPFAIL },
	[SARK_USAGE] = { "usage", "Usage error", 400, EX_USAGE },
};
/* clang-format on */

static enum sark_code
known(enum sark_code code)
{
	return (unsigned int)code < SARK_COUNT(codes) ? code : SARK_INTERNAL;
}

const char *
sark_code_name(enum sark_code code)
{
	return codes[known(code)].name;
}

const char *
sark_code_title(enum sark_code code)
{
	return codes[known(code)].title;
}

int
sark_code_status(enum sark_code code)
{
	return codes[known(code)].status;
}

int
sark_code_exit(enum sark_code code)
{
	return codes[known(code)].exit;
}
