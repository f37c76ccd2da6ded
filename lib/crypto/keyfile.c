#include "crypto/keyfile.h"

#include <stdbool.h>

#include "base/file.h"
#include "base/mem.h"
#include "crypto/secret.h"

#define DIGITS (2 * SARK_KEYFILE_BYTES)

/* Reads one hex digit, -1 if it is none. */
static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int
from_hex(unsigned char key[SARK_KEYFILE_BYTES], const char *text, size_t len)
{
	int high, low;
	size_t i;

	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (len != DIGITS)
		return -1;
	for (i = 0; i < SARK_KEYFILE_BYTES; i++) {
		high = digit(text[2 * i]);
		low = digit(text[2 * i + 1]);
		if (high == -1 || low == -1)
			return -1;
		key[i] = (unsigned char)(high << 4 | low);
	}
	return 0;
}

/* Whether it is what somebody typed to have one: one byte all over. */
static bool
is_filler(const unsigned char key[SARK_KEYFILE_BYTES])
{
	return sark_secret_eq(key, key + 1, SARK_KEYFILE_BYTES - 1);
}

int
sark_keyfile_read(void *ctx, const char *path,
    unsigned char key_r[SARK_KEYFILE_BYTES], struct sark_err *err)
{
	char *text = NULL;
	size_t len;
	int ret = -1;

	if (sark_file_read_secret(ctx, path, 256, &text, &len, err) == -1)
		return -1;
	if (from_hex(key_r, text, len) == -1)
		sark_err_set(err, SARK_CONFIG, "%s: not a key of %d hex digits",
		    path, DIGITS);
	else if (is_filler(key_r))
		sark_err_set(err, SARK_CONFIG,
		    "%s: a key that anybody would guess", path);
	else
		ret = 0;
	if (ret == -1)
		sark_secret_wipe(key_r, SARK_KEYFILE_BYTES);
	sark_secret_wipe(text, len);
	talloc_free(text);
	return ret;
}
