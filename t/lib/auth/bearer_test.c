#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/bearer.h"
#include "auth/rbac.h"
#include "auth/token_cache.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "crypto/keyring.h"
#include "../crypto/mint.h"

/* Long enough for what has to happen before the end on a busy machine. */
#define LIFE_MS 4000
#define UUID	"01890a5d-ac96-774b-bcce-b302099a8057"
#define HEADER	"{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"" MINT_KID "\"}"

struct fixture {
	struct mint *mint;
	struct sark_conf conf;
	struct sark_app app;
};

static int
setup(void **state)
{
	struct fixture *f = sark_new(NULL, struct fixture);
	struct sark_err err;

	sark_err_init(&err);
	f->mint = mint_new(f);
	f->conf.issuer = "https://sark.test";
	f->conf.audience = "sark";
	f->conf.clock_leeway_s = 0;
	f->conf.token_cache_entries = 8;
	f->app.conf = &f->conf;
	f->app.mem = talloc_new(f);
	*state = f;
	return sark_keyring_open(f, f->mint->dir, false, &f->app.keys, &err);
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	mint_remove(f->mint);
	talloc_free(f);
	return 0;
}

/* A token for a name, good for some milliseconds from now. */
static char *
token_for(struct fixture *f, const char *name, int64_t ms)
{
	double now = (double)sark_clock_ms() / 1000;

	return mint_token(f, f->mint->private_pem, HEADER,
	    sark_format(f,
		"{\"iss\":\"https://sark.test\",\"aud\":\"sark\","
		"\"sub\":\"" UUID "\",\"jti\":\"" UUID "\",\"sid\":\"" UUID
		"\",\"username\":\"%s\",\"email\":\"%s@example.com\","
		"\"roles\":[\"viewer\",\"developer\"],\"teams\":[\"red\"],"
		"\"amr\":[\"pwd\",\"mfa\"],\"agent\":true,\"mfa_time\":12,"
		"\"iat\":%.3f,\"nbf\":%.3f,\"exp\":%.3f}",
		name, name, now - 1, now - 1, now + (double)ms / 1000));
}

static enum sark_code
bearer(struct fixture *f, const char *token, struct sark_caller *caller)
{
	struct sark_standing_slot *slot = NULL;
	struct sark_err err;

	sark_err_init(&err);
	talloc_free_children(f->app.mem);
	if (sark_auth_bearer(&f->app, token, caller, &slot, &err) == -1)
		return err.code;
	assert_string_equal(slot->user_id, UUID);
	assert_string_equal(slot->id, UUID);
	return SARK_OK;
}

static void
a_token_says_who_and_no_more(void **state)
{
	struct fixture *f = *state;
	struct sark_caller caller = { .client_ip = "::1", .time_ns = 7 };
	char *token = token_for(f, "alice", 60000);
	int round;

	/* The second time out of the cache, after its request is gone. */
	for (round = 0; round < 2; round++) {
		assert_int_equal(bearer(f, token, &caller), SARK_OK);
		assert_string_equal(caller.user_id, UUID);
		assert_string_equal(caller.session_id, UUID);
		assert_string_equal(caller.username, "alice");
		/* What he is and may is not the token's to say. */
		assert_string_equal(caller.email, "");
		assert_null(caller.roles[0]);
		assert_null(caller.teams[0]);
		assert_null(caller.managed_teams[0]);
		assert_null(caller.permissions[0]);
		assert_false(caller.mfa);
		assert_int_equal(caller.mfa_time, 0);
		assert_false(caller.agent);
		assert_null(caller.scopes);
		/* The request's part is not ours. */
		assert_string_equal(caller.client_ip, "::1");
		assert_int_equal(caller.time_ns, 7);
	}
}

static void
a_token_of_no_session_is_none(void **state)
{
	static const struct {
		const char *sub, *sid;
		enum sark_code code;
	} rows[] = {
		{ UUID, UUID, SARK_OK },
		{ UUID, "", SARK_INVALID_TOKEN },
		{ UUID, "mine", SARK_INVALID_TOKEN },
		{ "alice", UUID, SARK_INVALID_TOKEN },
		{ UUID, UUID "' OR true", SARK_INVALID_TOKEN },
	};
	struct fixture *f = *state;
	double now = (double)sark_clock_ms() / 1000;
	struct sark_caller caller;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++)
		assert_int_equal(
		    bearer(f,
			mint_token(f, f->mint->private_pem, HEADER,
			    sark_format(f,
				"{\"iss\":\"https://sark.test\","
				"\"aud\":\"sark\",\"jti\":\"" UUID "\","
				"\"sub\":\"%s\",\"sid\":\"%s\","
				"\"iat\":%.3f,\"nbf\":%.3f,\"exp\":%.3f}",
				rows[i].sub, rows[i].sid, now - 1, now - 1,
				now + 60)),
			&caller),
		    rows[i].code);
}

static void
many_tokens_stay_apart(void **state)
{
	struct fixture *f = *state;
	struct sark_caller caller;
	char *tokens[64], *name;
	size_t i, round;

	for (i = 0; i < SARK_COUNT(tokens); i++)
		tokens[i] = token_for(f, sark_format(f, "user%zu", i), 60000);
	for (round = 0; round < 3; round++)
		for (i = 0; i < SARK_COUNT(tokens); i++) {
			name = sark_format(f, "user%zu", i);
			assert_int_equal(
			    bearer(f, tokens[i], &caller), SARK_OK);
			assert_string_equal(caller.username, name);
		}
}

static void
a_remembered_token_still_expires(void **state)
{
	struct fixture *f = *state;
	struct sark_caller caller;
	char *token = token_for(f, "alice", LIFE_MS);

	assert_int_equal(bearer(f, token, &caller), SARK_OK);
	assert_int_equal(bearer(f, token, &caller), SARK_OK);
	usleep((LIFE_MS + 100) * 1000);
	assert_int_equal(bearer(f, token, &caller), SARK_TOKEN_EXPIRED);
	assert_int_equal(
	    bearer(f, token_for(f, "alice", 60000), &caller), SARK_OK);
}

static void
a_forged_token_is_not_remembered(void **state)
{
	struct fixture *f = *state;
	struct sark_caller caller;
	char *token = token_for(f, "alice", 60000);
	char *forged = sark_strdup(f, token);
	char *last = strrchr(forged, '.') + 5;

	*last = *last == 'A' ? 'B' : 'A';
	assert_int_equal(bearer(f, forged, &caller), SARK_INVALID_TOKEN);
	assert_int_equal(bearer(f, token, &caller), SARK_OK);
	assert_int_equal(bearer(f, forged, &caller), SARK_INVALID_TOKEN);
}

static void
without_a_cache_it_works_too(void **state)
{
	struct fixture *f = *state;
	struct sark_caller caller;
	char *token = token_for(f, "alice", 60000);

	f->conf.token_cache_entries = 0;
	assert_int_equal(bearer(f, token, &caller), SARK_OK);
	assert_int_equal(bearer(f, token, &caller), SARK_OK);
	assert_string_equal(caller.username, "alice");
}

/* JWT-25: a withdrawn key ends its tokens within two seconds. */
static void
jwt_25_a_withdrawn_key_ends_its_tokens(void **state)
{
	struct fixture *f = *state;
	int64_t now = sark_clock_ms();
	struct sark_key_entry keys[] = {
		{ MINT_KID, SARK_KEY_RETIRED, 1, now, now },
		{ MINT_OTHER, SARK_KEY_ACTIVE, 1, 0, 0 },
	};
	struct sark_keylist list = { keys, 2 };
	char *token = token_for(f, "alice", 60000);
	struct sark_caller caller;
	struct sark_err err;

	sark_err_init(&err);
	assert_int_equal(bearer(f, token, &caller), SARK_OK);
	/* The control: retired, but verifying a while longer. */
	keys[0].verify_until_ms = now + 3600000;
	assert_int_equal(sark_keylist_write(f->mint->dir, &list, &err), 0);
	usleep(1200000);
	assert_int_equal(bearer(f, token, &caller), SARK_OK);
	keys[0].verify_until_ms = now;
	assert_int_equal(sark_keylist_write(f->mint->dir, &list, &err), 0);
	usleep(1200000);
	assert_int_equal(bearer(f, token, &caller), SARK_INVALID_TOKEN);
}

static void
a_retired_key_ends_on_time_without_a_change(void **state)
{
	struct fixture *f = *state;
	int64_t now = sark_clock_ms();
	struct sark_key_entry keys[] = {
		{ MINT_KID, SARK_KEY_RETIRED, 1, now, now + LIFE_MS },
		{ MINT_OTHER, SARK_KEY_ACTIVE, 1, 0, 0 },
	};
	struct sark_keylist list = { keys, 2 };
	char *token = token_for(f, "alice", 60000);
	struct sark_caller caller;
	struct sark_err err;

	sark_err_init(&err);
	assert_int_equal(sark_keylist_write(f->mint->dir, &list, &err), 0);
	assert_int_equal(
	    sark_keyring_open(f, f->mint->dir, false, &f->app.keys, &err), 0);
	assert_int_equal(bearer(f, token, &caller), SARK_OK);
	usleep((LIFE_MS + 100) * 1000);
	assert_int_equal(bearer(f, token, &caller), SARK_TOKEN_EXPIRED);
}

static void
permissions_are_sorted_and_single(void **state)
{
	static const char *const roles[] = { "viewer", "developer", "viewer",
		"nobody-knows", NULL };
	static const char *const admin[] = { "admin", NULL };
	static const char *const none[] = { NULL };
	const char *const *list = sark_rbac_permissions(*state, roles);
	size_t i;

	assert_true(sark_str_in("policy:evaluate", list));
	assert_true(sark_str_in("server:register", list));
	assert_false(sark_str_in("*", list));
	for (i = 1; list[i] != NULL; i++)
		assert_true(strcmp(list[i - 1], list[i]) < 0);
	assert_true(sark_str_in("*", sark_rbac_permissions(*state, admin)));
	assert_null(sark_rbac_permissions(*state, none)[0]);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_token_says_who_and_no_more),
		TEST(a_token_of_no_session_is_none),
		TEST(many_tokens_stay_apart),
		TEST(a_remembered_token_still_expires),
		TEST(a_forged_token_is_not_remembered),
		TEST(without_a_cache_it_works_too),
		TEST(jwt_25_a_withdrawn_key_ends_its_tokens),
		TEST(a_retired_key_ends_on_time_without_a_change),
		TEST(permissions_are_sorted_and_single),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
