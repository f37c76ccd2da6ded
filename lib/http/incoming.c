#include "http/incoming.h"

#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "base/uuid.h"
#include "http/target.h"
#include "http/trace.h"

#define TRACEPARENT_MAX 256

static const char *const nobody[] = { NULL };

static const struct {
	const char *name;
	enum sark_method method;
} methods[] = {
	{ "GET", SARK_GET },
	{ "POST", SARK_POST },
	{ "HEAD", SARK_HEAD },
	{ "PUT", SARK_PUT },
	{ "PATCH", SARK_PATCH },
	{ "DELETE", SARK_DELETE },
	{ "OPTIONS", SARK_OPTIONS },
};

static const char *
get(const struct sark_exchange *in, const char *name)
{
	const char *value = sark_exchange_get(in, name);

	return value == NULL ? "" : value;
}

/* A word at a time: mostly a value holds nothing but printable ASCII. */
static bool
printable_word(const char *s)
{
	const uint64_t ones = 0x0101010101010101u, tops = ones * 0x80;
	uint64_t word, below_blank, del;

	memcpy(&word, s, sizeof(word));
	below_blank = (word - ones * 0x20) & ~word;
	del = ((word ^ (ones * 0x7f)) - ones) & ~(word ^ (ones * 0x7f));
	return ((below_blank | del | word) & tops) == 0;
}

/*
 * RFC 9110 section 5.5 without obs-text, which has no charset; only the user
 * agent may hold such bytes, as it is no more than shown.
 */
static bool
header_value(const struct sark_param *param, bool any_text)
{
	size_t i = 0;
	unsigned char c;

	while (i < param->value_len) {
		if (param->value_len - i >= 8 &&
		    printable_word(param->value + i)) {
			i += 8;
			continue;
		}
		c = (unsigned char)param->value[i++];
		if ((c < 0x20 && c != '\t') || c == 0x7f ||
		    (c >= 0x80 && !any_text))
			return false;
	}
	return true;
}

static int
check_headers(const struct sark_exchange *in, struct sark_err *err)
{
	const struct sark_param *param;
	size_t i;

	for (i = 0; i < in->nparams; i++) {
		param = &in->params[i];
		if (strncmp(param->name, "HTTP_", 5) != 0)
			continue;
		if (!sark_str_of(param->name + 5,
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"))
			return sark_err_set(
			    err, SARK_BAD_REQUEST, "malformed header name");
		if (!header_value(
			param, sark_str_eq(param->name, "HTTP_USER_AGENT")))
			return sark_err_set(
			    err, SARK_BAD_REQUEST, "malformed header value");
	}
	return 0;
}

/* Host = reg-name or IP literal, and a port (RFC 9110 section 7.2). */
static int
check_host(const char *host, struct sark_err *err)
{
	const char *p = host;
	int64_t port;

	if (*p == '[') {
		p += 1 + strspn(p + 1, "0123456789abcdefABCDEF:.");
		p += *p == ']';
	} else {
		p += strspn(p,
		    "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
	}
	if (*p == '\0')
		return 0;
	if (*p != ':' || sark_num_int(p + 1, 1, 65535, &port) == -1)
		return sark_err_set(err, SARK_BAD_REQUEST, "malformed Host");
	return 0;
}

static int
check_length(const struct sark_exchange *in, struct sark_incoming *incoming,
    struct sark_err *err)
{
	const char *text = get(in, "CONTENT_LENGTH");
	int64_t length = 0;

	/* A web server may take an empty Content-Length for none. */
	if (*text != '\0' && sark_num_int(text, 0, INT64_MAX, &length) == -1)
		return sark_err_set(
		    err, SARK_BAD_REQUEST, "malformed Content-Length");
	incoming->length = (uint64_t)length;
	if (incoming->length != in->body_len && !incoming->too_large)
		return sark_err_set(err, SARK_BAD_REQUEST,
		    "the body is not of the length that was announced");
	return 0;
}

/* At most USER_AGENT_MAX bytes; what is no UTF-8 becomes '?'. */
static const char *
user_agent(void *mem, const char *text)
{
	size_t len = strlen(text), i = 0, n = 0, step;
	char *out;

	if (len <= SARK_USER_AGENT_MAX && sark_str_utf8(text, len))
		return text;
	out = sark_new_array(mem, char, SARK_USER_AGENT_MAX + 1);
	while (i < len) {
		for (step = 1; step <= 4 && step <= len - i; step++)
			if (sark_str_utf8(text + i, step))
				break;
		if (step > 4 || step > len - i)
			step = 0;
		if (n + (step == 0 ? 1 : step) > SARK_USER_AGENT_MAX)
			break;
		if (step == 0) {
			out[n++] = '?';
			i++;
			continue;
		}
		memcpy(out + n, text + i, step);
		n += step;
		i += step;
	}
	out[n] = '\0';
	return out;
}

/* Whether a comma-separated list holds a word (RFC 9110 section 5.6.1). */
static bool
listed(const char *list, const char *word)
{
	size_t len = strlen(word), n;

	while (*list != '\0') {
		list += strspn(list, " \t,");
		n = strcspn(list, " \t,");
		if (n == len && strncasecmp(list, word, len) == 0)
			return true;
		list += n;
	}
	return false;
}

static void
read_caller(void *mem, const struct sark_networks *proxies,
    const struct sark_exchange *in, struct sark_incoming *incoming)
{
	struct sark_caller *caller = &incoming->caller;
	const char *id = get(in, "HTTP_X_REQUEST_ID");
	const char *parent = get(in, "HTTP_TRACEPARENT");
	char *address = sark_new_array(mem, char, SARK_ADDRESS_TEXT);
	char *made, *trace;

	caller->user_id = caller->username = caller->email = caller->name = "";
	caller->provider = caller->session_id = caller->trace_id = "";
	caller->key_id = "";
	caller->roles = caller->teams = caller->managed_teams = nobody;
	caller->permissions = nobody;
	caller->time_ns = sark_clock_ns();
	caller->user_agent = user_agent(mem, get(in, "HTTP_USER_AGENT"));
	sark_networks_client(proxies, get(in, "REMOTE_ADDR"),
	    sark_exchange_get(in, "HTTP_X_FORWARDED_FOR"), address);
	caller->client_ip = address;
	if (sark_request_id_valid(id)) {
		caller->request_id = id;
	} else {
		made = sark_new_array(mem, char, SARK_UUID_TEXT);
		sark_uuid_make(made);
		caller->request_id = made;
	}
	trace = sark_new_array(mem, char, SARK_TRACE_ID_TEXT);
	if (strlen(parent) < TRACEPARENT_MAX &&
	    sark_trace_id(parent, trace) == 0) {
		caller->trace_id = trace;
		incoming->traceparent = parent;
	}
}

int
sark_incoming_read(void *mem, const struct sark_networks *proxies,
    const struct sark_exchange *in, struct sark_incoming *incoming_r,
    struct sark_err *err)
{
	struct sark_incoming *incoming = incoming_r;
	size_t i;

	memset(incoming, 0, sizeof(*incoming));
	read_caller(mem, proxies, in, incoming);
	incoming->method = get(in, "REQUEST_METHOD");
	for (i = 0; i < SARK_COUNT(methods); i++)
		if (sark_str_eq(incoming->method, methods[i].name))
			incoming->req.method = methods[i].method;
	incoming->req.path = incoming->req.query = "";
	incoming->req.body = in->body;
	incoming->req.body_len = in->body_len;
	incoming->req.caller = &incoming->caller;
	incoming->req.mem = mem;
	incoming->req.no_cache =
	    listed(get(in, "HTTP_CACHE_CONTROL"), "no-cache");
	incoming->req.if_none_match = get(in, "HTTP_IF_NONE_MATCH");
	incoming->req.if_match = sark_exchange_get(in, "HTTP_IF_MATCH");
	incoming->req.idempotency_key =
	    sark_exchange_get(in, "HTTP_IDEMPOTENCY_KEY");
	incoming->content_type = sark_exchange_get(in, "CONTENT_TYPE");
	incoming->content_encoding =
	    sark_exchange_get(in, "HTTP_CONTENT_ENCODING");
	incoming->https = sark_str_eq(get(in, "HTTPS"), "on");
	incoming->too_large = in->refused == SARK_TOO_LARGE;
	if (in->refused != SARK_OK && !incoming->too_large)
		return sark_err_set(
		    err, in->refused, "%s", sark_code_title(in->refused));
	if (check_headers(in, err) == -1 ||
	    check_host(get(in, "HTTP_HOST"), err) == -1 ||
	    sark_target_parse(mem, get(in, "REQUEST_URI"), &incoming->req.path,
		&incoming->req.query, err) == -1 ||
	    check_length(in, incoming, err) == -1)
		return -1;
	return sark_credential_read(sark_exchange_get(in, "HTTP_AUTHORIZATION"),
	    sark_exchange_get(in, "HTTP_X_API_KEY"), &incoming->credential,
	    err);
}

static int
check_type(const struct sark_incoming *incoming, const char *wanted,
    struct sark_err *err)
{
	const char *type = incoming->content_type, *p;
	const char *encoding = incoming->content_encoding;
	size_t n;

	if (type == NULL)
		type = "";
	if (strchr(type, ',') != NULL)
		return sark_err_set(
		    err, SARK_BAD_REQUEST, "more than one Content-Type");
	n = strcspn(type, "; \t");
	p = type + n + strspn(type + n, " \t");
	if (*p == ';')
		p += 1 + strspn(p + 1, " \t");
	if (n != strlen(wanted) || strncasecmp(type, wanted, n) != 0 ||
	    (*p != '\0' && !sark_str_eq_nocase(p, "charset=utf-8") &&
		!sark_str_eq_nocase(p, "charset=\"utf-8\"")))
		return sark_err_set(err, SARK_UNSUPPORTED_MEDIA_TYPE,
		    "the body must be %s in UTF-8", wanted);
	if (encoding != NULL && *encoding != '\0' &&
	    !sark_str_eq_nocase(encoding, "identity"))
		return sark_err_set(err, SARK_UNSUPPORTED_MEDIA_TYPE,
		    "the body must not be encoded");
	return 0;
}

int
sark_incoming_json(const struct sark_incoming *incoming, struct sark_err *err)
{
	return check_type(incoming, "application/json", err);
}

int
sark_incoming_form(const struct sark_incoming *incoming, struct sark_err *err)
{
	return check_type(incoming, "application/x-www-form-urlencoded", err);
}
