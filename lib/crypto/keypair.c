#include "crypto/keypair.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "crypto/secret.h"

bool
sark_kid_valid(const char *kid)
{
	size_t n = strlen(kid);

	return n >= 1 && n <= SARK_KID_MAX &&
	    sark_str_of(kid,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789_-");
}

/* What a BIO holds, as a text on ctx that is wiped when freed. */
static char *
text_of(void *ctx, BIO *bio)
{
	char *data;
	long n = BIO_get_mem_data(bio, &data);

	return n <= 0 ? NULL : sark_secret_dup(ctx, data, (size_t)n);
}

int
sark_keypair_make(
    void *ctx, char **private_r, char **public_r, struct sark_err *err)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *private = BIO_new(BIO_s_secmem());
	BIO *public = BIO_new(BIO_s_mem());
	int ret = -1;

	if (key == NULL || private == NULL || public == NULL ||
	    PEM_write_bio_PKCS8PrivateKey(
		private, key, NULL, NULL, 0, NULL, NULL) != 1 ||
	    PEM_write_bio_PUBKEY(public, key) != 1) {
		sark_err_set(err, SARK_INTERNAL, "cannot make a P-256 key");
		goto out;
	}
	*private_r = sark_mem_check(text_of(ctx, private));
	*public_r = sark_mem_check(text_of(ctx, public));
	ret = 0;
out:
	BIO_free(private);
	BIO_free(public);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ret;
}

/* A key behind a password is no key for a service: nobody is asked. */
static int
no_password(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static EVP_PKEY *
p256(const char *pem,
    EVP_PKEY *read(BIO *, EVP_PKEY **, pem_password_cb *, void *))
{
	char group[32];
	EVP_PKEY *key;
	BIO *bio;

	if (strlen(pem) > INT_MAX)
		return NULL;
	bio = sark_mem_check(BIO_new_mem_buf(pem, (int)strlen(pem)));
	key = read(bio, NULL, no_password, NULL);
	BIO_free(bio);
	if (key != NULL &&
	    (EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1 ||
		!sark_str_eq(group, "prime256v1"))) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	ERR_clear_error();
	return key;
}

EVP_PKEY *
sark_keypair_public(const char *public_pem)
{
	return p256(public_pem, PEM_read_bio_PUBKEY);
}

EVP_PKEY *
sark_keypair_private(const char *private_pem)
{
	return p256(private_pem, PEM_read_bio_PrivateKey);
}

static int
coordinate(
    const EVP_PKEY *key, const char *name, unsigned char out[SARK_P256_BYTES])
{
	BIGNUM *n = NULL;
	int ret = -1;

	if (EVP_PKEY_get_bn_param(key, name, &n) == 1 &&
	    BN_bn2binpad(n, out, SARK_P256_BYTES) == SARK_P256_BYTES)
		ret = 0;
	BN_free(n);
	return ret;
}

int
sark_keypair_point(const char *public_pem, struct sark_p256_point *point_r,
    struct sark_err *err)
{
	EVP_PKEY *key = sark_keypair_public(public_pem);
	int ret = -1;

	if (key == NULL ||
	    coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, point_r->x) == -1 ||
	    coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, point_r->y) == -1)
		sark_err_set(err, SARK_CONFIG, "not a P-256 public key");
	else
		ret = 0;
	EVP_PKEY_free(key);
	return ret;
}

bool
sark_keypair_match(const char *private_pem, const char *public_pem)
{
	EVP_PKEY *private = sark_keypair_private(private_pem);
	EVP_PKEY *public = sark_keypair_public(public_pem);
	bool match = private != NULL && public != NULL &&
	    EVP_PKEY_eq(private, public) == 1;

	EVP_PKEY_free(private);
	EVP_PKEY_free(public);
	ERR_clear_error();
	return match;
}
