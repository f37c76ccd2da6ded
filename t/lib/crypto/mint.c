#include "mint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/b64.h"
#include "base/file.h"
#include "base/mem.h"
#include "crypto/keylist.h"
#include "crypto/keypair.h"

static void
store(const struct mint *mint, const char *name, const char *suffix,
    const char *text)
{
	char *path = sark_key_path(mint, mint->dir, name, suffix);
	mode_t mode = strcmp(suffix, ".key.pem") == 0 ? 0600 : 0644;
	struct sark_err err;

	sark_err_init(&err);
	assert_int_equal(
	    sark_file_replace(path, text, strlen(text), mode, &err), 0);
}

struct mint *
mint_new(void *ctx)
{
	struct sark_key_entry keys[] = {
		{ MINT_KID, SARK_KEY_ACTIVE, 1, 0, 0 },
		{ MINT_OTHER, SARK_KEY_NEXT, 1, 0, 0 },
	};
	const struct sark_keylist list = { keys, 2 };
	struct mint *mint = sark_new(ctx, struct mint);
	struct sark_err err;
	char *public;

	sark_err_init(&err);
	memcpy(mint->dir, "/tmp/sark-keys-XXXXXX", 22);
	assert_non_null(mkdtemp(mint->dir));
	assert_int_equal(sark_key_folder(mint->dir, &err), 0);
	assert_int_equal(sark_keypair_make(
			     mint, &mint->private_pem, &mint->public_pem, &err),
	    0);
	assert_int_equal(
	    sark_keypair_make(mint, &mint->other_pem, &public, &err), 0);
	store(mint, MINT_KID, ".key.pem", mint->private_pem);
	store(mint, MINT_KID, ".pub.pem", mint->public_pem);
	store(mint, MINT_OTHER, ".key.pem", mint->other_pem);
	store(mint, MINT_OTHER, ".pub.pem", public);
	assert_int_equal(sark_keylist_write(mint->dir, &list, &err), 0);
	return mint;
}

void
mint_remove(struct mint *mint)
{
	static const char *const names[] = { MINT_KID ".key.pem",
		"public/" MINT_KID ".pub.pem", MINT_OTHER ".key.pem",
		"public/" MINT_OTHER ".pub.pem", "public/keyring.json",
		"keyring.lock" };
	size_t i;

	for (i = 0; i < SARK_COUNT(names); i++)
		unlink(sark_key_path(mint, mint->dir, names[i], ""));
	rmdir(sark_key_path(mint, mint->dir, "public", ""));
	rmdir(mint->dir);
}

static char *
encoded(void *ctx, const void *data, size_t n)
{
	char *text = sark_mem_check(talloc_size(ctx, SARK_B64URL_TEXT(n)));

	sark_b64url_encode(text, data, n);
	return text;
}

char *
mint_input(void *ctx, const char *header, const char *claims)
{
	return sark_format(ctx, "%s.%s", encoded(ctx, header, strlen(header)),
	    encoded(ctx, claims, strlen(claims)));
}

char *
mint_join(void *ctx, const char *input, const void *signature, size_t n)
{
	return sark_format(ctx, "%s.%s", input, encoded(ctx, signature, n));
}

size_t
mint_es256_der(unsigned char out[80], const char *pem, const char *input)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t n = 80;

	assert_int_equal(
	    EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(md, out, &n,
			     (const unsigned char *)input, strlen(input)),
	    1);
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	BIO_free(bio);
	return n;
}

void
mint_es256(unsigned char out[64], const char *pem, const char *input)
{
	unsigned char der[80];
	const unsigned char *p = der;
	ECDSA_SIG *sig;
	size_t n;

	n = mint_es256_der(der, pem, input);
	sig = d2i_ECDSA_SIG(NULL, &p, (long)n);
	assert_non_null(sig);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, 32), 32);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + 32, 32), 32);
	ECDSA_SIG_free(sig);
}

char *
mint_token(void *ctx, const char *pem, const char *header, const char *claims)
{
	char *input = mint_input(ctx, header, claims);
	unsigned char sig[64];

	mint_es256(sig, pem, input);
	return mint_join(ctx, input, sig, sizeof(sig));
}
