#include "serve/idempotency.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/netstring.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "http/idempotency.h"
#include "store/idempotency.h"
#include "store/pg.h"

/* One request under its key. */
struct once {
	struct sark_app *app;
	const struct sark_route *route;
	const struct sark_req *req;
	struct sark_resp *resp;
	struct sark_idempotency key;
	const char *place; /* of the sealed answer */
	bool taken;	   /* another request has committed under the key */
	bool done;	   /* this one has */
};

static const char *
digest_of(void *ctx, const struct sark_buf *buf)
{
	char digest[SARK_SHA256_TEXT];

	sark_sha256_hex(digest, buf->data, buf->len);
	return sark_strdup(ctx, digest);
}

/* A body may hold a password: without the key nobody can guess at it. */
static const char *
keyed(const struct once *once, const char *digest)
{
	void *ctx = once->req->mem;
	struct sark_buf buf;

	sark_buf_init(&buf, ctx);
	sark_buf_str(&buf,
	    sark_seal_sign(
		once->app->seal, ctx, "idempotency:request", digest));
	return digest_of(ctx, &buf);
}

static int
read_key(struct once *once, struct sark_err *err)
{
	const struct sark_req *req = once->req;
	struct sark_buf buf;
	const char *key;

	if (sark_idempotency_key(req->mem, req->idempotency_key, &key, err) ==
	    -1)
		return -1;
	once->key.caller_id = req->caller->user_id;
	once->key.route = sark_format(req->mem, "POST %s", once->route->path);
	sark_buf_init(&buf, req->mem);
	sark_buf_str(&buf, key);
	once->key.key_digest = digest_of(req->mem, &buf);
	sark_buf_reset(&buf);
	sark_netstring_add(&buf, "POST");
	sark_netstring_add(&buf, req->path);
	sark_buf_add(&buf, req->body, req->body_len);
	once->key.request_digest = keyed(once, digest_of(req->mem, &buf));
	once->place = sark_format(req->mem, "idempotency:%s:%s:%s",
	    once->key.caller_id, once->key.route, once->key.key_digest);
	return 0;
}

/* ---- what rides with the handler's transaction */

static int
begun(void *arg, struct sark_tx *tx, struct sark_err *err)
{
	struct once *once = arg;
	int claimed;

	if (once->done)
		return 0;
	claimed = sark_idempotency_claim(tx, &once->key, err);
	if (claimed == 0) {
		once->taken = true;
		return sark_err_set(err, SARK_IDEMPOTENCY_IN_PROGRESS,
		    "another request was first");
	}
	if (claimed == -1 && err->code == SARK_TIMEOUT) {
		sark_err_init(err);
		return sark_err_set(err, SARK_IDEMPOTENCY_IN_PROGRESS,
		    "the first request is not done yet");
	}
	return claimed == 1 ? 0 : -1;
}

/* The answer as it is sealed: type, headers, body. */
static char *
sealed(const struct once *once)
{
	const struct sark_resp *resp = once->resp;
	struct sark_buf text;
	char *out;

	sark_buf_init(&text, once->req->mem);
	sark_buf_format(&text, "%s\n", resp->type != NULL ? resp->type : "");
	sark_buf_add(&text, resp->headers.data, resp->headers.len);
	sark_buf_str(&text, "\r\n");
	sark_buf_add(&text, resp->body.data, resp->body.len);
	out = sark_seal_close(
	    once->app->seal, once->req->mem, text.data, text.len, once->place);
	talloc_free(text.data);
	return out;
}

static int
committing(void *arg, struct sark_tx *tx, struct sark_err *err)
{
	struct once *once = arg;
	int status = once->resp->status;

	if (once->done)
		return 0;
	if (status < 200 || status > 299)
		return sark_err_set(err, SARK_INTERNAL,
		    "the handler commits before it has answered");
	return sark_idempotency_keep(tx, &once->key, status, sealed(once), err);
}

static void
committed(void *arg)
{
	struct once *once = arg;

	once->done = true;
}

/* ---- what was done before */

static int
reopen(struct once *once, const struct sark_kept_answer *kept,
    struct sark_err *err)
{
	struct sark_resp *resp = once->resp;
	char *text, *headers, *body;
	size_t len;

	if (sark_seal_unseal(once->app->seal, once->req->mem, kept->answer,
		once->place, &text, &len) == 0)
		return sark_err_set(err, SARK_CONFLICT,
		    "this was done before, and its answer can no longer be "
		    "read");
	headers = text + strcspn(text, "\n") + 1;
	headers[-1] = '\0';
	/* Each header ends in CRLF, and one more ends them all. */
	for (body = headers; strncmp(body, "\r\n", 2) != 0;)
		body = strstr(body, "\r\n") + 2;
	sark_buf_reset(&resp->headers);
	sark_buf_reset(&resp->body);
	sark_buf_add(&resp->headers, headers, (size_t)(body - headers));
	body += 2;
	sark_buf_add(&resp->body, body, len - (size_t)(body - text));
	resp->type = *text == '\0' ? NULL : text;
	resp->status = kept->status;
	resp->cacheable = false;
	return sark_resp_header(resp, err, "Idempotent-Replayed", "true");
}

/* 1 the answer is that of before, 0 there is none, -1. */
static int
replay(struct once *once, struct sark_err *err)
{
	struct sark_kept_answer kept;
	int found;

	found = sark_idempotency_find(
	    once->app->pg, once->req->mem, &once->key, &kept, err);
	if (found != 1)
		return found;
	if (!sark_str_eq(kept.request_digest, once->key.request_digest))
		return sark_err_set(err, SARK_IDEMPOTENCY_KEY_REUSED,
		    "the key belongs to another request");
	return reopen(once, &kept, err) == -1 ? -1 : 1;
}

/*
 * Whether a commit whose answer was lost did happen.  Claiming the key once
 * more waits for that transaction, so what is seen then is final.
 * 1 it did, 0 it did not and never will, -1 unknown.
 */
static int
look_again(struct once *once)
{
	struct sark_err err;
	struct sark_tx tx;
	int claimed;

	sark_err_init(&err);
	if (sark_tx_begin(&tx, once->app->pg, &err) == -1)
		return -1;
	claimed = sark_idempotency_claim(&tx, &once->key, &err);
	sark_tx_end(&tx);
	return claimed == -1 ? -1 : claimed == 0;
}

static int
settle(struct once *once, struct sark_err *err)
{
	if (!once->taken)
		sark_log_err(SARK_LOG_WARNING, "outcome_by_key", err);
	if (err->code == SARK_UNCERTAIN) {
		switch (look_again(once)) {
		case 1:
			break;
		case 0:
			sark_err_init(err);
			return sark_err_set(err, SARK_UNAVAILABLE,
			    "the connection was lost before the commit");
		default:
			return -1;
		}
	}
	sark_err_init(err);
	if (replay(once, err) == 1)
		return 0;
	/* Gone already: it was a day old. */
	return sark_err_set(err, SARK_IDEMPOTENCY_IN_PROGRESS, "try again");
}

int
sark_idempotency_serve(struct sark_app *app, const struct sark_route *route,
    const struct sark_req *req, struct sark_resp *resp, struct sark_err *err)
{
	struct once once = {
		.app = app, .route = route, .req = req, .resp = resp
	};
	const struct sark_rider rider = { begun, committing, committed, &once };
	int found, ret;

	if (read_key(&once, err) == -1)
		return -1;
	found = replay(&once, err);
	if (found != 0)
		return found == 1 ? 0 : -1;
	sark_pg_ride(app->pg, &rider);
	ret = route->handler(app, req, resp, err);
	sark_pg_ride(app->pg, NULL);
	if (ret == 0 && !once.done)
		return sark_err_set(err, SARK_INTERNAL,
		    "the handler made nothing in a transaction");
	if (ret == -1 &&
	    (once.taken || once.done || err->code == SARK_UNCERTAIN))
		return settle(&once, err);
	return ret;
}
