#include "net/http.h"

#include <curl/curl.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

struct sark_http {
	CURL *curl;
	int64_t timeout_ms;
};

/* An answer under way. */
struct incoming {
	struct sark_buf body;
	struct sark_http_answer *answer;
	void *ctx;
	bool too_large;
};

static int
close_curl(struct sark_http *http)
{
	curl_easy_cleanup(http->curl);
	return 0;
}

struct sark_http *
sark_http_new(void *ctx, int64_t timeout_ms, struct sark_err *err)
{
	struct sark_http *http = sark_new(ctx, struct sark_http);

	http->timeout_ms = timeout_ms;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		http->curl = curl_easy_init();
	if (http->curl == NULL) {
		sark_err_set(err, SARK_INTERNAL, "libcurl cannot be used");
		talloc_free(http);
		return NULL;
	}
	talloc_set_destructor(http, close_curl);
	return http;
}

static size_t
take_body(char *data, size_t size, size_t n, void *arg)
{
	struct incoming *in = arg;

	if (n * size > SARK_HTTP_ANSWER_MAX - in->body.len) {
		in->too_large = true;
		return 0;
	}
	sark_buf_add(&in->body, data, n * size);
	return n * size;
}

/* The value of a header line if it is the one named, else NULL. */
static const char *
value_of(struct incoming *in, const char *line, size_t len, const char *name)
{
	size_t n = strlen(name);
	char *found;

	if (len <= n || line[n] != ':')
		return NULL;
	found = sark_strndup(in->ctx, line, len);
	found[n] = '\0';
	if (!sark_str_eq_nocase(found, name))
		return NULL;
	found += n + 1;
	found += strspn(found, " \t");
	found[strcspn(found, "\r\n")] = '\0';
	return found;
}

static size_t
take_header(char *line, size_t size, size_t n, void *arg)
{
	struct incoming *in = arg;
	const char *value;

	value = value_of(in, line, n * size, "X-Request-ID");
	if (value != NULL)
		in->answer->request_id = value;
	value = value_of(in, line, n * size, "X-Cache-Status");
	if (value != NULL)
		in->answer->cache_status = value;
	return n * size;
}

static struct curl_slist *
headers_of(void *ctx, const struct sark_http_request *request)
{
	struct curl_slist *list = NULL;
	const char *const *header;

	list = curl_slist_append(list, "Accept: application/json");
	if (request->body != NULL)
		list =
		    curl_slist_append(list, "Content-Type: application/json");
	if (request->bearer != NULL)
		list = curl_slist_append(list,
		    sark_format(
			ctx, "Authorization: Bearer %s", request->bearer));
	for (header = request->headers; header != NULL && *header != NULL;
	     header++)
		list = curl_slist_append(list, *header);
	return list;
}

static void
set_up(CURL *curl, const struct sark_http_request *request,
    struct curl_slist *headers, int64_t timeout_ms, struct incoming *in)
{
	curl_easy_reset(curl);
	/* httpoxy: what the environment calls a proxy is not asked. */
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "sark");
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	if (request->body != NULL) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)strlen(request->body));
	}
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, in);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, in);
}

static int
failed(CURLcode code, const struct incoming *in, const char *url,
    struct sark_err *err)
{
	enum sark_code what = SARK_UNAVAILABLE;

	if (in->too_large)
		what = SARK_TOO_LARGE;
	else if (code == CURLE_OPERATION_TIMEDOUT)
		what = SARK_TIMEOUT;
	else if (code == CURLE_URL_MALFORMAT ||
	    code == CURLE_UNSUPPORTED_PROTOCOL)
		what = SARK_USAGE;
	return sark_err_set(err, what, "%s: %s", url, curl_easy_strerror(code));
}

int
sark_http_perform(struct sark_http *http, void *ctx,
    const struct sark_http_request *request, struct sark_http_answer *answer_r,
    struct sark_err *err)
{
	struct curl_slist *headers = headers_of(ctx, request);
	struct incoming in = { .answer = answer_r, .ctx = ctx };
	long status = 0;
	CURLcode code;

	sark_buf_init(&in.body, ctx);
	answer_r->request_id = answer_r->cache_status = "";
	set_up(http->curl, request, headers, http->timeout_ms, &in);
	code = curl_easy_perform(http->curl);
	curl_slist_free_all(headers);
	if (code != CURLE_OK)
		return failed(code, &in, request->url, err);
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
	answer_r->status = (int)status;
	answer_r->body = in.body.data;
	answer_r->len = in.body.len;
	return 0;
}

const char *
sark_http_escape(void *ctx, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	struct sark_buf out;

	sark_buf_init(&out, ctx);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("-._~", c) != NULL) {
			sark_buf_char(&out, *text);
			continue;
		}
		sark_buf_char(&out, '%');
		sark_buf_char(&out, digits[c >> 4]);
		sark_buf_char(&out, digits[c & 15]);
	}
	return out.data;
}
