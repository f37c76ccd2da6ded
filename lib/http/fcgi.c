#include "http/fcgi.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* FastCGI Specification 1.0, section 8. */
enum {
	VERSION_1 = 1,
	BEGIN_REQUEST = 1,
	ABORT_REQUEST = 2,
	END_REQUEST = 3,
	PARAMS = 4,
	STDIN = 5,
	STDOUT = 6,
	DATA = 8,
	GET_VALUES = 9,
	GET_VALUES_RESULT = 10,
	UNKNOWN_TYPE = 11,
};
enum { RESPONDER = 1, KEEP_CONN = 1 };
enum { REQUEST_COMPLETE, CANT_MPX_CONN, OVERLOADED, UNKNOWN_ROLE };

#define KEPT_BYTES (64 * 1024) /* a bigger buffer is not kept when idle */

void
sark_fcgi_init(struct sark_fcgi *fcgi, const void *ctx, size_t body_max,
    size_t connections_max)
{
	memset(fcgi, 0, sizeof(*fcgi));
	sark_buf_init(&fcgi->data, ctx);
	fcgi->body_max = fcgi->limit = body_max;
	fcgi->connections_max = connections_max;
}

void
sark_fcgi_done(struct sark_fcgi *fcgi)
{
	void *ctx = fcgi->data.ctx;

	fcgi->active = false;
	fcgi->params_done = false;
	fcgi->params_len = 0;
	fcgi->refused = SARK_OK;
	fcgi->limit = fcgi->body_max;
	fcgi->asked = false;
	if (fcgi->data.size > KEPT_BYTES) {
		talloc_free(fcgi->data.data);
		sark_buf_init(&fcgi->data, ctx);
	}
	sark_buf_reset(&fcgi->data);
}

void
sark_fcgi_reset(struct sark_fcgi *fcgi)
{
	sark_fcgi_done(fcgi);
	fcgi->keep = false;
	fcgi->header_len = 0;
	fcgi->reply_len = 0;
}

static void
put_header(unsigned char *out, unsigned char type, uint16_t id, size_t n)
{
	out[0] = VERSION_1;
	out[1] = type;
	out[2] = (unsigned char)(id >> 8);
	out[3] = (unsigned char)id;
	out[4] = (unsigned char)(n >> 8);
	out[5] = (unsigned char)n;
	out[6] = 0;
	out[7] = 0;
}

static void
put_end(unsigned char *out, uint16_t id, unsigned char status)
{
	put_header(out, END_REQUEST, id, 8);
	memset(out + SARK_FCGI_HEADER, 0, 8);
	out[SARK_FCGI_HEADER + 4] = status;
}

void
sark_fcgi_stdout(unsigned char out[SARK_FCGI_HEADER], uint16_t id, size_t n)
{
	put_header(out, STDOUT, id, n);
}

void
sark_fcgi_end(unsigned char out[SARK_FCGI_END], uint16_t id)
{
	put_header(out, STDOUT, id, 0);
	put_end(out + SARK_FCGI_HEADER, id, REQUEST_COMPLETE);
}

static enum sark_fcgi_event
reply_end(
    struct sark_fcgi *fcgi, unsigned char status, enum sark_fcgi_event event)
{
	put_end(fcgi->reply, fcgi->record_id, status);
	fcgi->reply_len = SARK_FCGI_HEADER + 8;
	return event;
}

static enum sark_fcgi_event
reply_unknown(struct sark_fcgi *fcgi)
{
	put_header(fcgi->reply, UNKNOWN_TYPE, 0, 8);
	memset(fcgi->reply + SARK_FCGI_HEADER, 0, 8);
	fcgi->reply[SARK_FCGI_HEADER] = fcgi->type;
	fcgi->reply_len = SARK_FCGI_HEADER + 8;
	return SARK_FCGI_REPLY;
}

/* One length of a name-value pair: one byte, or four with the top bit set. */
static int
pair_length(const unsigned char *p, size_t len, size_t *at, size_t *n_r)
{
	if (*at >= len)
		return -1;
	if (p[*at] < 0x80) {
		*n_r = p[(*at)++];
		return 0;
	}
	if (len - *at < 4)
		return -1;
	*n_r = ((size_t)(p[*at] & 0x7f) << 24) | ((size_t)p[*at + 1] << 16) |
	    ((size_t)p[*at + 2] << 8) | p[*at + 3];
	*at += 4;
	return 0;
}

/*
 * The lengths of the pair at *at, which moves to its name.  Neither length
 * is used before it is known to fit.
 */
static int
pair_lengths(const unsigned char *p, size_t len, size_t *at, size_t n_r[2])
{
	if (pair_length(p, len, at, &n_r[0]) == -1 ||
	    pair_length(p, len, at, &n_r[1]) == -1 || n_r[0] > len - *at ||
	    n_r[1] > len - *at - n_r[0])
		return -1;
	return 0;
}

static enum sark_fcgi_event
reply_values(struct sark_fcgi *fcgi)
{
	static const char *const names[] = { "FCGI_MAX_CONNS", "FCGI_MAX_REQS",
		"FCGI_MPXS_CONNS" };
	unsigned char *out = fcgi->reply + SARK_FCGI_HEADER;
	size_t at = 0, n[2], i, len = 0;
	bool told[SARK_COUNT(names)] = { false };
	char value[16];

	while (at < fcgi->small_len) {
		if (pair_lengths(fcgi->small, fcgi->small_len, &at, n) == -1)
			return SARK_FCGI_BROKEN;
		for (i = 0; i < SARK_COUNT(names); i++) {
			if (told[i] || strlen(names[i]) != n[0] ||
			    memcmp(names[i], fcgi->small + at, n[0]) != 0)
				continue;
			told[i] = true;
			snprintf(value, sizeof(value), "%u",
			    i == 2 ? 0u : (unsigned int)fcgi->connections_max);
			out[len++] = (unsigned char)n[0];
			out[len++] = (unsigned char)strlen(value);
			memcpy(out + len, names[i], n[0]);
			memcpy(out + len + n[0], value, strlen(value));
			len += n[0] + strlen(value);
		}
		at += n[0] + n[1];
	}
	put_header(fcgi->reply, GET_VALUES_RESULT, 0, len);
	fcgi->reply_len = SARK_FCGI_HEADER + len;
	return SARK_FCGI_REPLY;
}

/* Whether the record belongs to the request under way. */
static bool
ours(const struct sark_fcgi *fcgi)
{
	return fcgi->active && fcgi->record_id == fcgi->id;
}

/* Whether a record of this type and length may come now. */
static bool
allowed(const struct sark_fcgi *fcgi)
{
	if (fcgi->record_id == 0)
		/* Management; of a length that we need not keep. */
		return fcgi->type != BEGIN_REQUEST &&
		    fcgi->type != ABORT_REQUEST && fcgi->type != PARAMS &&
		    fcgi->type != STDIN && fcgi->type != DATA &&
		    (fcgi->type != GET_VALUES ||
			fcgi->content_len <= sizeof(fcgi->small));
	switch (fcgi->type) {
	case BEGIN_REQUEST:
		return fcgi->content_len == 8 && !ours(fcgi);
	case PARAMS:
		return !ours(fcgi) || !fcgi->params_done;
	case STDIN:
		return !ours(fcgi) || fcgi->params_done;
	case ABORT_REQUEST:
	case DATA:
		return true;
	default:
		return false;
	}
}

static enum sark_fcgi_event
begin_record(struct sark_fcgi *fcgi)
{
	const unsigned char *h = fcgi->header;

	fcgi->type = h[1];
	fcgi->record_id = (uint16_t)(h[2] << 8 | h[3]);
	fcgi->content_len = (size_t)h[4] << 8 | h[5];
	fcgi->content_left = fcgi->content_len;
	fcgi->padding_left = h[6];
	fcgi->small_len = 0;
	if (h[0] != VERSION_1 || !allowed(fcgi))
		return SARK_FCGI_BROKEN;
	return SARK_FCGI_MORE;
}

static size_t
body_len(const struct sark_fcgi *fcgi)
{
	return fcgi->params_done ? fcgi->data.len - fcgi->params_len - 1 : 0;
}

static enum sark_fcgi_event
take_content(struct sark_fcgi *fcgi, const unsigned char *bytes, size_t n)
{
	if (fcgi->type == BEGIN_REQUEST ||
	    (fcgi->type == GET_VALUES && fcgi->record_id == 0)) {
		memcpy(fcgi->small + fcgi->small_len, bytes, n);
		fcgi->small_len += n;
		return SARK_FCGI_MORE;
	}
	if (!ours(fcgi) || (fcgi->type != PARAMS && fcgi->type != STDIN))
		return SARK_FCGI_MORE;
	if (fcgi->type == PARAMS && n > SARK_EXCHANGE_BYTES - fcgi->data.len)
		fcgi->refused = SARK_HEADERS_TOO_LARGE;
	else if (fcgi->type == STDIN &&
	    (body_len(fcgi) > fcgi->limit || n > fcgi->limit - body_len(fcgi)))
		fcgi->refused = SARK_TOO_LARGE;
	if (fcgi->refused != SARK_OK)
		return SARK_FCGI_REQUEST;
	sark_buf_add(&fcgi->data, bytes, n);
	return SARK_FCGI_MORE;
}

/* Whether the content at hand takes the body beyond what is read unasked. */
static bool
grows_large(const struct sark_fcgi *fcgi)
{
	return fcgi->type == STDIN && ours(fcgi) && fcgi->ask_at > 0 &&
	    !fcgi->asked && body_len(fcgi) + fcgi->content_left > fcgi->ask_at;
}

static enum sark_fcgi_event
begin_request(struct sark_fcgi *fcgi)
{
	bool keep = (fcgi->small[2] & KEEP_CONN) != 0;

	if (fcgi->active)
		return reply_end(fcgi, CANT_MPX_CONN, SARK_FCGI_REPLY);
	fcgi->keep = keep;
	if (fcgi->small[0] != 0 || fcgi->small[1] != RESPONDER)
		return reply_end(fcgi, UNKNOWN_ROLE, SARK_FCGI_REFUSED);
	fcgi->id = fcgi->record_id;
	fcgi->active = true;
	return SARK_FCGI_MORE;
}

static enum sark_fcgi_event
end_record(struct sark_fcgi *fcgi)
{
	if (fcgi->record_id == 0)
		return fcgi->type == GET_VALUES ? reply_values(fcgi)
						: reply_unknown(fcgi);
	if (fcgi->type == BEGIN_REQUEST)
		return begin_request(fcgi);
	/* What comes for a request that has ended is to be ignored. */
	if (!ours(fcgi))
		return SARK_FCGI_MORE;
	if (fcgi->type == ABORT_REQUEST) {
		sark_fcgi_done(fcgi);
		return reply_end(fcgi, REQUEST_COMPLETE, SARK_FCGI_REFUSED);
	}
	if (fcgi->type == PARAMS && fcgi->content_len == 0) {
		fcgi->params_len = fcgi->data.len;
		fcgi->params_done = true;
		sark_buf_char(&fcgi->data, '\0');
	} else if (fcgi->type == STDIN && fcgi->content_len == 0) {
		return SARK_FCGI_REQUEST;
	}
	return SARK_FCGI_MORE;
}

enum sark_fcgi_event
sark_fcgi_feed(struct sark_fcgi *fcgi, const unsigned char *bytes, size_t len,
    size_t *used_r)
{
	enum sark_fcgi_event event = SARK_FCGI_MORE;
	size_t n, used = 0;

	while (event == SARK_FCGI_MORE) {
		n = len - used;
		if (fcgi->header_len < SARK_FCGI_HEADER) {
			if (n == 0)
				break;
			if (n > SARK_FCGI_HEADER - fcgi->header_len)
				n = SARK_FCGI_HEADER - fcgi->header_len;
			memcpy(
			    fcgi->header + fcgi->header_len, bytes + used, n);
			fcgi->header_len += n;
			if (fcgi->header_len == SARK_FCGI_HEADER)
				event = begin_record(fcgi);
		} else if (fcgi->content_left > 0) {
			if (n == 0)
				break;
			if (grows_large(fcgi)) {
				fcgi->asked = true;
				event = SARK_FCGI_LARGE;
				break;
			}
			if (n > fcgi->content_left)
				n = fcgi->content_left;
			fcgi->content_left -= n;
			event = take_content(fcgi, bytes + used, n);
		} else if (fcgi->padding_left > 0) {
			if (n == 0)
				break;
			if (n > fcgi->padding_left)
				n = fcgi->padding_left;
			fcgi->padding_left -= n;
		} else {
			n = 0;
			fcgi->header_len = 0;
			event = end_record(fcgi);
		}
		used += n;
	}
	*used_r = used;
	return event;
}

/*
 * The pairs become C strings where they lie: a name moves one byte forward
 * over its last length byte to make room for its NUL, a value is ended by
 * overwriting the next pair's first length byte once that has been read, or
 * the spare byte behind the last pair.
 */
static int
read_pairs(unsigned char *p, size_t len, struct sark_exchange *in)
{
	size_t at = 0, end = 0, n[2];
	struct sark_param param;

	while (at < len) {
		if (pair_lengths(p, len, &at, n) == -1)
			return -1;
		if (end > 0)
			p[end] = '\0';
		memmove(p + at - 1, p + at, n[0]);
		p[at - 1 + n[0]] = '\0';
		param.name = (const char *)p + at - 1;
		param.name_len = (uint32_t)n[0];
		param.value = (const char *)p + at + n[0];
		param.value_len = (uint32_t)n[1];
		sark_exchange_add(in, &param);
		end = at + n[0] + n[1];
		at = end;
	}
	p[end] = '\0';
	return 0;
}

int
sark_fcgi_exchange(struct sark_fcgi *fcgi, struct sark_exchange *in)
{
	sark_exchange_reset(in);
	in->refused = fcgi->refused;
	if (fcgi->refused == SARK_HEADERS_TOO_LARGE)
		return 0;
	if (read_pairs(
		(unsigned char *)fcgi->data.data, fcgi->params_len, in) == -1)
		return -1;
	in->body = fcgi->data.data + fcgi->params_len + 1;
	in->body_len = body_len(fcgi);
	return 0;
}

int
sark_fcgi_preview(const struct sark_fcgi *fcgi, struct sark_buf *copy,
    struct sark_exchange *in)
{
	sark_exchange_reset(in);
	in->refused = SARK_TOO_LARGE;
	sark_buf_reset(copy);
	sark_buf_add(copy, fcgi->data.data, fcgi->params_len + 1);
	return read_pairs((unsigned char *)copy->data, fcgi->params_len, in);
}
