#include "client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"

#define TIMEOUT_MS   15000
#define KEY_FILE_MAX 1024

/* The code whose name the problem carries, else one for the status. */
static enum sark_code
code_of(const char *name, int status)
{
	int code;

	for (code = SARK_OK + 1; code < SARK_CODES; code++)
		if (sark_str_eq(name, sark_code_name((enum sark_code)code)))
			return (enum sark_code)code;
	return status >= 500 ? SARK_UNAVAILABLE : SARK_BAD_REQUEST;
}

static int
refuse(struct client *client, const struct sark_http_answer *answer,
    const struct sark_json *problem, struct sark_err *err)
{
	const struct sark_json *errors = sark_json_get(problem, "errors");
	const char *detail = client_text(client->ctx, problem, "/detail");
	const char *title = client_text(client->ctx, problem, "/title");
	struct sark_buf text;
	size_t i;

	sark_buf_init(&text, client->ctx);
	if (*title == '\0')
		sark_buf_format(&text, "HTTP status %d", answer->status);
	sark_buf_str(&text, title);
	if (*detail != '\0' && !sark_str_eq(detail, title))
		sark_buf_format(&text, ": %s", detail);
	for (i = 0; i < sark_json_count(errors); i++) {
		const struct sark_json *one = sark_json_element(errors, i);

		sark_buf_format(&text, "\n  %s: %s",
		    client_text(client->ctx, one, "/field"),
		    client_text(client->ctx, one, "/message"));
	}
	if (*answer->request_id != '\0')
		sark_buf_format(&text, "\n  request %s", answer->request_id);
	return sark_err_set(err,
	    code_of(client_text(client->ctx, problem, "/code"), answer->status),
	    "%s", text.data);
}

/* Where to send requests: what was said, else where the login came from. */
static int
find_server(struct client *client, struct sark_err *err)
{
	size_t n;

	if (client->url == NULL)
		client->url = getenv("SARK_URL");
	if (client->url == NULL)
		client->url = client->session.url;
	n = strlen(client->url);
	while (n > 0 && client->url[n - 1] == '/')
		n--;
	if (n == 0)
		return sark_err_set(err, SARK_USAGE,
		    "which server? give --url or set SARK_URL");
	client->url = sark_strndup(client->ctx, client->url, n);
	return 0;
}

/* Whether credentials would cross a network that others read. */
static bool
in_clear(const char *url)
{
	static const char *const here[] = { "localhost", "127.0.0.1", "[::1]" };
	size_t i, n;

	if (!sark_str_starts(url, "http://"))
		return false;
	url += strlen("http://");
	for (i = 0; i < SARK_COUNT(here); i++) {
		n = strlen(here[i]);
		if (sark_str_starts(url, here[i]) &&
		    (url[n] == '\0' || url[n] == ':' || url[n] == '/'))
			return false;
	}
	return true;
}

/* The first line of the file of an API key. */
static int
read_key(struct client *client, struct sark_err *err)
{
	size_t len;
	char *text;

	if (sark_file_read_secret(client->ctx, client->key_file, KEY_FILE_MAX,
		&text, &len, err) == -1)
		return -1;
	text[strcspn(text, "\r\n")] = '\0';
	if (*text == '\0')
		return sark_err_set(
		    err, SARK_CONFIG, "%s: no API key", client->key_file);
	client->api_key = text;
	return 0;
}

/* With whose credential; a token is for the server that gave it alone. */
static int
find_credential(struct client *client, bool anonymous, struct sark_err *err)
{
	struct sark_err none;

	sark_err_init(&none);
	if (client->key_file != NULL)
		return read_key(client, err);
	if (session_read(client->ctx, client->session_file, &client->session,
		anonymous ? &none : err) == -1 &&
	    !anonymous)
		return -1;
	return 0;
}

int
client_open(struct client *client, bool anonymous, struct sark_err *err)
{
	if (client->http != NULL)
		return 0;
	if (find_credential(client, anonymous, err) == -1 ||
	    find_server(client, err) == -1)
		return -1;
	if (in_clear(client->url) && !client->insecure)
		return sark_err_set(err, SARK_USAGE,
		    "%s: passwords and tokens would travel in clear text; "
		    "use https, or --insecure",
		    client->url);
	if (!anonymous && client->api_key == NULL &&
	    !sark_str_eq(client->url, client->session.url))
		return sark_err_set(err, SARK_UNAUTHENTICATED,
		    "you are logged in to %s, not to %s: sarkctl login",
		    client->session.url, client->url);
	client->http = sark_http_new(client->ctx, TIMEOUT_MS, err);
	return client->http == NULL ? -1 : 0;
}

/* The headers of a call, and one more. */
static const char *const *
and_header(struct client *client, const char *const *headers, const char *more)
{
	const char **all;
	size_t n = 0;

	while (headers != NULL && headers[n] != NULL)
		n++;
	all = sark_new_array(client->ctx, const char *, n + 2);
	if (n > 0)
		memcpy(all, headers, n * sizeof(*headers));
	all[n] = more;
	return all;
}

static const char *const *
with_key(struct client *client, const struct call *call)
{
	char key[SARK_UUID_TEXT];

	sark_uuid_make(key);
	return and_header(client, call->headers,
	    sark_format(client->ctx, "Idempotency-Key: \"%s\"", key));
}

static int
perform(struct client *client, const struct call *call,
    struct sark_http_answer *answer_r, struct sark_err *err)
{
	struct sark_http_request request = { .method = call->method,
		.ca = client->ca,
		.body = call->body,
		.headers = call->headers };

	if (client_open(client, call->anonymous, err) == -1)
		return -1;
	request.url = sark_format(client->ctx, "%s%s", client->url, call->path);
	if (!call->anonymous && client->api_key != NULL)
		request.headers = and_header(client, call->headers,
		    sark_format(client->ctx, "X-API-Key: %s", client->api_key));
	else if (!call->anonymous)
		request.bearer = client->session.access_token;
	return sark_http_perform(
	    client->http, client->ctx, &request, answer_r, err);
}

static int
call_once(struct client *client, const struct call *call,
    struct sark_http_answer *answer_r, const struct sark_json **value_r,
    struct sark_err *err)
{
	struct sark_err parse;

	if (perform(client, call, answer_r, err) == -1)
		return -1;
	sark_err_init(&parse);
	*value_r = NULL;
	if (sark_json_parse(client->ctx, answer_r->body, answer_r->len, value_r,
		&parse) == -1 &&
	    answer_r->status < 400 && answer_r->status != 204)
		return sark_err_set(err, SARK_UNAVAILABLE,
		    "%s does not answer as SARK does", client->url);
	if (answer_r->status >= 400)
		return refuse(client, answer_r, *value_r, err);
	return 0;
}

/* The same, once more with another token when the one that is kept expired. */
static int
call_fresh(struct client *client, const struct call *call,
    struct sark_http_answer *answer_r, const struct sark_json **value_r,
    struct sark_err *err)
{
	if (call_once(client, call, answer_r, value_r, err) == 0)
		return 0;
	if (err->code != SARK_TOKEN_EXPIRED || call->anonymous ||
	    *client->session.refresh_token == '\0')
		return -1;
	sark_err_init(err);
	if (client_refresh(client, err) == 0)
		return call_once(client, call, answer_r, value_r, err);
	if (err->code != SARK_INVALID_REFRESH_TOKEN)
		return -1;
	sark_err_init(err);
	return sark_err_set(
	    err, SARK_UNAUTHENTICATED, "your session is over: sarkctl login");
}

/* Whether nobody can say from this what became of the request. */
static bool
unknown(enum sark_code code)
{
	return code == SARK_UNAVAILABLE || code == SARK_TIMEOUT ||
	    code == SARK_UNCERTAIN || code == SARK_IDEMPOTENCY_IN_PROGRESS;
}

int
client_call(struct client *client, const struct call *call,
    struct sark_http_answer *answer_r, const struct sark_json **value_r,
    struct sark_err *err)
{
	static const struct timespec pause = { .tv_sec = 1 };
	struct call keyed = *call;

	if (!call->creates)
		return call_fresh(client, call, answer_r, value_r, err);
	keyed.headers = with_key(client, call);
	if (call_fresh(client, &keyed, answer_r, value_r, err) == 0)
		return 0;
	if (!unknown(err->code))
		return -1;
	nanosleep(&pause, NULL);
	sark_err_init(err);
	return call_fresh(client, &keyed, answer_r, value_r, err);
}

const char *
client_text(void *ctx, const struct sark_json *value, const char *pointer)
{
	const struct sark_json *member = sark_json_at(value, pointer);
	const char *text = sark_json_str(member);
	size_t len;

	if (text != NULL)
		return text;
	return sark_json_type(member) == SARK_JSON_NULL
	    ? ""
	    : sark_json_text(ctx, member, &len);
}

void
client_query(struct sark_buf *path, const char *name, const char *value)
{
	if (value == NULL)
		return;
	sark_buf_format(path, "%c%s=%s",
	    strchr(path->data, '?') == NULL ? '?' : '&', name,
	    sark_http_escape(path->ctx, value));
}
