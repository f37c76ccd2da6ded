/* OPA-01, OPA-02: nothing that the policy can see is missing from the key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "policy/key.h"

/* Everything a key is made of, in one place to change. */
struct world {
	void *ctx;
	struct sark_caller caller;
	struct sark_subject subject;
	struct sark_question question;
	struct sark_generations generations;
	const char *revision;
};

static const char *const roles[] = { "developer", NULL };
static const char *const more_roles[] = { "developer", "admin", NULL };
static const char *const glued_roles[] = { "developeradmin", NULL };
static const char *const none[] = { NULL };

static const struct sark_json *
json(struct world *world, const char *text)
{
	const struct sark_json *value;
	struct sark_err err;

	sark_err_init(&err);
	assert_int_equal(
	    sark_json_parse(world->ctx, text, strlen(text), &value, &err), 0);
	return value;
}

static void
make(struct world *world, void *ctx)
{
	memset(world, 0, sizeof(*world));
	world->ctx = ctx;
	world->caller.client_ip = "10.0.0.1";
	world->caller.user_agent = "agent";
	world->subject.user_id = "u";
	world->subject.username = "name";
	world->subject.provider = "local";
	world->subject.roles = roles;
	world->subject.teams = roles;
	world->subject.managed_teams = none;
	world->question.action = "tool:invoke";
	world->question.tool = "jira.get";
	sark_str_copy(world->generations.run, SARK_GENERATION_TEXT, "0");
	sark_str_copy(world->generations.all, SARK_GENERATION_TEXT, "0");
	world->revision = "r1";
}

static void
key(struct world *world, char out[SARK_SHA256_TEXT])
{
	const struct sark_cache_query query = { &world->caller, &world->subject,
		&world->question, world->revision };

	sark_key_of_decision(out, world->ctx, &query, &world->generations);
}

/* clang-format off */
static void action(struct world *w) { w->question.action = "tool:discover"; }
static void tool(struct world *w) { w->question.tool = "jira.put"; }
static void no_tool(struct world *w) { w->question.tool = NULL; }
static void empty_tool(struct world *w) { w->question.tool = ""; }
static void server(struct world *w) { w->question.server_id = "s"; }
static void resource(struct world *w) { w->question.resource = json(w, "\"r\""); }
static void resource_object(struct world *w) { w->question.resource = json(w, "{\"type\":\"r\",\"id\":\"1\"}"); }
static void parameters(struct world *w) { w->question.parameters = json(w, "{\"a\":1}"); }
static void other_parameters(struct world *w) { w->question.parameters = json(w, "{\"a\":\"1\"}"); }
static void no_parameters(struct world *w) { w->question.parameters = json(w, "{}"); }
static void context(struct world *w) { w->question.context = json(w, "{\"a\":1}"); }
static void address(struct world *w) { w->caller.client_ip = "10.0.0.2"; }
static void agent_text(struct world *w) { w->caller.user_agent = "agent2"; }
static void user(struct world *w) { w->subject.user_id = "v"; }
static void username(struct world *w) { w->subject.username = "other"; }
static void provider(struct world *w) { w->subject.provider = "ldap"; }
static void role(struct world *w) { w->subject.roles = more_roles; }
static void role_glued(struct world *w) { w->subject.roles = glued_roles; }
static void role_none(struct world *w) { w->subject.roles = none; }
static void team(struct world *w) { w->subject.teams = more_roles; }
static void manager(struct world *w) { w->subject.managed_teams = roles; }
static void scope(struct world *w) { w->subject.scopes = roles; }
static void scope_none(struct world *w) { w->subject.scopes = none; }
static void mfa(struct world *w) { w->subject.mfa = true; }
static void mfa_time(struct world *w) { w->subject.mfa_time = 1; }
static void agent(struct world *w) { w->subject.agent = true; }
static void other(struct world *w) { w->subject.other = true; }
static void revision(struct world *w) { w->revision = "r2"; }
static void of_run(struct world *w) { sark_str_copy(w->generations.run, SARK_GENERATION_TEXT, "1"); }
static void of_all(struct world *w) { sark_str_copy(w->generations.all, SARK_GENERATION_TEXT, "1"); }
static void of_user(struct world *w) { sark_str_copy(w->generations.user, SARK_GENERATION_TEXT, "1"); }
static void of_tool(struct world *w) { sark_str_copy(w->generations.tool, SARK_GENERATION_TEXT, "1"); }
static void of_server(struct world *w) { sark_str_copy(w->generations.server, SARK_GENERATION_TEXT, "1"); }

static void (*const changes[])(struct world *) = { action, tool, no_tool,
	empty_tool, server, resource, resource_object, parameters,
	other_parameters, no_parameters, context, address, agent_text, user,
	username, provider, role, role_glued, role_none, team, manager, scope,
	scope_none, mfa, mfa_time, agent, other, revision, of_run, of_all,
	of_user, of_tool, of_server };
/* clang-format on */

static void
each_change_moves_the_key(void **state)
{
	char keys[SARK_COUNT(changes) + 1][SARK_SHA256_TEXT];
	void *ctx = talloc_new(NULL);
	struct world world;
	size_t i, j;

	(void)state;
	make(&world, ctx);
	key(&world, keys[SARK_COUNT(changes)]);
	for (i = 0; i < SARK_COUNT(changes); i++) {
		make(&world, ctx);
		changes[i](&world);
		key(&world, keys[i]);
	}
	for (i = 0; i <= SARK_COUNT(changes); i++)
		for (j = 0; j < i; j++)
			assert_string_not_equal(keys[i], keys[j]);
	talloc_free(ctx);
}

/* The control: what is the same has the same key, wherever it lies. */
static void
the_same_has_the_same_key(void **state)
{
	char one[SARK_SHA256_TEXT], two[SARK_SHA256_TEXT];
	void *ctx = talloc_new(NULL);
	struct world world;

	(void)state;
	make(&world, ctx);
	parameters(&world);
	key(&world, one);
	make(&world, ctx);
	world.question.parameters = json(&world, " { \"a\" : 1 } ");
	world.caller.request_id = "another";
	world.caller.time_ns = 5;
	key(&world, two);
	assert_string_equal(one, two);
	talloc_free(ctx);
}

/* OPA-01: texts that look alike when glued together stay apart. */
static void
delimiters_do_not_blur(void **state)
{
	static const char *const pairs[][2] = { { "a|b", "c" }, { "a", "b|c" },
		{ "a:1", "c" }, { "a", ":1c" }, { "1:a,", "c" },
		{ "a,1:c", "" }, { "-", "" }, { "", "-" }, { "a", "1:c,-," } };
	char keys[SARK_COUNT(pairs)][SARK_SHA256_TEXT];
	void *ctx = talloc_new(NULL);
	struct world world;
	size_t i, j;

	(void)state;
	for (i = 0; i < SARK_COUNT(pairs); i++) {
		make(&world, ctx);
		world.question.action = pairs[i][0];
		world.question.tool = pairs[i][1];
		key(&world, keys[i]);
		for (j = 0; j < i; j++)
			assert_string_not_equal(keys[i], keys[j]);
	}
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_moves_the_key),
		cmocka_unit_test(the_same_has_the_same_key),
		cmocka_unit_test(delimiters_do_not_blur),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
