#include "crypto/es256.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/mem.h"
#include "crypto/digest.h"
#include "crypto/keypair.h"

#define HALF	(SARK_ES256_BYTES / 2)
#define DER_MAX 80 /* SEQUENCE of two INTEGERs of 33 bytes */

struct sark_es256 {
	EVP_PKEY *key;
	EVP_PKEY_CTX *op;
};

static int
finish(struct sark_es256 *es256)
{
	EVP_PKEY_CTX_free(es256->op);
	EVP_PKEY_free(es256->key);
	return 0;
}

/* Takes the key and makes it ready by init. */
static int
open_key(void *ctx, EVP_PKEY *key, int init(EVP_PKEY_CTX *),
    struct sark_es256 **es256_r, struct sark_err *err)
{
	struct sark_es256 *es256;

	if (key == NULL)
		return sark_err_set(err, SARK_CONFIG, "not a P-256 key");
	es256 = sark_new(ctx, struct sark_es256);
	talloc_set_destructor(es256, finish);
	es256->key = key;
	es256->op = sark_mem_check(EVP_PKEY_CTX_new(key, NULL));
	if (init(es256->op) != 1) {
		ERR_clear_error();
		talloc_free(es256);
		return sark_err_set(err, SARK_CONFIG, "an unusable key");
	}
	*es256_r = es256;
	return 0;
}

int
sark_es256_verifier(void *ctx, const char *public_pem,
    struct sark_es256 **es256_r, struct sark_err *err)
{
	return open_key(ctx, sark_keypair_public(public_pem),
	    EVP_PKEY_verify_init, es256_r, err);
}

int
sark_es256_signer(void *ctx, const char *private_pem,
    struct sark_es256 **es256_r, struct sark_err *err)
{
	return open_key(ctx, sark_keypair_private(private_pem),
	    EVP_PKEY_sign_init, es256_r, err);
}

/*
 * What failed for want of memory is no bad signature.  OpenSSL may not have
 * had the memory to say so either.
 */
static void
check_memory(void)
{
	bool without = errno == ENOMEM;
	unsigned long error;

	while ((error = ERR_get_error()) != 0)
		if (ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE)
			without = true;
	if (without)
		sark_mem_exhausted();
}

/* r and s as DER (SEC 1 C.5), which is what OpenSSL reads; its length. */
static int
der_of(
    unsigned char der[DER_MAX], const unsigned char signature[SARK_ES256_BYTES])
{
	ECDSA_SIG *sig = sark_mem_check(ECDSA_SIG_new());
	BIGNUM *r = sark_mem_check(BN_bin2bn(signature, HALF, NULL));
	BIGNUM *s = sark_mem_check(BN_bin2bn(signature + HALF, HALF, NULL));
	unsigned char *p = der;
	int n;

	ECDSA_SIG_set0(sig, r, s);
	n = i2d_ECDSA_SIG(sig, &p);
	ECDSA_SIG_free(sig);
	return n;
}

bool
sark_es256_verify(struct sark_es256 *es256, const void *data, size_t n,
    const unsigned char signature[SARK_ES256_BYTES])
{
	unsigned char digest[SARK_SHA256_BYTES], der[DER_MAX];
	int len = der_of(der, signature);
	bool good;

	sark_sha256(digest, data, n);
	errno = 0;
	good = len > 0 &&
	    EVP_PKEY_verify(
		es256->op, der, (size_t)len, digest, sizeof(digest)) == 1;
	if (!good)
		check_memory();
	return good;
}

/* What der_of did, undone. */
static int
raw_of(unsigned char signature[SARK_ES256_BYTES], const unsigned char *der,
    size_t n)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
	int ret = -1;

	if (sig != NULL &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), signature, HALF) == HALF &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), signature + HALF, HALF) == HALF)
		ret = 0;
	ECDSA_SIG_free(sig);
	return ret;
}

int
sark_es256_sign(struct sark_es256 *es256, const void *data, size_t n,
    unsigned char signature_r[SARK_ES256_BYTES], struct sark_err *err)
{
	unsigned char digest[SARK_SHA256_BYTES], der[DER_MAX];
	size_t len = sizeof(der);

	sark_sha256(digest, data, n);
	errno = 0;
	if (EVP_PKEY_sign(es256->op, der, &len, digest, sizeof(digest)) != 1 ||
	    raw_of(signature_r, der, len) == -1) {
		check_memory();
		return sark_err_set(err, SARK_INTERNAL, "cannot sign");
	}
	return 0;
}
