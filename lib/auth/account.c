#include "auth/account.h"

void
sark_account_to_json(
    struct sark_jw *jw, const char *name, const struct sark_caller *who)
{
	sark_jw_open(jw, name, '{');
	sark_jw_str(jw, "user_id", who->user_id);
	sark_jw_str(jw, "username", who->username);
	sark_jw_str(jw, "email", who->email);
	sark_jw_str(jw, "name", who->name);
	sark_jw_list(jw, "roles", who->roles);
	sark_jw_list(jw, "teams", who->teams);
	sark_jw_list(jw, "permissions", who->permissions);
	sark_jw_str(jw, "provider", who->provider);
	sark_jw_bool(jw, "mfa", who->mfa);
	if (who->withheld)
		sark_jw_bool(jw, "mfa_enrolment_required", true);
	sark_jw_close(jw);
}
