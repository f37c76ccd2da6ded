/*
 * Users, sessions and generations on the servers that records.t gives:
 * SARK_TEST_PG, a migrated database, and SARK_TEST_REDIS, a socket.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "store/generations.h"
#include "store/pg.h"
#include "store/passwords.h"
#include "store/redis.h"
#include "store/schema.h"
#include "store/sessions.h"
#include "store/users.h"

#define TIMEOUT_MS 5000
#define DAY_S	   86400

struct stores {
	void *mem;
	struct sark_pg *login;
	struct sark_pg *admin;
	struct sark_pg *policy;
	struct sark_redis *redis;
	struct sark_err err;
};

static const char *const none[] = { NULL };

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
	s->policy = sark_pg_new(s, conninfo, "sark_policy", TIMEOUT_MS);
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
	user->created_at = sark_clock_ms();
	assert_int_equal(sark_tx_begin(&tx, s->admin, &s->err), 0);
	assert_int_equal(sark_users_insert(&tx, user, &s->err), 0);
	assert_int_equal(sark_tx_commit(&tx, &s->err), 0);
	return user;
}

static void
a_user_comes_back(void **state)
{
	struct stores *s = *state;
	struct sark_user *added = add_user(s, "alice"), *user;
	int64_t now = sark_clock_ms();

	assert_int_equal(
	    sark_users_by_username(s->login, s->mem, "alice", &user, &s->err),
	    1);
	assert_string_equal(user->user_id, added->user_id);
	assert_string_equal(user->email, "a@example.org");
	assert_string_equal(user->name, "A \"quoted\" name");
	assert_string_equal(user->provider, "local");
	assert_string_equal(user->password_hash, "$argon2id$x");
	assert_false(user->agent);
	assert_int_equal(user->disabled_at, 0);
	assert_int_equal(user->last_login_at, 0);
	assert_in_range(user->created_at, now - 60000, now + 60000);
	assert_null(user->roles[0]);
	assert_null(user->teams[0]);
	assert_int_equal(
	    sark_users_by_username(s->login, s->mem, "nobody", &user, &s->err),
	    0);
	assert_int_equal(
	    sark_users_by_id(s->login, s->mem, new_id(s->mem), &user, &s->err),
	    0);
}

static void
the_hash_is_for_few(void **state)
{
	struct stores *s = *state;
	struct sark_user *user;
	const char *id = add_user(s, "hash")->user_id;

	assert_int_equal(
	    sark_users_by_id(s->policy, s->mem, id, &user, &s->err), 1);
	assert_string_equal(user->password_hash, "");
	assert_int_equal(
	    sark_users_by_username(s->policy, s->mem, "hash", &user, &s->err),
	    -1);
	assert_int_equal(s->err.code, SARK_CONFIG);
	sark_err_init(&s->err);
}

static void
a_name_is_taken_once(void **state)
{
	struct stores *s = *state;
	struct sark_user user = *add_user(s, "taken");
	struct sark_tx tx;

	user.user_id = new_id(s->mem);
	user.username = "TAKEN";
	assert_int_equal(sark_tx_begin(&tx, s->admin, &s->err), 0);
	assert_int_equal(sark_users_insert(&tx, &user, &s->err), -1);
	assert_int_equal(s->err.code, SARK_CONFLICT);
	sark_tx_end(&tx);
	sark_err_init(&s->err);
}

static void
changes_of_a_user(void **state)
{
	struct stores *s = *state;
	const char *id = add_user(s, "changes")->user_id;
	struct sark_user *user, *before;
	const struct sark_password_change change = {
		.user_id = id, .hash = "other", .remembered = 2
	};
	struct sark_tx tx;

	assert_int_equal(sark_users_by_username(
			     s->login, s->mem, "changes", &before, &s->err),
	    1);
	assert_int_equal(sark_tx_begin(&tx, s->login, &s->err), 0);
	assert_int_equal(sark_users_touch_login(&tx, before, &s->err), 1);
	assert_int_equal(sark_users_set_hash(&tx, id, "better", &s->err), 0);
	assert_int_equal(sark_tx_commit(&tx, &s->err), 0);
	assert_int_equal(
	    sark_users_by_username(s->login, s->mem, "changes", &user, &s->err),
	    1);
	assert_string_equal(user->password_hash, "better");
	assert_true(user->last_login_at > 0);
	assert_int_equal(
	    user->password_changed_at, before->password_changed_at);

	/* its time is told by the millisecond */
	assert_int_equal(nanosleep(&(struct timespec){ 0, 2000000 }, NULL), 0);
	assert_int_equal(sark_tx_begin(&tx, s->admin, &s->err), 0);
	assert_int_equal(sark_passwords_set(&tx, &change, &s->err), 0);
	assert_int_equal(sark_users_set_disabled(&tx, id, true, &s->err), 0);
	assert_int_equal(sark_tx_commit(&tx, &s->err), 0);
	assert_int_equal(
	    sark_users_by_username(s->login, s->mem, "changes", &user, &s->err),
	    1);
	assert_string_equal(user->password_hash, "other");
	/* disabled, or with the password that was: no login */
	assert_int_equal(sark_tx_begin(&tx, s->login, &s->err), 0);
	assert_int_equal(sark_users_touch_login(&tx, user, &s->err), 0);
	sark_tx_end(&tx);
	assert_int_equal(sark_tx_begin(&tx, s->admin, &s->err), 0);
	assert_int_equal(sark_users_set_disabled(&tx, id, false, &s->err), 0);
	assert_int_equal(sark_tx_commit(&tx, &s->err), 0);
	assert_int_equal(sark_tx_begin(&tx, s->login, &s->err), 0);
	assert_int_equal(sark_users_touch_login(&tx, before, &s->err), 0);
	assert_int_equal(sark_users_touch_login(&tx, user, &s->err), 1);
	sark_tx_end(&tx);
	assert_int_equal(sark_tx_begin(&tx, s->admin, &s->err), 0);
	assert_int_equal(sark_users_set_disabled(&tx, id, true, &s->err), 0);
	assert_int_equal(sark_tx_commit(&tx, &s->err), 0);
	assert_true(user->password_changed_at > before->password_changed_at);
	assert_true(user->disabled_at > 0);

	assert_int_equal(sark_tx_begin(&tx, s->admin, &s->err), 0);
	assert_int_equal(sark_users_set_disabled(&tx, id, false, &s->err), 0);
	assert_int_equal(
	    sark_users_set_disabled(&tx, new_id(s->mem), true, &s->err), -1);
	assert_int_equal(s->err.code, SARK_NOT_FOUND);
	sark_err_init(&s->err);
	assert_int_equal(sark_tx_commit(&tx, &s->err), 0);
	assert_int_equal(
	    sark_users_by_id(s->login, s->mem, id, &user, &s->err), 1);
	assert_int_equal(user->disabled_at, 0);
}

static void
set_password(struct stores *s, const char *id, const char *hash)
{
	const struct sark_password_change change = { .user_id = id,
		.hash = hash,
		.change_required = true,
		.remembered = 3 };
	struct sark_tx tx;

	assert_int_equal(sark_tx_begin(&tx, s->admin, &s->err), 0);
	assert_int_equal(sark_passwords_set(&tx, &change, &s->err), 0);
	assert_int_equal(sark_tx_commit(&tx, &s->err), 0);
}

static void
passwords_are_remembered(void **state)
{
	struct stores *s = *state;
	const char *id = add_user(s, "remembers")->user_id;
	const char *const *hashes;
	struct sark_user *user;

	set_password(s, id, "second");
	set_password(s, id, "third");
	set_password(s, id, "fourth");
	assert_int_equal(
	    sark_passwords_last(s->login, s->mem, id, 9, &hashes, &s->err), 0);
	assert_string_equal(hashes[0], "fourth");
	assert_string_equal(hashes[1], "third");
	assert_string_equal(hashes[2], "second");
	assert_null(hashes[3]); /* three, as was said */
	assert_int_equal(
	    sark_passwords_last(s->admin, s->mem, id, 2, &hashes, &s->err), 0);
	assert_null(hashes[2]);
	assert_int_equal(
	    sark_users_by_id(s->policy, s->mem, id, &user, &s->err), 1);
	assert_true(user->password_change_required);
	assert_int_equal(
	    sark_passwords_last(s->policy, s->mem, id, 9, &hashes, &s->err),
	    -1);
	assert_int_equal(s->err.code, SARK_CONFIG);
	sark_err_init(&s->err);
}

static void
set_places(struct stores *s, const char *id, const char *const *roles,
    const char *const *teams, const char *const *managed)
{
	struct sark_tx tx;

	assert_int_equal(sark_tx_begin(&tx, s->admin, &s->err), 0);
	assert_int_equal(
	    sark_users_set_roles(&tx, id, roles, "admin", &s->err), 0);
	assert_int_equal(
	    sark_users_set_teams(&tx, id, teams, managed, &s->err), 0);
	assert_int_equal(sark_tx_commit(&tx, &s->err), 0);
}

static void
roles_and_teams(void **state)
{
	static const struct sark_stmt expire = { "test_expire", 1,
		"UPDATE sark.user_role SET expires_at = now()"
		" WHERE user_id = $1::uuid AND role = 'viewer'" };
	struct stores *s = *state;
	const char *id = add_user(s, "places")->user_id;
	struct sark_user *user;

	set_places(s, id, (const char *const[]){ "viewer", "admin", NULL },
	    (const char *const[]){ "red, \"odd\"", NULL },
	    (const char *const[]){ "blue", "red, \"odd\"", NULL });
	assert_int_equal(
	    sark_users_by_id(s->login, s->mem, id, &user, &s->err), 1);
	assert_string_equal(user->roles[0], "admin");
	assert_string_equal(user->roles[1], "viewer");
	assert_null(user->roles[2]);
	assert_string_equal(user->teams[0], "blue");
	assert_string_equal(user->teams[1], "red, \"odd\"");
	assert_null(user->teams[2]);
	assert_string_equal(user->managed_teams[1], "red, \"odd\"");

	assert_int_equal(sark_pg_exec(s->admin, &expire, &s->err, id), 1);
	assert_int_equal(
	    sark_users_by_id(s->login, s->mem, id, &user, &s->err), 1);
	assert_string_equal(user->roles[0], "admin");
	assert_null(user->roles[1]);

	set_places(s, id, none, none, none);
	assert_int_equal(
	    sark_users_by_id(s->login, s->mem, id, &user, &s->err), 1);
	assert_null(user->roles[0]);
	assert_null(user->teams[0]);
	assert_null(user->managed_teams[0]);
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
		.ttl_s = DAY_S };
}

static void
the_oldest_session_goes(void **state)
{
	struct stores *s = *state;
	const char *id = add_user(s, "sessions")->user_id;
	int64_t now = sark_clock_ms();
	struct sark_session sessions[4];
	struct sark_session_ends ends;
	struct sark_tx tx;

	/* the second is the oldest by creation, not by insertion */
	sessions[0] = session_of(s, id, now - 2000);
	sessions[1] = session_of(s, id, now - 3000);
	sessions[2] = session_of(s, id, now - 1000);
	sessions[3] = session_of(s, id, now);
	assert_int_equal(sark_tx_begin(&tx, s->login, &s->err), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(
		    sark_sessions_insert(&tx, &sessions[i], &s->err), 0);
	assert_int_equal(
	    sark_sessions_over_limit(&tx, s->mem, id, 4, &ends, &s->err), 0);
	assert_int_equal(ends.count, 0);
	assert_int_equal(
	    sark_sessions_over_limit(&tx, s->mem, id, 3, &ends, &s->err), 0);
	assert_int_equal(ends.count, 1);
	assert_string_equal(ends.items[0].session_id, sessions[1].session_id);
	assert_string_equal(ends.items[0].token_id, sessions[1].token_id);
	assert_int_equal(
	    sark_sessions_over_limit(&tx, s->mem, id, 3, &ends, &s->err), 0);
	assert_int_equal(ends.count, 0);

	/* another's session is not mine to end, and none ends twice */
	assert_int_equal(sark_sessions_revoke(&tx, s->mem, new_id(s->mem),
			     sessions[0].session_id, "logout", &ends, &s->err),
	    0);
	assert_int_equal(ends.count, 0);
	assert_int_equal(sark_sessions_revoke(&tx, s->mem, id,
			     sessions[0].session_id, "logout", &ends, &s->err),
	    0);
	assert_int_equal(ends.count, 1);
	assert_int_equal(sark_sessions_revoke(
			     &tx, s->mem, id, NULL, "logout", &ends, &s->err),
	    0);
	assert_int_equal(ends.count, 2);
	assert_int_equal(sark_tx_commit(&tx, &s->err), 0);
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
session_records(void **state)
{
	struct stores *s = *state;
	char *key = sark_sessions_key(s->mem, "user", "token");
	const char *next = sark_sessions_successor_key(s->mem, "token"),
		   *sealed;
	struct sark_session_end end = { "session", "user", "token" };
	const struct sark_session_ends ends = { 1, &end };

	assert_string_equal(key, "refresh_token:user:user:token");
	assert_int_equal(
	    sark_sessions_put(s->redis, key, "sealed", 100, NULL, &s->err), 0);
	assert_string_equal(redis_run(s, "GET", key)->str, "sealed");
	assert_in_range(redis_run(s, "TTL", key)->integer, 98, 100);
	assert_int_equal(
	    sark_sessions_get(s->redis, s->mem, key, &sealed, &s->err), 1);
	assert_string_equal(sealed, "sealed");
	assert_int_equal(
	    sark_sessions_put(s->redis, next, "next", 100, key, &s->err), 0);
	assert_int_equal(
	    sark_sessions_get(s->redis, s->mem, key, &sealed, &s->err), 0);
	assert_string_equal(redis_run(s, "GET", next)->str, "next");
	assert_int_equal(
	    sark_sessions_put(s->redis, key, "sealed", 100, NULL, &s->err), 0);
	assert_int_equal(sark_sessions_drop(s->redis, &ends, &s->err), 0);
	assert_int_equal(redis_run(s, "GET", key)->type, SARK_REPLY_NIL);
	assert_int_equal(
	    sark_sessions_put(s->redis, key, "sealed", 0, NULL, &s->err), -1);
	sark_err_init(&s->err);
}

static void
generations(void **state)
{
	static const struct sark_generation_of of[] = { { "user", "u" },
		{ "tool", "t" } };
	static const char hold[] = "policy:hold:user:u";
	static const char generation[] = "policy:generation:user:u";
	struct stores *s = *state;
	const char *first;

	assert_int_equal(sark_generations_hold(s->redis, of, 2, &s->err), 0);
	first = redis_run(s, "GET", generation)->str;
	assert_int_equal(strlen(first), 16);
	assert_int_equal(redis_run(s, "EXISTS", hold)->integer, 1);
	assert_in_range(redis_run(s, "TTL", hold)->integer,
	    SARK_GENERATION_HOLD_S - 2, SARK_GENERATION_HOLD_S);
	assert_int_equal(redis_run(s, "TTL", generation)->integer, -1);

	/* a second change at the same time: its hold outlives the first's */
	assert_int_equal(sark_generations_hold(s->redis, of, 1, &s->err), 0);
	assert_string_not_equal(redis_run(s, "GET", generation)->str, first);
	first = redis_run(s, "GET", generation)->str;
	sark_generations_release(s->redis, of, 2);
	/* what was kept under the held generation is gone for sure */
	assert_string_not_equal(redis_run(s, "GET", generation)->str, first);
	assert_int_equal(redis_run(s, "EXISTS", hold)->integer, 1);
	assert_int_equal(
	    redis_run(s, "EXISTS", "policy:hold:tool:t")->integer, 0);
	sark_generations_release(s->redis, of, 1);
	assert_int_equal(redis_run(s, "EXISTS", hold)->integer, 0);

	/* released once too often: no hold is owed to anybody */
	sark_generations_release(s->redis, of, 1);
	assert_int_equal(redis_run(s, "EXISTS", hold)->integer, 0);
	assert_int_equal(sark_generations_hold(s->redis, of, 1, &s->err), 0);
	assert_int_equal(redis_run(s, "EXISTS", hold)->integer, 1);
}

static void
the_schema_is_ours(void **state)
{
	struct stores *s = *state;

	assert_int_equal(sark_schema_check(s->login, &s->err), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_comes_back),
		cmocka_unit_test(the_hash_is_for_few),
		cmocka_unit_test(a_name_is_taken_once),
		cmocka_unit_test(changes_of_a_user),
		cmocka_unit_test(passwords_are_remembered),
		cmocka_unit_test(roles_and_teams),
		cmocka_unit_test(the_oldest_session_goes),
		cmocka_unit_test(session_records),
		cmocka_unit_test(generations),
		cmocka_unit_test(the_schema_is_ours),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
