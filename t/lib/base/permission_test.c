#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/permission.h"

static void
permissions_cover_what_they_say(void **state)
{
	static const struct {
		const char *granted, *wanted;
		bool covers;
	} rows[] = {
		{ "audit:read", "audit:read", true },
		{ "audit:*", "audit:read", true },
		{ "*", "audit:read", true },
		{ "policy:evaluate:*", "policy:evaluate:any", true },
		{ "audit:read", "audit:reader", false },
		{ "audit:read", "audit:read:all", false },
		{ "audit:*", "audit", false },
		{ "audit:*", "audit:", false },
		{ "audit:*", "auditor:read", false },
		{ "audit*", "audit:read", false },
		{ ":*", "audit:read", false },
		{ "audit:rea*", "audit:read", false },
		{ "", "audit:read", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(rows); i++) {
		const char *const granted[] = { "x:y", rows[i].granted, NULL };

		assert_int_equal(sark_permission_in(granted, rows[i].wanted),
		    rows[i].covers);
	}
}

/* A caller with roles on one team and on one server. */
static const struct sark_caller someone = {
	.permissions = (const char *const[]){ "policy:evaluate", NULL },
	.scoped = (const char *const[]){ "developer", "team", "payments",
	    "server:read server:register", "tester", "server", "s1",
	    "tool:* task:read", "broken", "team", "", "*", NULL },
};

static void
a_scoped_role_counts_on_its_resource(void **state)
{
	const struct sark_place payments = { "payments", "s0" };
	const struct sark_place other = { "payment", "s1" };
	const struct sark_place nowhere = { "", "" };
	/* What is a team to one role is no server to another. */
	const struct sark_place crossed = { "s1", "payments" };

	(void)state;
	assert_true(sark_permission_at(&someone, "policy:evaluate", &nowhere));
	assert_true(sark_permission_at(&someone, "server:register", &payments));
	assert_false(sark_permission_at(&someone, "server:regis", &payments));
	assert_false(sark_permission_at(&someone, "server", &payments));
	assert_false(sark_permission_at(&someone, "server:register", &other));
	assert_true(sark_permission_at(&someone, "tool:sensitivity", &other));
	assert_false(
	    sark_permission_at(&someone, "tool:sensitivity", &payments));
	assert_false(sark_permission_at(&someone, "tool:read", &crossed));
	assert_false(sark_permission_at(&someone, "server:read", &crossed));
	/* A scope without an id is no way to everything. */
	assert_false(sark_permission_at(&someone, "audit:read", &nowhere));
	/* Without a place only what counts everywhere. */
	assert_false(sark_permission_at(&someone, "task:read", NULL));
	assert_true(sark_permission_at(&someone, "policy:evaluate", NULL));
	assert_true(sark_permission_scoped(&someone, "task:read", NULL));
	assert_false(sark_permission_scoped(&someone, "policy:read", &other));
}

static void
scopes_of_a_key_limit_everything(void **state)
{
	const struct sark_place payments = { "payments", "" };
	struct sark_caller keyed = someone;

	(void)state;
	keyed.scopes = (const char *const[]){ "server:read", NULL };
	assert_true(sark_permission_at(&keyed, "server:read", &payments));
	assert_false(sark_permission_at(&keyed, "server:register", &payments));
	assert_false(sark_permission_at(&keyed, "policy:evaluate", NULL));
	keyed.scoped = NULL;
	assert_false(sark_permission_at(&keyed, "server:read", &payments));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(permissions_cover_what_they_say),
		cmocka_unit_test(a_scoped_role_counts_on_its_resource),
		cmocka_unit_test(scopes_of_a_key_limit_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
