/*
 * What counts of a session, on the servers that records.t gives: SARK_TEST_PG,
 * a migrated database, and SARK_TEST_REDIS, a socket.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "store/generations.h"
#include "store/pg.h"
#include "store/redis.h"
#include "store/sessions.h"
#include "store/standing.h"
#include "store/users.h"

#define TIMEOUT_MS 5000
#define DAY_MS	   INT64_C(86400000)

struct stores {
	void *mem;
	struct sark_pg *login;
	struct sark_pg *admin;
	struct sark_redis *redis;
	struct sark_err err;
};

static int
set_up(void **state)
{
	const char *conninfo = getenv("SARK_TEST_PG");
	const char *socket = getenv("SARK_TEST_REDIS");
	struct stores *s = sark_new(NULL, struct stores);

	if (conninfo == NULL || socket == NULL)
		return -1;
	s->mem = s;
	s->login = sark_pg_new(s, conninfo, "sark_login", TIMEOUT_MS);
	s->admin = sark_pg_new(s, conninfo, "sark_admin", TIMEOUT_MS);
	s->redis = sark_redis_new(s, socket, 0, TIMEOUT_MS);
	sark_err_init(&s->err);
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	return talloc_free(*state);
}

static char *
new_id(void *mem)
{
	char id[SARK_UUID_TEXT];

	sark_uuid_make(id);
	return sark_strdup(mem, id);
}

/* A user in the database; name is also its normal form. */
static struct sark_user *
add_user(struct stores *s, const char *name)
{
	struct sark_user *user = sark_new(s->mem, struct sark_user);
	struct sark_tx tx;

	user->user_id = new_id(s->mem);
	user->username = user->username_norm = name;
	user->email = "a@example.org";
	user->name = "A \"quoted\" name";
	user->provider = "local";
	user->password_hash = "$argon2id$x";
	assert_int_equal(sark_tx_begin(&tx, s->admin, &s->err), 0);
	assert_int_equal(sark_users_insert(&tx, user, &s->err), 0);
	assert_int_equal(sark_tx_commit(&tx, &s->err), 0);
	return user;
}

static struct sark_session
session_of(struct stores *s, const char *user_id, int64_t created_ms)
{
	return (struct sark_session){ .session_id = new_id(s->mem),
		.user_id = user_id,
		.token_id = new_id(s->mem),
		.secret_hash = "digest",
		.client_ip = "192.0.2.1",
		.user_agent = "test",
		.created_at = created_ms,
		.ttl_s = DAY_MS / 1000 };
}

/* One Redis command and the kind of its reply. */
static const struct sark_reply *
redis_run(struct stores *s, const char *verb, const char *key)
{
	const char *const argv[] = { verb, key };
	const struct sark_redis_cmd cmd = { 2, argv, NULL };
	const struct sark_reply *reply;

	assert_int_equal(
	    sark_redis_pipeline(s->redis, s->mem, &cmd, 1, &reply, &s->err), 0);
	return reply;
}

static void
a_first_generation_is_given_once(void **state)
{
	const struct sark_generation_of user = { "user", "first" };
	struct stores *s = *state;
	const char *word = NULL, *again = "not set";

	assert_int_equal(
	    sark_generations_begin(s->redis, s->mem, &user, &word, &s->err), 0);
	assert_string_equal(
	    redis_run(s, "GET", "policy:generation:user:first")->str, word);
	assert_int_equal(
	    sark_generations_begin(s->redis, s->mem, &user, &again, &s->err),
	    0);
	assert_null(again);
	assert_string_equal(
	    redis_run(s, "GET", "policy:generation:user:first")->str, word);
}

static struct sark_standing_row
standing_of(struct stores *s, const char *user_id, const char *session_id)
{
	struct sark_standing_row row;

	assert_int_equal(sark_standing_of_session(s->admin, s->mem, user_id,
			     session_id, &row, &s->err),
	    1);
	return row;
}

static void
what_counts_of_a_session(void **state)
{
	static const char *const roles[] = { "viewer", NULL };
	static const char *const teams[] = { "blue", "red", NULL };
	struct stores *s = *state;
	const char *id = add_user(s, "standing")->user_id;
	struct sark_session session = session_of(s, id, sark_clock_ms());
	const char *sid = session.session_id;
	struct sark_session_ends ends;
	struct sark_standing_row row;
	struct sark_tx tx;

	assert_false(standing_of(s, id, sid).live);
	assert_int_equal(sark_tx_begin(&tx, s->login, &s->err), 0);
	assert_int_equal(sark_sessions_insert(&tx, &session, &s->err), 0);
	assert_int_equal(sark_tx_commit(&tx, &s->err), 0);
	assert_int_equal(sark_tx_begin(&tx, s->admin, &s->err), 0);
	assert_int_equal(
	    sark_users_set_roles(&tx, id, roles, "test", &s->err), 0);
	assert_int_equal(
	    sark_users_set_teams(&tx, id, teams, teams + 1, &s->err), 0);
	assert_int_equal(sark_tx_commit(&tx, &s->err), 0);

	row = standing_of(s, id, sid);
	assert_true(row.live);
	assert_false(row.disabled);
	assert_string_equal(row.effective.roles[0], "viewer");
	assert_string_equal(row.teams[1], "red");
	assert_string_equal(row.managed_teams[0], "red");
	assert_false(row.mfa);
	assert_in_range(row.left_ms, DAY_MS - 60000, DAY_MS);
	/* another's session is none of his, an unknown user nobody */
	assert_false(standing_of(s, add_user(s, "other")->user_id, sid).live);
	assert_int_equal(sark_standing_of_session(s->admin, s->mem,
			     new_id(s->mem), sid, &row, &s->err),
	    0);

	assert_int_equal(sark_tx_begin(&tx, s->admin, &s->err), 0);
	assert_int_equal(
	    sark_sessions_revoke(&tx, s->mem, id, sid, "test", &ends, &s->err),
	    0);
	assert_int_equal(sark_users_set_disabled(&tx, id, true, &s->err), 0);
	assert_int_equal(sark_tx_commit(&tx, &s->err), 0);
	assert_false(standing_of(s, id, sid).live);
	assert_true(standing_of(s, id, sid).disabled);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_first_generation_is_given_once),
		cmocka_unit_test(what_counts_of_a_session),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
