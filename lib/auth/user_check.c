#include "auth/user_check.h"

#include <string.h>

#include "auth/rbac.h"
#include "base/buf.h"
#include "base/str.h"
#include "json/writer.h"

#define TEXT_MAX 320 /* the longest e-mail address, RFC 3696 erratum 1690 */

static void
check_text(const char *pointer, const char *text, struct sark_err *err)
{
	if (strlen(text) > TEXT_MAX || !sark_str_utf8(text, strlen(text)))
		sark_err_field(err, pointer,
		    "must be UTF-8 of at most %d bytes", TEXT_MAX);
}

static void
check_roles(const char *const *roles, struct sark_err *err)
{
	for (; roles != NULL && *roles != NULL; roles++)
		if (!sark_rbac_known(*roles))
			sark_err_field(
			    err, "/roles", "there is no role %.40s", *roles);
}

static void
check_teams(const char *pointer, const char *const *teams, struct sark_err *err)
{
	for (; teams != NULL && *teams != NULL; teams++)
		if (**teams == '\0')
			sark_err_field(err, pointer, "a team has a name");
		else
			check_text(pointer, *teams, err);
}

int
sark_user_check(const struct sark_user_change *change, struct sark_err *err)
{
	if (change->email != NULL)
		check_text("/email", change->email, err);
	if (change->name != NULL)
		check_text("/name", change->name, err);
	check_roles(change->roles, err);
	check_teams("/teams", change->teams, err);
	check_teams("/managed_teams", change->managed_teams, err);
	return err->code == SARK_OK ? 0 : -1;
}

const char *
sark_user_detail(struct sark_app *app, const char *username,
    const struct sark_user_change *change)
{
	struct sark_buf buf;
	struct sark_jw jw;

	sark_buf_init(&buf, app->mem);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "username", username);
	if (change->email != NULL)
		sark_jw_str(&jw, "email", change->email);
	if (change->name != NULL)
		sark_jw_str(&jw, "name", change->name);
	if (change->agent != NULL)
		sark_jw_bool(&jw, "agent", *change->agent);
	if (change->roles != NULL)
		sark_jw_list(&jw, "roles", change->roles);
	if (change->teams != NULL)
		sark_jw_list(&jw, "teams", change->teams);
	if (change->managed_teams != NULL)
		sark_jw_list(&jw, "managed_teams", change->managed_teams);
	sark_jw_close(&jw);
	return buf.data;
}
