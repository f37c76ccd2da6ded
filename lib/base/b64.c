#include "base/b64.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz0123456789-_";

void
sark_b64url_encode(char *out, const void *data, size_t n)
{
	const unsigned char *p = data;
	uint32_t bits = 0;
	unsigned int held = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		bits = (bits << 8 | p[i]) & 0xffffff;
		held += 8;
		while (held >= 6) {
			held -= 6;
			*out++ = alphabet[(bits >> held) & 63];
		}
	}
	if (held > 0)
		*out++ = alphabet[(bits << (6 - held)) & 63];
	*out = '\0';
}

static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	return c == '_' ? 63 : -1;
}

int
sark_b64url_decode(void *out, size_t *n_r, const char *s, size_t len)
{
	unsigned char *p = out;
	uint32_t bits = 0;
	unsigned int held = 0;
	size_t i, n = 0;
	int value;

	for (i = 0; i < len; i++) {
		value = value_of(s[i]);
		if (value == -1)
			return -1;
		bits = (bits << 6 | (uint32_t)value) & 0xffffff;
		held += 6;
		if (held >= 8) {
			held -= 8;
			p[n++] = (unsigned char)(bits >> held);
		}
	}
	if (len % 4 == 1 || (bits & ((1u << held) - 1)) != 0)
		return -1;
	*n_r = n;
	return 0;
}
