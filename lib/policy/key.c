#include "policy/key.h"

#include "base/buf.h"
#include "base/netstring.h"

static void
add_json(struct sark_buf *buf, const struct sark_json *value)
{
	size_t len;

	sark_netstring_add(
	    buf, value == NULL ? NULL : sark_json_text(buf->ctx, value, &len));
}

/*
 * Another subject's roles are the database's: his generation stands for
 * them.  The caller's own are those of his token, so they are spelled out.
 */
static void
add_subject(struct sark_buf *buf, const struct sark_subject *subject)
{
	sark_netstring_add(buf, subject->user_id);
	sark_netstring_add_int(buf, subject->other);
	if (subject->other)
		return;
	sark_netstring_add(buf, subject->username);
	sark_netstring_add(buf, subject->provider);
	sark_netstring_add_list(buf, subject->roles);
	sark_netstring_add_list(buf, subject->teams);
	sark_netstring_add_list(buf, subject->managed_teams);
	sark_netstring_add_int(buf, subject->scopes != NULL);
	sark_netstring_add_list(buf, subject->scopes);
	sark_netstring_add_list(buf, subject->scoped);
	sark_netstring_add_int(buf, subject->mfa);
	sark_netstring_add_int(buf, subject->mfa_time);
	sark_netstring_add_int(buf, subject->agent);
}

void
sark_key_of_decision(char key[SARK_SHA256_TEXT], void *ctx,
    const struct sark_cache_query *query,
    const struct sark_generations *generations)
{
	const struct sark_question *question = query->question;
	struct sark_buf buf;

	sark_buf_init(&buf, ctx);
	sark_netstring_add(&buf, "decision 2");
	sark_netstring_add(&buf, query->revision);
	sark_netstring_add(&buf, generations->run);
	sark_netstring_add(&buf, generations->all);
	sark_netstring_add(&buf, generations->user);
	sark_netstring_add(&buf, generations->tool);
	sark_netstring_add(&buf, generations->server);
	add_subject(&buf, query->subject);
	sark_netstring_add(&buf, question->action);
	sark_netstring_add(&buf, question->tool);
	sark_netstring_add(&buf, question->server_id);
	add_json(&buf, question->resource);
	add_json(&buf, question->parameters);
	add_json(&buf, question->context);
	sark_netstring_add(&buf, query->caller->client_ip);
	sark_netstring_add(&buf, query->caller->user_agent);
	sark_sha256_hex(key, buf.data, buf.len);
}

void
sark_key_of_facts(char key[SARK_SHA256_TEXT], void *ctx,
    const struct sark_question *question,
    const struct sark_generations *generations)
{
	struct sark_buf buf;

	sark_buf_init(&buf, ctx);
	sark_netstring_add(&buf, "facts 1");
	sark_netstring_add(&buf, generations->run);
	sark_netstring_add(&buf, generations->all);
	sark_netstring_add(&buf, generations->tool);
	sark_netstring_add(&buf, generations->server);
	sark_netstring_add(&buf, question->tool);
	sark_netstring_add(&buf, question->server_id);
	sark_sha256_hex(key, buf.data, buf.len);
}
