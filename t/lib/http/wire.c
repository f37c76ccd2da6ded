#include "wire.h"

#include <string.h>

#include "base/mem.h"

void
wire_record(struct sark_buf *out, const struct wire_record *r)
{
	static const char padding[255];
	unsigned char header[8] = { r->version, r->type,
		(unsigned char)(r->id >> 8), (unsigned char)r->id,
		(unsigned char)(r->len >> 8), (unsigned char)r->len, r->padding,
		0 };

	sark_buf_add(out, header, sizeof(header));
	sark_buf_add(out, r->content, r->len);
	sark_buf_add(out, padding, r->padding);
}

void
wire_add(struct sark_buf *out, unsigned char type, uint16_t id,
    const void *content, size_t len)
{
	struct wire_record record = { 1, type, 0, id, content, len };

	wire_record(out, &record);
}

void
wire_begin(
    struct sark_buf *out, uint16_t id, uint16_t role, unsigned char flags)
{
	unsigned char content[8] = { (unsigned char)(role >> 8),
		(unsigned char)role, flags };

	wire_add(out, WIRE_BEGIN, id, content, sizeof(content));
}

static void
add_length(struct sark_buf *out, size_t n)
{
	unsigned char four[4] = { (unsigned char)(0x80 | n >> 24),
		(unsigned char)(n >> 16), (unsigned char)(n >> 8),
		(unsigned char)n };

	if (n < 0x80)
		sark_buf_char(out, (char)n);
	else
		sark_buf_add(out, four, sizeof(four));
}

void
wire_pair(struct sark_buf *out, const char *name, const char *value)
{
	add_length(out, strlen(name));
	add_length(out, strlen(value));
	sark_buf_str(out, name);
	sark_buf_str(out, value);
}

void
wire_request(struct sark_buf *out, unsigned char flags,
    const char *const *params, const char *body)
{
	size_t left = strlen(body), n;
	struct sark_buf pairs;

	sark_buf_init(&pairs, NULL);
	for (; params != NULL && *params != NULL; params += 2)
		wire_pair(&pairs, params[0], params[1]);
	wire_begin(out, 1, 1, flags);
	if (pairs.len > 0)
		wire_add(out, WIRE_PARAMS, 1, pairs.data, pairs.len);
	wire_add(out, WIRE_PARAMS, 1, "", 0);
	for (; left > 0; left -= n, body += n) {
		n = left < 65535 ? left : 65535;
		wire_add(out, WIRE_STDIN, 1, body, n);
	}
	wire_add(out, WIRE_STDIN, 1, "", 0);
	talloc_free(pairs.data);
}
