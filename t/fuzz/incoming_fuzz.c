/*
 * A request's variables, "NAME=VALUE" a line, an empty line, the body.  What
 * a handler may rely on holds whatever the web server hands over, also when
 * the request is refused: an id, an address, a user agent that can be shown.
 * A path that is taken is taken again, as the same, in its plainest spelling.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "http/etag.h"
#include "http/idempotency.h"
#include "http/incoming.h"
#include "http/target.h"
#include "http/trace.h"

#define PLAIN                                                                \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~" \
	"/:@!$&'()*+,="

const char fuzz_name[] = "incoming";

static const struct sark_networks *
open_proxies(void)
{
	static const char *const list[] = { "127.0.0.1", "10.0.0.0/9",
		"fc00::/7", NULL };
	static struct sark_networks *proxies;
	struct sark_err err;

	sark_err_init(&err);
	if (proxies == NULL)
		fuzz_holds(sark_networks_make(NULL, list, &proxies, &err) == 0);
	return proxies;
}

/* Cuts the text into variables and what stands behind the empty line. */
static void
fill(struct sark_exchange *in, char *text, size_t len)
{
	struct sark_param param;
	char *end = text + len, *line = text, *newline, *equals;

	sark_exchange_reset(in);
	while (line < end && *line != '\n') {
		newline = memchr(line, '\n', (size_t)(end - line));
		if (newline == NULL)
			newline = end;
		*newline = '\0';
		equals = memchr(line, '=', (size_t)(newline - line));
		if (equals != NULL) {
			*equals = '\0';
			param.name = line;
			param.name_len = (uint32_t)(equals - line);
			param.value = equals + 1;
			param.value_len = (uint32_t)(newline - equals - 1);
			sark_exchange_add(in, &param);
		}
		line = newline + (newline < end);
	}
	in->body = line < end ? line + 1 : end;
	in->body_len = (size_t)(end - in->body);
}

static void
check_caller(const struct sark_incoming *incoming)
{
	const struct sark_caller *caller = &incoming->caller;
	char text[SARK_ADDRESS_TEXT], trace[SARK_TRACE_ID_TEXT];

	fuzz_holds(incoming->req.caller == caller);
	fuzz_holds(sark_request_id_valid(caller->request_id));
	fuzz_holds(strlen(caller->user_agent) <= SARK_USER_AGENT_MAX);
	fuzz_holds(
	    sark_str_utf8(caller->user_agent, strlen(caller->user_agent)));
	if (caller->client_ip[0] != '\0') {
		fuzz_holds(
		    sark_address_canonical(caller->client_ip, text) == 0);
		fuzz_holds(sark_str_eq(caller->client_ip, text));
	}
	fuzz_holds(
	    (incoming->traceparent != NULL) == (caller->trace_id[0] != '\0'));
	if (incoming->traceparent != NULL) {
		fuzz_holds(sark_trace_id(incoming->traceparent, trace) == 0);
		fuzz_holds(sark_str_eq(trace, caller->trace_id));
		fuzz_holds(strspn(trace, "0123456789abcdef") == 32);
	}
	fuzz_holds(caller->user_id[0] == '\0');
	fuzz_holds(caller->roles[0] == NULL);
	fuzz_holds(caller->permissions[0] == NULL);
}

/* The path as it would be written with as few escapes as there can be. */
static const char *
spell(void *ctx, const char *path)
{
	struct sark_buf out;

	sark_buf_init(&out, ctx);
	for (; *path != '\0'; path++) {
		if (strchr(PLAIN, *path) != NULL)
			sark_buf_char(&out, *path);
		else
			sark_buf_format(
			    &out, "%%%02X", (unsigned int)(unsigned char)*path);
	}
	return out.data;
}

static void
check_target(void *ctx, const struct sark_req *req)
{
	const char *path, *query;
	struct sark_err err;

	fuzz_holds(req->path[0] == '/');
	fuzz_holds(sark_str_utf8(req->path, strlen(req->path)));
	fuzz_holds(strpbrk(req->path, "\\;\r\n\t\x7f") == NULL);
	fuzz_holds(strstr(req->path, "//") == NULL);
	fuzz_holds(strstr(req->path, "/./") == NULL);
	fuzz_holds(strstr(req->path, "/../") == NULL);
	fuzz_holds(strpbrk(req->query, " #\"<>\\^`{|}\r\n") == NULL);
	if (strlen(req->path) > SARK_TARGET_PATH_MAX / 3)
		return;
	sark_err_init(&err);
	fuzz_holds(
	    sark_target_parse(ctx,
		sark_format(ctx, "%s?%s", spell(ctx, req->path), req->query),
		&path, &query, &err) == 0);
	fuzz_holds(sark_str_eq(path, req->path));
	fuzz_holds(sark_str_eq(query, req->query));
}

static void
check_json(const struct sark_incoming *incoming)
{
	const char *type = incoming->content_type;
	struct sark_err err;

	sark_err_init(&err);
	if (sark_incoming_json(incoming, &err) == 0)
		fuzz_holds(strncasecmp(type, "application/json", 16) == 0 &&
		    strchr(type, ',') == NULL);
	else
		fuzz_holds(err.code == SARK_BAD_REQUEST ||
		    err.code == SARK_UNSUPPORTED_MEDIA_TYPE);
}

/* A list of tags that is taken is taken again as it would be written. */
static void
check_tags(void *ctx, const char *value)
{
	struct sark_etags etags, again;
	struct sark_buf out;
	size_t i;

	if (value == NULL || sark_etags_parse(ctx, value, &etags) == -1)
		return;
	fuzz_holds(etags.any != (etags.count > 0));
	fuzz_holds(etags.count <= SARK_ETAGS);
	if (etags.any)
		return;
	sark_buf_init(&out, ctx);
	for (i = 0; i < etags.count; i++)
		sark_buf_format(&out, "%s%s\"%s\"", i > 0 ? ", " : "",
		    etags.items[i].weak ? "W/" : "", etags.items[i].opaque);
	fuzz_holds(sark_etags_parse(ctx, out.data, &again) == 0);
	fuzz_holds(again.count == etags.count);
	for (i = 0; i < etags.count; i++) {
		fuzz_holds(etags.items[i].weak == again.items[i].weak);
		fuzz_holds(
		    sark_str_eq(etags.items[i].opaque, again.items[i].opaque));
		fuzz_holds(
		    sark_etags_match(&etags, again.items[i].opaque, true));
	}
}

static void
check_key(void *ctx, const char *value)
{
	const char *key, *p;
	struct sark_err err;

	sark_err_init(&err);
	if (value == NULL)
		return;
	if (sark_idempotency_key(ctx, value, &key, &err) == -1) {
		fuzz_holds(err.code == SARK_BAD_REQUEST);
		return;
	}
	fuzz_holds(*key != '\0' && strlen(key) <= SARK_IDEMPOTENCY_KEY_MAX);
	for (p = key; *p != '\0'; p++)
		fuzz_holds(*p > 0x20 && *p < 0x7f);
	fuzz_holds(strlen(key) <= strlen(value));
}

static void
check_taken(void *ctx, const struct sark_incoming *incoming,
    const struct sark_exchange *in)
{
	const struct sark_credential *credential = &incoming->credential;
	char length[32];
	const char *said = sark_exchange_get(in, "CONTENT_LENGTH");

	check_target(ctx, &incoming->req);
	check_json(incoming);
	check_tags(ctx, incoming->req.if_match);
	check_tags(ctx, incoming->req.if_none_match);
	check_key(ctx, incoming->req.idempotency_key);
	fuzz_holds(credential->bearer == NULL || credential->api_key == NULL);
	fuzz_holds(credential->bearer == NULL ||
	    strpbrk(credential->bearer, " ,\t") == NULL);
	fuzz_holds(in->refused == SARK_OK);
	snprintf(length, sizeof(length), "%zu", in->body_len);
	fuzz_holds(said == NULL || *said == '\0'
		? in->body_len == 0
		: sark_str_eq(said + strspn(said, "0") -
			  (said[strspn(said, "0")] == '\0'),
		      length));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sark_exchange exchange;
	void *ctx = talloc_new(NULL);
	struct fuzz_input in = { data, size };
	struct sark_incoming incoming;
	struct sark_err err;

	fill(&exchange, fuzz_text(&in, ctx), size);
	sark_err_init(&err);
	if (sark_incoming_read(
		ctx, open_proxies(), &exchange, &incoming, &err) == 0)
		check_taken(ctx, &incoming, &exchange);
	else
		fuzz_holds(err.code == SARK_BAD_REQUEST ||
		    err.code == SARK_URI_TOO_LONG ||
		    err.code == SARK_HEADERS_TOO_LARGE);
	check_caller(&incoming);
	talloc_free(ctx);
	return 0;
}
