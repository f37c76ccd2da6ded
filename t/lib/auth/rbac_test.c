#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auth/catalogue.h"
#include "auth/group.h"
#include "auth/rbac.h"
#include "auth/window.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/permission.h"
#include "base/str.h"

static int
set_up(void **state)
{
	*state = talloc_new(NULL);
	return 0;
}

static int
tear_down(void **state)
{
	talloc_free(*state);
	return 0;
}

static void
only_words_of_the_catalogue_are_known(void **state)
{
	static const char *const known[] = { "*", "audit:read", "audit:*",
		"policy:evaluate:any", "policy:evaluate:*", "policy:*", NULL };
	static const char *const unknown[] = { "", ":", ":*", "**", "audit",
		"audit:", "aud*", "audit:r*", "audit:*:*", "*:*", "*:read",
		"audit:read:*", "AUDIT:READ", " audit:read", "audit:read ",
		"nothing:*", NULL };
	const char *const *p;

	(void)state;
	for (p = known; *p != NULL; p++)
		assert_true(sark_permission_known(*p));
	for (p = unknown; *p != NULL; p++)
		assert_false(sark_permission_known(*p));
}

static const char *
joined(void *ctx, const char *const *list)
{
	struct sark_buf buf;

	sark_buf_init(&buf, ctx);
	sark_buf_str(&buf, "");
	for (; *list != NULL; list++) {
		sark_buf_str(&buf, *list);
		sark_buf_char(&buf, '|');
	}
	return buf.data;
}

static void
roles_permit_what_they_say(void **state)
{
	static const char *const none[] = { NULL };
	static const char *const two[] = { "auditor", "viewer", NULL };
	static const char *const own[] = { "audit:read", "tool:read", NULL };
	static const char *const scoped[] = { "developer", "team", "red", "",
		"auditor", "server", "s1", "audit:read", NULL };
	const struct sark_effective nobody = { none, none, none, 0 };
	const struct sark_effective both = { two, own, none, 0 };
	const struct sark_effective there = { none, none, scoped, 0 };

	assert_string_equal(
	    joined(*state, sark_rbac_effective(*state, &nobody)), "");
	assert_string_equal(joined(*state, sark_rbac_effective(*state, &both)),
	    "audit:read|policy:evaluate|server:read|tool:read|");
	/* Somewhere somebody, so he may ask; and no more than that. */
	assert_string_equal(joined(*state, sark_rbac_effective(*state, &there)),
	    "policy:evaluate|");
	assert_string_equal(joined(*state, sark_rbac_scoped(*state, scoped)),
	    "developer|team|red|server:read server:register tool:read "
	    "task:submit task:read|auditor|server|s1|audit:read|");
	assert_null(sark_rbac_built_in(*state, "auditor"));
	assert_string_equal(
	    joined(*state, sark_rbac_built_in(*state, "viewer")),
	    "policy:evaluate|server:read|tool:read|");
}

/* NULL: no group. */
static void
groups_have_one_form(void **state)
{
	static const struct {
		const char *written, *form;
	} rows[] = {
		{ "Ops", "ops" },
		{ "  Ops Team ", "ops team" },
		{ "ops, night", "ops, night" },
		{ "CN=Ops,OU=Groups,DC=example",
		    "cn=ops,ou=groups,dc=example" },
		{ " CN = Ops , OU=Groups,  DC=Example ",
		    "cn=ops,ou=groups,dc=example" },
		{ "cn=a+uid=b,dc=c", "cn=a+uid=b,dc=c" },
		{ "cn=a + uid = b ,dc=c", "cn=a+uid=b,dc=c" },
		/* what is escaped is part of the name */
		{ "cn=a\\, b,dc=c", "cn=a\\, b,dc=c" },
		{ "cn=a\\ ,dc=c", "cn=a\\ ,dc=c" },
		{ "cn=a\\  ,dc=c", "cn=a\\ ,dc=c" },
		{ "cn=a\\", "cn=a\\" },
		/* only the first equals sign is one */
		{ "cn=a = b,dc=c", "cn=a = b,dc=c" },
		{ "cn=\xc3\x84rzte,dc=c", "cn=\xc3\x84rzte,dc=c" },
		{ "", NULL },
		{ "   ", NULL },
		{ "a\nb", NULL },
		{ "a\x7f", NULL },
		{ "\xff", NULL },
	};
	char long_name[SARK_GROUP_MAX + 2];
	char *form;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		form = sark_group_normal(*state, rows[i].written);
		if (rows[i].form == NULL) {
			assert_null(form);
			continue;
		}
		assert_string_equal(form, rows[i].form);
		assert_string_equal(
		    sark_group_normal(*state, form), rows[i].form);
	}
	memset(long_name, 'a', sizeof(long_name));
	long_name[SARK_GROUP_MAX + 1] = '\0';
	assert_null(sark_group_normal(*state, long_name));
	long_name[SARK_GROUP_MAX] = '\0';
	assert_non_null(sark_group_normal(*state, long_name));
}

static void
times_of_day_are_read(void **state)
{
	static const struct {
		const char *text;
		int minutes;
	} rows[] = {
		{ "00:00", 0 },
		{ "00:01", 1 },
		{ "09:30", 570 },
		{ "23:59", 1439 },
		{ "24:00", 1440 },
		{ "24:01", -1 },
		{ "25:00", -1 },
		{ "09:60", -1 },
		{ "9:30", -1 },
		{ "09-30", -1 },
		{ "09:3", -1 },
		{ "09:300", -1 },
		{ "-1:30", -1 },
		{ "+9:30", -1 },
		{ "0x:30", -1 },
		{ "", -1 },
		{ "09:30:00", -1 },
		{ "99:99", -1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(rows); i++)
		assert_int_equal(
		    sark_window_minutes(rows[i].text), rows[i].minutes);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_words_of_the_catalogue_are_known),
		TEST(roles_permit_what_they_say),
		TEST(groups_have_one_form),
		TEST(times_of_day_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
