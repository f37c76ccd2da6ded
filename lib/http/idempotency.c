#include "http/idempotency.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

static bool
visible(char c)
{
	return c > ' ' && c <= '~';
}

/* A String of RFC 9651 section 4.2.5: its characters, or -1. */
static int
read_quoted(const char *p, char *out)
{
	int n = 0;

	for (p++; *p != '"'; p++) {
		if (*p == '\\' && *++p != '"' && *p != '\\')
			return -1;
		if (!visible(*p) || n == SARK_IDEMPOTENCY_KEY_MAX)
			return -1;
		out[n++] = *p;
	}
	return p[1] == '\0' ? n : -1;
}

static int
read_bare(const char *p, char *out)
{
	int n = 0;

	for (; *p != '\0'; p++) {
		if (!visible(*p) || strchr("\"\\,", *p) != NULL ||
		    n == SARK_IDEMPOTENCY_KEY_MAX)
			return -1;
		out[n++] = *p;
	}
	return n;
}

int
sark_idempotency_key(
    void *ctx, const char *value, const char **key_r, struct sark_err *err)
{
	char *key = sark_new_array(ctx, char, SARK_IDEMPOTENCY_KEY_MAX + 1);
	int n;

	n = *value == '"' ? read_quoted(value, key) : read_bare(value, key);
	if (n <= 0)
		return sark_err_set(err, SARK_BAD_REQUEST,
		    "Idempotency-Key must be 1 to %d visible ASCII characters",
		    SARK_IDEMPOTENCY_KEY_MAX);
	key[n] = '\0';
	*key_r = key;
	return 0;
}
