#include "base/permission.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

/* The same for the n bytes at granted. */
static bool
covers(const char *granted, size_t n, const char *wanted)
{
	if (n == 1 && granted[0] == '*')
		return true;
	if (n > 2 && granted[n - 1] == '*' && granted[n - 2] == ':')
		return strncmp(granted, wanted, n - 1) == 0 &&
		    wanted[n - 1] != '\0';
	return strlen(wanted) == n && memcmp(granted, wanted, n) == 0;
}

bool
sark_permission_covers(const char *granted, const char *wanted)
{
	return covers(granted, strlen(granted), wanted);
}

bool
sark_permission_in(const char *const *granted, const char *wanted)
{
	for (; *granted != NULL; granted++)
		if (sark_permission_covers(*granted, wanted))
			return true;
	return false;
}

bool
sark_scoped_here(const char *const *scoped, const struct sark_place *place)
{
	const char *id = scoped[SARK_SCOPED_ID];

	if (*id == '\0')
		return false;
	if (sark_str_eq(scoped[SARK_SCOPED_TYPE], "team"))
		return sark_str_eq(id, place->team);
	return sark_str_eq(scoped[SARK_SCOPED_TYPE], "server") &&
	    sark_str_eq(id, place->server_id);
}

static bool
in_text(const char *permissions, const char *wanted)
{
	size_t n;

	for (; *permissions != '\0'; permissions += n) {
		permissions += strspn(permissions, " ");
		n = strcspn(permissions, " ");
		if (n > 0 && covers(permissions, n, wanted))
			return true;
	}
	return false;
}

bool
sark_permission_scoped(const struct sark_caller *caller, const char *wanted,
    const struct sark_place *place)
{
	const char *const *scoped = caller->scoped;

	for (; scoped != NULL && *scoped != NULL; scoped += SARK_SCOPED_TEXTS)
		if ((place == NULL || sark_scoped_here(scoped, place)) &&
		    in_text(scoped[SARK_SCOPED_PERMISSIONS], wanted))
			return true;
	return false;
}

bool
sark_permission_at(const struct sark_caller *caller, const char *wanted,
    const struct sark_place *place)
{
	if (caller->scopes != NULL &&
	    !sark_permission_in(caller->scopes, wanted))
		return false;
	return sark_permission_in(caller->permissions, wanted) ||
	    (place != NULL && sark_permission_scoped(caller, wanted, place));
}
