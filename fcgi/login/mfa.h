#ifndef SARK_LOGIN_MFA_H
#define SARK_LOGIN_MFA_H

#include "auth/factor.h"

/* What the routes of the second factor take; NULL where it was not sent. */
struct mfa_input {
	struct sark_passcode code;
	const char *mfa_token;
};

#endif
