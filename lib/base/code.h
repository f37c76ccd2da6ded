#ifndef SARK_BASE_CODE_H
#define SARK_BASE_CODE_H

/*
 * What can go wrong, as a client, a log reader and a shell script see it.
 * One table, one line per code: code.c.
 */
enum sark_code {
	SARK_OK,
	SARK_BAD_REQUEST, /* not well-formed */
	SARK_INVALID,	  /* well-formed but wrong: 422 with fields */
	SARK_INVALID_CURSOR,
	SARK_UNAUTHENTICATED, /* no credential */
	SARK_INVALID_TOKEN,
	SARK_TOKEN_EXPIRED,
	SARK_INVALID_CREDENTIALS,
	SARK_PASSWORD_CHANGE_REQUIRED, /* the right one, but no more */
	SARK_INVALID_REFRESH_TOKEN,
	SARK_MFA_REQUIRED, /* the password was right, a code is to follow */
	SARK_INVALID_OTP,
	SARK_FORBIDDEN,
	SARK_MFA_ENROLMENT_REQUIRED, /* by a role that asks for it */
	SARK_INSUFFICIENT_SCOPE,
	SARK_NOT_FOUND,
	SARK_PROVIDER_DISABLED, /* a login that is not set up */
	SARK_METHOD_NOT_ALLOWED,
	SARK_CONFLICT,
	SARK_IDEMPOTENCY_KEY_REUSED,  /* with another request */
	SARK_IDEMPOTENCY_IN_PROGRESS, /* the first is not done yet */
	SARK_PRECONDITION_FAILED,
	SARK_TOO_LARGE,
	SARK_URI_TOO_LONG,
	SARK_UNSUPPORTED_MEDIA_TYPE,
	SARK_HEADERS_TOO_LARGE,
	SARK_RATE_LIMITED,
	SARK_INTERNAL,
	SARK_UNAVAILABLE,	/* a dependency is away, try again */
	SARK_UNCERTAIN,		/* a commit whose answer never came */
	SARK_TIMEOUT,		/* a dependency did not answer in time */
	SARK_OVERLOADED,	/* too many requests wait */
	SARK_AUDIT_UNAVAILABLE, /* the event could not be made safe */
	SARK_POLICY_UNAVAILABLE,
	SARK_NOT_IMPLEMENTED,
	SARK_CONFIG, /* a setting, key or schema is wrong */
	SARK_LOCKED, /* another run holds the lock */
	SARK_USAGE,  /* a command line is wrong */
	SARK_CODES
};

/* Stable snake_case word, part of the API ("token_expired"). */
const char *sark_code_name(enum sark_code code);
/* Title for people ("Token expired"). */
const char *sark_code_title(enum sark_code code);
/* HTTP status, 200..599. */
int sark_code_status(enum sark_code code);
/* sysexits(3) value for a tool's exit. */
int sark_code_exit(enum sark_code code);

#endif
