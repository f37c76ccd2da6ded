#include "net/http.h"

#include <curl/curl.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

/* An answer under way. */
struct incoming {
	struct sark_buf body;
	struct sark_http_answer *answer;
	struct curl_slist *headers; /* of the request */
	const char *url;
	void *ctx;
	bool too_large;
};

struct sark_http {
	CURL *curl;
	CURLM *multi; /* of the request that was started */
	bool running;
	struct incoming in;
	int64_t timeout_ms;
};

/* Lets go of the request. */
static void
end(struct sark_http *http)
{
	if (http->running)
		curl_multi_remove_handle(http->multi, http->curl);
	http->running = false;
	curl_slist_free_all(http->in.headers);
	http->in.headers = NULL;
}

static int
close_curl(struct sark_http *http)
{
	end(http);
	curl_easy_cleanup(http->curl);
	curl_multi_cleanup(http->multi);
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
set_up(struct sark_http *http, void *ctx,
    const struct sark_http_request *request, struct sark_http_answer *answer)
{
	struct incoming *in = &http->in;
	size_t len = request->len;
	CURL *curl = http->curl;

	memset(in, 0, sizeof(*in));
	memset(answer, 0, sizeof(*answer));
	answer->request_id = answer->cache_status = "";
	in->answer = answer;
	in->ctx = ctx;
	in->url = sark_strdup(ctx, request->url);
	in->headers = headers_of(ctx, request);
	sark_buf_init(&in->body, ctx);
	curl_easy_reset(curl);
	/* httpoxy: what the environment calls a proxy is not asked. */
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	if (request->ca != NULL) {
		curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca);
		curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	}
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)http->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "sark");
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, in->headers);
	if (request->body != NULL) {
		if (len == 0)
			len = strlen(request->body);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
		curl_easy_setopt(
		    curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
	}
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, in);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, in);
}

static int
failed(CURLcode code, const struct incoming *in, struct sark_err *err)
{
	enum sark_code what = SARK_UNAVAILABLE;

	if (in->too_large)
		what = SARK_TOO_LARGE;
	else if (code == CURLE_OPERATION_TIMEDOUT)
		what = SARK_TIMEOUT;
	else if (code == CURLE_URL_MALFORMAT ||
	    code == CURLE_UNSUPPORTED_PROTOCOL)
		what = SARK_USAGE;
	return sark_err_set(
	    err, what, "%s: %s", in->url, curl_easy_strerror(code));
}

/* The request is over: fills the answer. */
static int
finish(struct sark_http *http, CURLcode code, struct sark_err *err)
{
	struct sark_http_answer *answer = http->in.answer;
	curl_off_t retry_after = 0;
	long status = 0;

	end(http);
	if (code != CURLE_OK)
		return failed(code, &http->in, err);
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(http->curl, CURLINFO_RETRY_AFTER, &retry_after);
	answer->status = (int)status;
	answer->retry_after_s = retry_after;
	answer->body = http->in.body.data;
	answer->len = http->in.body.len;
	return 0;
}

int
sark_http_perform(struct sark_http *http, void *ctx,
    const struct sark_http_request *request, struct sark_http_answer *answer_r,
    struct sark_err *err)
{
	set_up(http, ctx, request, answer_r);
	return finish(http, curl_easy_perform(http->curl), err);
}

int
sark_http_start(struct sark_http *http, void *ctx,
    const struct sark_http_request *request, struct sark_http_answer *answer_r,
    struct sark_err *err)
{
	if (http->running)
		return sark_err_set(
		    err, SARK_INTERNAL, "a request is under way");
	if (http->multi == NULL)
		http->multi = sark_mem_check(curl_multi_init());
	set_up(http, ctx, request, answer_r);
	if (curl_multi_add_handle(http->multi, http->curl) != CURLM_OK) {
		end(http);
		return sark_err_set(
		    err, SARK_INTERNAL, "libcurl cannot be used");
	}
	http->running = true;
	return 0;
}

int
sark_http_wait(struct sark_http *http, int fd, int64_t ms, struct sark_err *err)
{
	struct curl_waitfd other = { .fd = fd, .events = CURL_WAIT_POLLIN };
	const CURLMsg *message;
	int left;

	if (http->multi == NULL)
		http->multi = sark_mem_check(curl_multi_init());
	if (curl_multi_perform(http->multi, &left) != CURLM_OK ||
	    (http->running == (left != 0) &&
		curl_multi_poll(http->multi, &other, fd == -1 ? 0 : 1, (int)ms,
		    NULL) != CURLM_OK)) {
		end(http);
		return sark_err_set(
		    err, SARK_INTERNAL, "libcurl cannot be used");
	}
	message = curl_multi_info_read(http->multi, &left);
	if (message == NULL || message->msg != CURLMSG_DONE)
		return 0;
	return finish(http, message->data.result, err) == -1 ? -1 : 1;
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
