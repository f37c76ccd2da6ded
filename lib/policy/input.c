#include "policy/input.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/permission.h"
#include "base/str.h"
#include "json/writer.h"

/* Team and id of the server that is asked about, "" without. */
static struct sark_place
place_of(void *ctx, const struct sark_facts *facts)
{
	struct sark_place place = { "", "" };
	const struct sark_json *server;
	const char *text;
	struct sark_err err;

	sark_err_init(&err);
	if (*facts->server == '\0' ||
	    sark_json_parse_own(
		ctx, facts->server, strlen(facts->server), &server, &err) == -1)
		return place;
	text = sark_json_str(sark_json_get(server, "team"));
	if (text != NULL)
		place.team = text;
	text = sark_json_str(sark_json_get(server, "id"));
	if (text != NULL)
		place.server_id = text;
	return place;
}

/* The roles that count for this question: also those scoped to its server. */
static const char *const *
roles_here(void *ctx, const struct sark_subject *subject,
    const struct sark_facts *facts)
{
	const char *const *scoped = subject->scoped;
	const char **roles;
	struct sark_place place;
	size_t n = 0, more = 0, i;

	if (scoped == NULL || *scoped == NULL)
		return subject->roles;
	place = place_of(ctx, facts);
	while (subject->roles[n] != NULL)
		n++;
	while (scoped[more] != NULL)
		more++;
	roles = sark_new_array(ctx, const char *, n + more + 1);
	for (i = 0; i < n; i++)
		roles[i] = subject->roles[i];
	for (; *scoped != NULL; scoped += SARK_SCOPED_TEXTS)
		if (sark_scoped_here(scoped, &place) &&
		    !sark_str_in(scoped[SARK_SCOPED_ROLE], roles))
			roles[n++] = scoped[SARK_SCOPED_ROLE];
	return roles;
}

static void
write_user(struct sark_jw *jw, const struct sark_subject *subject,
    const struct sark_facts *facts, int64_t now_s)
{
	sark_jw_open(jw, "user", '{');
	sark_jw_str(jw, "id", subject->user_id);
	sark_jw_str(jw, "username", subject->username);
	sark_jw_str(jw, "provider", subject->provider);
	sark_jw_list(jw, "roles", roles_here(jw->buf->ctx, subject, facts));
	sark_jw_list(jw, "teams", subject->teams);
	sark_jw_list(jw, "managed_teams", subject->managed_teams);
	if (subject->scopes != NULL)
		sark_jw_list(jw, "scopes", subject->scopes);
	sark_jw_bool(jw, "mfa", subject->mfa);
	if (subject->mfa_time != 0)
		sark_jw_int(jw, "mfa_age",
		    now_s > subject->mfa_time ? now_s - subject->mfa_time : 0);
	sark_jw_bool(jw, "agent", subject->agent);
	sark_jw_close(jw);
}

static void
write_json(struct sark_jw *jw, const char *name, const char *text)
{
	if (*text != '\0')
		sark_jw_raw(jw, name, text, strlen(text));
}

static void
write_value(struct sark_jw *jw, const char *name, const struct sark_json *value)
{
	size_t len;
	const char *text;

	if (value == NULL)
		return;
	text = sark_json_text(jw->buf->ctx, value, &len);
	sark_jw_raw(jw, name, text, len);
}

static void
write_request(struct sark_jw *jw, const struct sark_caller *caller)
{
	sark_jw_open(jw, "request", '{');
	sark_jw_time(jw, "time", caller->time_ns / 1000000);
	sark_jw_int(jw, "time_ns", caller->time_ns);
	sark_jw_str(jw, "client_ip", caller->client_ip);
	sark_jw_str(jw, "user_agent", caller->user_agent);
	sark_jw_str(jw, "id", caller->request_id);
	sark_jw_close(jw);
}

void
sark_policy_input(struct sark_buf *out, const struct sark_subject *subject,
    const struct sark_question *question, const struct sark_facts *facts,
    const struct sark_caller *caller)
{
	struct sark_jw jw;

	sark_jw_init(&jw, out);
	sark_jw_open(&jw, NULL, '{');
	write_user(&jw, subject, facts, caller->time_ns / 1000000000);
	sark_jw_str(&jw, "action", question->action);
	write_json(&jw, "tool", facts->tool);
	write_json(&jw, "server", facts->server);
	write_value(&jw, "resource", question->resource);
	write_value(&jw, "parameters", question->parameters);
	write_value(&jw, "context", question->context);
	write_request(&jw, caller);
	sark_jw_close(&jw);
}
