#include "auth/withhold.h"

#include <stddef.h>

#include "base/permission.h"
#include "base/str.h"

static const char *const none[] = { NULL };
static const struct sark_effective nothing = {
	.roles = none,
	.permissions = none,
	.scoped = none,
};

const struct sark_effective *
sark_withhold(const struct sark_conf *conf,
    const struct sark_effective *effective, bool mfa)
{
	const char *const *needing = conf->mfa_required_roles;
	const char *const *role;

	if (mfa || *needing == NULL)
		return effective;
	for (role = effective->roles; *role != NULL; role++)
		if (sark_str_in(*role, needing))
			return &nothing;
	for (role = effective->scoped; *role != NULL; role += SARK_SCOPED_TEXTS)
		if (sark_str_in(role[SARK_SCOPED_ROLE], needing))
			return &nothing;
	return effective;
}
