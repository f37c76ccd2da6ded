#include "store/sqlstate.h"

#include "base/attr.h"
#include "base/str.h"

/* A prefix and its meaning; the first that fits counts. */
struct meaning {
	const char *prefix;
	enum sark_code code;
};

/* clang-format off */
static const struct meaning meanings[] = {
	{ "0A000", SARK_UNAVAILABLE },	/* a plan from before a migration */
	{ "08",    SARK_UNAVAILABLE },	/* connection */
	{ "22021", SARK_BAD_REQUEST },	/* not in the encoding */
	{ "22P05", SARK_BAD_REQUEST },	/* NUL in a JSON text */
	{ "23505", SARK_CONFLICT },	/* unique */
	{ "25006", SARK_UNAVAILABLE },	/* read-only: a standby */
	{ "25P03", SARK_UNAVAILABLE },	/* idle in transaction for too long */
	{ "26000", SARK_UNAVAILABLE },	/* prepared statement is gone */
	{ "28",    SARK_UNAVAILABLE },	/* login refused */
	{ "3D000", SARK_UNAVAILABLE },	/* no such database */
	{ "3F000", SARK_CONFIG },	/* no such schema */
	{ "40",    SARK_UNAVAILABLE },	/* rolled back: try again */
	{ "42501", SARK_CONFIG },	/* no right */
	{ "42703", SARK_CONFIG },	/* no such column */
	{ "42883", SARK_CONFIG },	/* no such function */
	{ "42P01", SARK_CONFIG },	/* no such table */
	{ "53",    SARK_UNAVAILABLE },	/* out of connections, memory, disk */
	{ "55P03", SARK_UNAVAILABLE },	/* lock not to be had */
	{ "57014", SARK_TIMEOUT },	/* cancelled: statement_timeout */
	{ "57",    SARK_UNAVAILABLE },	/* shutting down, starting up */
	{ "58",    SARK_UNAVAILABLE },	/* input/output error */
};
/* clang-format on */

enum sark_code
sark_sqlstate_code(const char *sqlstate)
{
	for (size_t i = 0; i < SARK_COUNT(meanings); i++)
		if (sark_str_starts(sqlstate, meanings[i].prefix))
			return meanings[i].code;
	return SARK_INTERNAL;
}

bool
sark_sqlstate_again(const char *sqlstate)
{
	return sark_str_eq(sqlstate, "40001") || sark_str_eq(sqlstate, "40P01");
}

bool
sark_sqlstate_stale(const char *sqlstate)
{
	return sark_str_eq(sqlstate, "26000") || sark_str_eq(sqlstate, "0A000");
}
