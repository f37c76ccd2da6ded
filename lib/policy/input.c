#include "policy/input.h"

#include <string.h>

#include "base/clock.h"
#include "json/writer.h"

static void
write_user(
    struct sark_jw *jw, const struct sark_subject *subject, int64_t now_s)
{
	sark_jw_open(jw, "user", '{');
	sark_jw_str(jw, "id", subject->user_id);
	sark_jw_str(jw, "username", subject->username);
	sark_jw_str(jw, "provider", subject->provider);
	sark_jw_list(jw, "roles", subject->roles);
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
	write_user(&jw, subject, caller->time_ns / 1000000000);
	sark_jw_str(&jw, "action", question->action);
	write_json(&jw, "tool", facts->tool);
	write_json(&jw, "server", facts->server);
	write_value(&jw, "resource", question->resource);
	write_value(&jw, "parameters", question->parameters);
	write_value(&jw, "context", question->context);
	write_request(&jw, caller);
	sark_jw_close(&jw);
}
