/* Standings as Redis keeps them: exactly what was kept, or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auth/standing.h"
#include "auth/standing_record.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/netstring.h"
#include "base/permission.h"
#include "base/str.h"
#include "conf/conf.h"

#define UUID "01890a5d-ac96-774b-bcce-b302099a8057"

static const char *const none[] = { NULL };
static const char *const roles[] = { "auditors", "viewer", NULL };
static const char *const own[] = { "audit:read", NULL };
static const char *const scoped[] = { "operator", "team", "red", "", NULL };
static const struct sark_conf conf = { .mfa_required_roles = none };
static const char *const teams[] = { "", "a,b:c", "red", NULL };

static struct sark_standing
standing(void)
{
	struct sark_standing s = {
		.state = SARK_STANDING_GOOD,
		.who = { .user_id = UUID,
		    .username = "alice",
		    .email = "",
		    .name = "A, \"B\": 3:x,",
		    .provider = "local",
		    .teams = teams,
		    .managed_teams = none,
		    .mfa = true,
		    .mfa_time = 12 },
		.effective = { roles, own, scoped, 0 },
		.fresh_ms = 1795673974000,
		.until_ms = 1795677574000,
		.generation = "a1a0eb7ccbcee6b0",
		.all = "0123456789abcdef",
		.run = "ebea511f46fd980bee30cadf9fbcb464ca47845f",
	};

	return s;
}

static void
what_is_kept_comes_back(void **state)
{
	struct sark_standing kept = standing(), *back;
	const char *record = sark_standing_to_record(*state, &kept);
	const struct sark_caller *who;

	assert_int_equal(
	    sark_standing_from_record(*state, &conf, record, &back), 1);
	who = &back->who;
	assert_int_equal(back->state, SARK_STANDING_GOOD);
	assert_int_equal(back->fresh_ms, kept.fresh_ms);
	assert_int_equal(back->until_ms, kept.until_ms);
	assert_string_equal(back->generation, kept.generation);
	assert_string_equal(back->all, kept.all);
	assert_string_equal(back->run, kept.run);
	assert_string_equal(who->user_id, UUID);
	assert_string_equal(who->username, "alice");
	assert_string_equal(who->email, "");
	assert_string_equal(who->name, kept.who.name);
	assert_string_equal(who->provider, "local");
	assert_false(who->agent);
	assert_true(who->mfa);
	assert_int_equal(who->mfa_time, 12);
	assert_string_equal(who->teams[0], "");
	assert_string_equal(who->teams[1], "a,b:c");
	assert_null(who->managed_teams[0]);
	assert_string_equal(who->roles[1], "viewer");
	assert_null(who->roles[2]);
	/* permissions are those of built-in and of own roles */
	assert_true(sark_str_in("server:read", who->permissions));
	assert_true(sark_str_in("audit:read", who->permissions));
	assert_false(sark_str_in("*", who->permissions));
	assert_string_equal(who->scoped[SARK_SCOPED_ID], "red");
	assert_true(*who->scoped[SARK_SCOPED_PERMISSIONS] != '\0');
}

static void
a_part_of_a_record_is_none(void **state)
{
	struct sark_standing kept = standing(), *back;
	const char *record = sark_standing_to_record(*state, &kept);
	size_t n = strlen(record), i;

	for (i = 0; i < n; i++)
		assert_int_equal(sark_standing_from_record(*state, &conf,
				     sark_strndup(*state, record, i), &back),
		    0);
	assert_int_equal(sark_standing_from_record(*state, &conf,
			     sark_format(*state, "%s1:0,", record), &back),
	    0);
	assert_int_equal(
	    sark_standing_from_record(*state, &conf, record, &back), 1);
}

/* What was kept is all of it; what counts of it the settings say. */
static void
roles_wait_for_a_second_factor(void **state)
{
	static const char *const needing[] = { "auditors", NULL };
	static const char *const scoped_needing[] = { "operator", NULL };
	const struct sark_conf confs[] = { { .mfa_required_roles = needing },
		{ .mfa_required_roles = scoped_needing } };
	struct sark_standing kept = standing(), *back;
	const char *record;

	for (size_t i = 0; i < 4; i++) {
		kept.who.mfa = i >= 2;
		record = sark_standing_to_record(*state, &kept);
		assert_int_equal(sark_standing_from_record(
				     *state, &confs[i % 2], record, &back),
		    1);
		assert_int_equal(back->who.withheld, !kept.who.mfa);
		assert_int_equal(*back->who.roles != NULL, kept.who.mfa);
		assert_int_equal(*back->who.permissions != NULL, kept.who.mfa);
		assert_int_equal(*back->who.scoped != NULL, kept.who.mfa);
		assert_string_equal(back->effective.roles[0], "auditors");
	}
}

/* Whatever a length, a comma or a colon becomes, nothing is read beyond. */
static void
a_changed_byte_does_no_harm(void **state)
{
	static const char bytes[] = "0129-,:\377";
	struct sark_standing kept = standing(), *back;
	const char *record = sark_standing_to_record(*state, &kept);
	size_t n = strlen(record), i, j;
	char *text;

	for (i = 0; i < n; i++)
		for (j = 0; j < sizeof(bytes) - 1; j++) {
			text = sark_strdup(*state, record);
			text[i] = bytes[j];
			if (sark_standing_from_record(
				*state, &conf, text, &back) == 1)
				assert_int_equal(strlen(back->who.user_id), 36);
			talloc_free(text);
		}
}

static void
numbers_and_lists_have_bounds(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "1:2,36:", "1:1,36:" },	    /* another version */
		{ "1:2,36:", "-,36:" },		    /* none */
		{ ",1:1,5:alice", ",1:0,5:alice" }, /* no such state */
		{ ",1:1,5:alice", ",1:4,5:alice" },
		{ "5:local,1:0,1:1,", "5:local,1:2,1:1," }, /* no flag */
		{ "5:local,1:0,1:1,", "5:local,1:0,1:3," },
		{ "5:alice", "-" },
		{ "1:2,8:auditors", "2:-1,8:auditors" },
		{ "1:2,8:auditors", "9:999999999,8:auditors" },
		{ "1:4,8:operator", "1:3,8:operator" },
		{ "8:auditors", "-" },
	};
	struct sark_standing kept = standing(), *back;
	const char *record = sark_standing_to_record(*state, &kept), *at;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		at = strstr(record, rows[i].from);
		assert_non_null(at);
		assert_int_equal(
		    sark_standing_from_record(*state, &conf,
			sark_format(*state, "%.*s%s%s", (int)(at - record),
			    record, rows[i].to, at + strlen(rows[i].from)),
			&back),
		    0);
	}
}

static int
setup(void **state)
{
	*state = sark_mem_check(talloc_new(NULL));
	return 0;
}

static int
teardown(void **state)
{
	talloc_free(*state);
	return 0;
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_kept_comes_back),
		TEST(a_part_of_a_record_is_none),
		TEST(roles_wait_for_a_second_factor),
		TEST(a_changed_byte_does_no_harm),
		TEST(numbers_and_lists_have_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
