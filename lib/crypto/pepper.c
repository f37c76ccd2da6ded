#include "crypto/pepper.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "crypto/keyfile.h"
#include "crypto/secret.h"

struct sark_pepper {
	unsigned char key[SARK_KEYFILE_BYTES];
};

static int
finish(struct sark_pepper *pepper)
{
	sark_secret_wipe(pepper->key, sizeof(pepper->key));
	return 0;
}

int
sark_pepper_open(void *ctx, const char *path, struct sark_pepper **pepper_r,
    struct sark_err *err)
{
	struct sark_pepper *pepper = sark_new(ctx, struct sark_pepper);

	if (sark_keyfile_read(pepper, path, pepper->key, err) == -1) {
		talloc_free(pepper);
		return -1;
	}
	talloc_set_destructor(pepper, finish);
	*pepper_r = pepper;
	return 0;
}

void
sark_pepper_mac(const struct sark_pepper *pepper,
    unsigned char out[SARK_SHA256_BYTES], const char *secret)
{
	sark_hmac_sha256(
	    out, pepper->key, sizeof(pepper->key), secret, strlen(secret));
}

void
sark_pepper_digest(const struct sark_pepper *pepper, char out[SARK_SHA256_TEXT],
    const char *secret)
{
	unsigned char mac[SARK_SHA256_BYTES];

	sark_pepper_mac(pepper, mac, secret);
	sark_str_hex(out, mac, sizeof(mac));
}

bool
sark_pepper_match(
    const unsigned char mac[SARK_SHA256_BYTES], const char *digest)
{
	char own[SARK_SHA256_TEXT];

	sark_str_hex(own, mac, SARK_SHA256_BYTES);
	return strlen(digest) == sizeof(own) - 1 &&
	    sark_secret_eq(own, digest, sizeof(own) - 1);
}
