#include "crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/mem.h"
#include "base/str.h"

/*
 * OpenSSL 3 looks an algorithm up by name at each use of EVP_sha256(), which
 * costs more than hashing a short text.  So both are looked up once and
 * their contexts are used again; a process has one thread.
 */
struct engine {
	EVP_MD *sha256;
	EVP_MD_CTX *md;
	EVP_MAC_CTX *hmac;
};

/* OpenSSL without SHA-256 is as good as no memory: there is no going on. */
static void
need(int ok)
{
	if (ok != 1)
		sark_mem_exhausted();
}

static void
start(struct engine *engine)
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
		    OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac;

	engine->sha256 = sark_mem_check(EVP_MD_fetch(NULL, "SHA256", NULL));
	engine->md = sark_mem_check(EVP_MD_CTX_new());
	mac = sark_mem_check(EVP_MAC_fetch(NULL, "HMAC", NULL));
	engine->hmac = sark_mem_check(EVP_MAC_CTX_new(mac));
	EVP_MAC_free(mac); /* the context holds it */
	need(EVP_MAC_CTX_set_params(engine->hmac, params));
}

static struct engine *
engine(void)
{
	static struct engine one;

	if (one.hmac == NULL)
		start(&one);
	return &one;
}

void
sark_sha256(unsigned char out[SARK_SHA256_BYTES], const void *data, size_t n)
{
	const struct engine *e = engine();

	need(EVP_DigestInit_ex2(e->md, e->sha256, NULL));
	need(EVP_DigestUpdate(e->md, data, n));
	need(EVP_DigestFinal_ex(e->md, out, NULL));
}

void
sark_sha256_hex(char out[SARK_SHA256_TEXT], const void *data, size_t n)
{
	unsigned char digest[SARK_SHA256_BYTES];

	sark_sha256(digest, data, n);
	sark_str_hex(out, digest, sizeof(digest));
}

void
sark_sha1_hex(char out[SARK_SHA1_TEXT], const void *data, size_t n)
{
	unsigned char digest[(SARK_SHA1_TEXT - 1) / 2];

	need(EVP_Q_digest(NULL, "SHA1", NULL, data, n, digest, NULL));
	sark_str_hex(out, digest, sizeof(digest));
}

void
sark_hmac_sha256(unsigned char out[SARK_SHA256_BYTES], const void *key,
    size_t key_len, const void *data, size_t n)
{
	const struct engine *e = engine();
	/* A NULL key would mean "the last one again". */
	const void *k = key_len > 0 ? key : "";
	size_t len;

	need(EVP_MAC_init(e->hmac, k, key_len, NULL));
	need(EVP_MAC_update(e->hmac, data, n));
	need(EVP_MAC_final(e->hmac, out, &len, SARK_SHA256_BYTES));
}
