#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "auth/directory_priv.h"
#include "base/clock.h"
#include "base/num.h"
#include "base/str.h"

/* RFC 4511 section 4.1.9 */
#define SUCCESS		     0
#define CONSTRAINT_VIOLATION 19
#define NO_SUCH_OBJECT	     32
#define INAPPROPRIATE_AUTH   48
#define INVALID_CREDENTIALS  49
#define INSUFFICIENT_ACCESS  50
#define UNWILLING_TO_PERFORM 53

/* Errors of the password policy control, draft-behera-ldap-password-policy. */
#define POLICY_EXPIRED	   0
#define POLICY_LOCKED	   1
#define POLICY_MUST_CHANGE 2

/* userAccountControl */
#define ACCOUNT_DISABLE 0x2

/* FILETIME: steps of 100 ns since 1601. */
#define FILETIME_SECOND INT64_C(10000000)
#define FILETIME_1970	INT64_C(11644473600)
#define DAY_S		86400

const char *const sark_directory_flags[] = { "userAccountControl",
	"accountExpires", "nsAccountLock", "pwdAccountLockedTime",
	"shadowExpire", NULL };

static int64_t
number(const struct sark_ldap_entry *entry, const char *name)
{
	int64_t value;

	if (sark_num_int(sark_ldap_value(entry, name), INT64_MIN, INT64_MAX,
		&value) == -1)
		return 0;
	return value;
}

/* Active Directory: 0 and the largest number are never. */
static bool
account_expired(int64_t filetime, int64_t now_s)
{
	return filetime > 0 && filetime != INT64_MAX &&
	    filetime / FILETIME_SECOND - FILETIME_1970 <= now_s;
}

const char *
sark_directory_barred(const struct sark_ldap_entry *entry)
{
	int64_t now = sark_clock_s(), shadow = number(entry, "shadowExpire");

	if ((number(entry, "userAccountControl") & ACCOUNT_DISABLE) != 0 ||
	    sark_str_eq_nocase(sark_ldap_value(entry, "nsAccountLock"), "true"))
		return "disabled";
	/* Locked until an administrator unlocks it. */
	if (sark_str_eq(sark_ldap_value(entry, "pwdAccountLockedTime"),
		"000001010000Z"))
		return "locked";
	if (account_expired(number(entry, "accountExpires"), now) ||
	    (shadow > 0 && shadow <= now / DAY_S))
		return "expired";
	return NULL;
}

/*
 * Active Directory says why in the diagnostic message: "80090308: LdapErr:
 * DSID-0C090446, comment: AcceptSecurityContext error, data 52e, v4563".
 */
static const char *
active_directory_reason(const char *message)
{
	static const struct {
		unsigned long data;
		const char *why;
	} reasons[] = {
		{ 0x525, "unknown_user" },
		{ 0x530, "not_permitted" }, /* at this hour */
		{ 0x531, "not_permitted" }, /* from this host */
		{ 0x532, "password_expired" },
		{ 0x533, "disabled" },
		{ 0x701, "expired" },
		{ 0x773, "password_must_change" },
		{ 0x775, "locked" },
	};
	const char *at = strstr(message, ", data ");
	unsigned long data;
	size_t i;

	if (at == NULL)
		return NULL;
	data = strtoul(at + strlen(", data "), NULL, 16);
	for (i = 0; i < SARK_COUNT(reasons); i++)
		if (reasons[i].data == data)
			return reasons[i].why;
	return NULL;
}

static const char *
policy_reason(int policy)
{
	switch (policy) {
	case POLICY_EXPIRED:
		return "password_expired";
	case POLICY_LOCKED:
		return "locked";
	case POLICY_MUST_CHANGE:
		return "password_must_change";
	default:
		return NULL;
	}
}

int
sark_directory_verdict(const struct sark_ldap_bound *bound, const char **why_r)
{
	switch (bound->code) {
	case SUCCESS:
		*why_r = policy_reason(bound->policy);
		return 0;
	case INVALID_CREDENTIALS:
		*why_r = active_directory_reason(bound->message);
		if (*why_r == NULL)
			*why_r = policy_reason(bound->policy);
		if (*why_r == NULL)
			*why_r = "wrong_password";
		return 0;
	case NO_SUCH_OBJECT:
	case INAPPROPRIATE_AUTH:
		*why_r = "wrong_password";
		return 0;
	case CONSTRAINT_VIOLATION: /* too many wrong ones, says 389-ds */
		*why_r = "locked";
		return 0;
	case INSUFFICIENT_ACCESS:
	case UNWILLING_TO_PERFORM:
		*why_r = "not_permitted";
		return 0;
	default:
		return -1;
	}
}
