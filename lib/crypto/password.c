#include "crypto/password.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

_Static_assert(SARK_PASSWORD_TEXT >= crypto_pwhash_STRBYTES,
    "a hash does not fit its text");

static const char prefix[] = "$argon2id$v=19$";

static size_t
memory_bytes(const struct sark_password_cost *cost)
{
	return (size_t)cost->memory_kib * 1024;
}

void
sark_password_hash(char out[SARK_PASSWORD_TEXT], const char *password,
    size_t len, const struct sark_password_cost *cost)
{
	if (sodium_init() == -1 ||
	    crypto_pwhash_str_alg(out, password, len,
		(unsigned long long)cost->passes, memory_bytes(cost),
		crypto_pwhash_ALG_ARGON2ID13) == -1)
		sark_mem_exhausted();
}

/* The work of a verification, its result thrown away. */
static void
work(const char *password, size_t len, const struct sark_password_cost *cost)
{
	static const unsigned char salt[crypto_pwhash_SALTBYTES] = { 0 };
	unsigned char out[32];

	if (crypto_pwhash(out, sizeof(out), password, len, salt,
		(unsigned long long)cost->passes, memory_bytes(cost),
		crypto_pwhash_ALG_ARGON2ID13) == -1)
		sark_mem_exhausted();
	sodium_memzero(out, sizeof(out));
}

/* The number behind name ("m=") in the parameters of a hash, 0 without. */
static int64_t
parameter(const char *params, const char *name)
{
	const char *at = strstr(params, name);

	return at == NULL ? 0 : strtoll(at + strlen(name), NULL, 10);
}

static bool
cheaper(const char *hash, const struct sark_password_cost *cost)
{
	const char *params = hash + sizeof(prefix) - 1;

	return parameter(params, "m=") < cost->memory_kib ||
	    parameter(params, ",t=") < cost->passes;
}

int
sark_password_verify(const char *hash, const char *password, size_t len,
    const struct sark_password_cost *cost, bool *rehash_r)
{
	*rehash_r = false;
	if (sodium_init() == -1)
		sark_mem_exhausted();
	if (hash == NULL || !sark_str_starts(hash, prefix) ||
	    strlen(hash) >= crypto_pwhash_STRBYTES) {
		work(password, len, cost);
		return 0;
	}
	if (crypto_pwhash_str_verify(hash, password, len) == -1)
		return 0;
	*rehash_r = cheaper(hash, cost);
	return 1;
}
