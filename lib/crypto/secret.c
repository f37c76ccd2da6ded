#include "crypto/secret.h"

#include <sodium.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

bool
sark_secret_eq(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

void
sark_secret_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

void
sark_secret_wipe_text(const char *text)
{
	sodium_memzero((void *)(uintptr_t)text, strlen(text));
}

static int
wipe(char *secret)
{
	sodium_memzero(secret, talloc_get_size(secret));
	return 0;
}

char *
sark_secret_dup(const void *ctx, const void *p, size_t n)
{
	char *copy = sark_memdup(ctx, p, n);

	talloc_set_destructor(copy, wipe);
	return copy;
}
