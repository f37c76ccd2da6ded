#include "http/cgi.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/num.h"

static void
read_environment(
    void *ctx, const struct sark_cgi *cgi, struct sark_exchange *in)
{
	char *const *item;
	struct sark_param param;
	size_t total = 0, name_len;
	char *copy;

	for (item = cgi->environment; *item != NULL; item++) {
		name_len = strcspn(*item, "=");
		if ((*item)[name_len] == '\0')
			continue;
		copy = sark_strdup(ctx, *item);
		copy[name_len] = '\0';
		param.name = copy;
		param.name_len = (uint32_t)name_len;
		param.value = copy + name_len + 1;
		param.value_len = (uint32_t)strlen(param.value);
		total += param.name_len + param.value_len;
		sark_exchange_add(in, &param);
	}
	if (total > SARK_EXCHANGE_BYTES)
		in->refused = SARK_HEADERS_TOO_LARGE;
}

/* Up to want bytes; stops at the end, an error or the deadline. */
static void
read_body(const struct sark_cgi *cgi, struct sark_buf *body, size_t want)
{
	int64_t deadline = sark_clock_mono_ns() / 1000000 + cgi->timeout_ms;
	struct pollfd p = { .fd = cgi->in, .events = POLLIN };
	int64_t left;
	ssize_t n;

	while (body->len < want) {
		left = deadline - sark_clock_mono_ns() / 1000000;
		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return;
		n = read(cgi->in, sark_buf_room(body, want - body->len),
		    want - body->len);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return;
		body->len += (size_t)n;
		body->data[body->len] = '\0';
	}
}

/* The bytes that a body of so many may have. */
static size_t
body_limit(const struct sark_cgi *cgi, struct sark_exchange *in, uint64_t want)
{
	enum sark_code refused = in->refused;
	size_t limit = cgi->body_max;

	if (cgi->body_ask == 0 || want <= cgi->body_ask || refused != SARK_OK)
		return limit;
	in->refused = SARK_TOO_LARGE;
	limit = cgi->body_limit(cgi->arg, in);
	in->refused = refused;
	return limit < cgi->body_max ? limit : cgi->body_max;
}

int
sark_cgi_run(const struct sark_cgi *cgi, struct sark_err *err)
{
	struct sark_exchange *in = sark_new(NULL, struct sark_exchange);
	struct sark_buf body, out;
	const char *length;
	int64_t want;
	int ret = -1;

	sark_buf_init(&body, in);
	sark_buf_init(&out, in);
	sark_exchange_reset(in);
	read_environment(in, cgi, in);
	length = sark_exchange_get(in, "CONTENT_LENGTH");
	if (length != NULL && sark_num_int(length, 0, INT64_MAX, &want) == 0) {
		if ((uint64_t)want > body_limit(cgi, in, (uint64_t)want))
			in->refused = SARK_TOO_LARGE;
		else
			read_body(cgi, &body, (size_t)want);
	}
	in->body = body.data;
	in->body_len = body.len;
	cgi->handle(cgi->arg, in, &out);
	if (sark_file_write_all(cgi->out, out.data, out.len) == -1)
		sark_err_set(err, SARK_INTERNAL,
		    "cannot write the response: %s", strerror(errno));
	else
		ret = 0;
	talloc_free(in);
	return ret;
}
