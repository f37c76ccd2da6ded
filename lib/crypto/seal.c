#include "crypto/seal.h"

#include <limits.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "crypto/digest.h"
#include "crypto/keyfile.h"
#include "crypto/secret.h"

#define KEY_BYTES   SARK_KEYFILE_BYTES
#define VERSION	    1
#define NONCE_BYTES 12
#define TAG_BYTES   16
#define HEAD_BYTES  (1 + NONCE_BYTES)

struct sark_seal {
	unsigned char seal_key[KEY_BYTES];
	unsigned char sign_key[KEY_BYTES];
	EVP_CIPHER *cipher;
	EVP_CIPHER_CTX *evp;
};

static int
finish(struct sark_seal *seal)
{
	sark_secret_wipe(seal->seal_key, sizeof(seal->seal_key));
	sark_secret_wipe(seal->sign_key, sizeof(seal->sign_key));
	EVP_CIPHER_CTX_free(seal->evp);
	EVP_CIPHER_free(seal->cipher);
	return 0;
}

/* One key a use: what is sealed tells nothing about what is signed. */
static void
derive(unsigned char out[KEY_BYTES], const unsigned char key[KEY_BYTES],
    const char *use)
{
	sark_hmac_sha256(out, key, KEY_BYTES, use, strlen(use));
}

static struct sark_seal *
seal_new(void *ctx, const unsigned char key[KEY_BYTES])
{
	struct sark_seal *seal = sark_new(ctx, struct sark_seal);

	derive(seal->seal_key, key, "sark seal 1");
	derive(seal->sign_key, key, "sark sign 1");
	seal->cipher =
	    sark_mem_check(EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL));
	seal->evp = sark_mem_check(EVP_CIPHER_CTX_new());
	talloc_set_destructor(seal, finish);
	return seal;
}

int
sark_seal_open_key(void *ctx, const char *path, struct sark_seal **seal_r,
    struct sark_err *err)
{
	unsigned char key[KEY_BYTES];

	if (sark_keyfile_read(ctx, path, key, err) == -1)
		return -1;
	*seal_r = seal_new(ctx, key);
	sark_secret_wipe(key, sizeof(key));
	return 0;
}

/* Encrypts into out: version, nonce, ciphertext, tag.  1 if all went well. */
static int
encrypt(const struct sark_seal *seal, unsigned char *out, const void *data,
    int len, const char *place)
{
	unsigned char *body = out + HEAD_BYTES;
	int n;

	out[0] = VERSION;
	sark_random(out + 1, NONCE_BYTES);
	return EVP_EncryptInit_ex2(seal->evp, seal->cipher, seal->seal_key,
		   out + 1, NULL) == 1 &&
	    EVP_EncryptUpdate(seal->evp, NULL, &n, (const void *)place,
		(int)strlen(place)) == 1 &&
	    EVP_EncryptUpdate(seal->evp, body, &n, data, len) == 1 &&
	    EVP_EncryptFinal_ex(seal->evp, body + len, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(
		seal->evp, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, body + len) == 1;
}

char *
sark_seal_close(const struct sark_seal *seal, void *ctx, const void *data,
    size_t len, const char *place)
{
	size_t n = HEAD_BYTES + len + TAG_BYTES;
	unsigned char *raw;
	char *text;

	/* AES-GCM does not fail but for want of memory. */
	if (len > INT_MAX / 2)
		sark_mem_exhausted();
	raw = sark_mem_check(talloc_size(ctx, n));
	if (encrypt(seal, raw, data, (int)len, place) != 1)
		sark_mem_exhausted();
	text = sark_mem_check(talloc_size(ctx, SARK_B64URL_TEXT(n)));
	sark_b64url_encode(text, raw, n);
	talloc_free(raw);
	return text;
}

/* Decrypts raw, n bytes, into data.  1 if it is genuine. */
static int
decrypt(const struct sark_seal *seal, unsigned char *data, unsigned char *raw,
    size_t n, const char *place)
{
	int len = (int)(n - HEAD_BYTES - TAG_BYTES), got;

	return EVP_DecryptInit_ex2(seal->evp, seal->cipher, seal->seal_key,
		   raw + 1, NULL) == 1 &&
	    EVP_DecryptUpdate(seal->evp, NULL, &got, (const void *)place,
		(int)strlen(place)) == 1 &&
	    EVP_DecryptUpdate(seal->evp, data, &got, raw + HEAD_BYTES, len) ==
	    1 &&
	    EVP_CIPHER_CTX_ctrl(seal->evp, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES,
		raw + HEAD_BYTES + len) == 1 &&
	    EVP_DecryptFinal_ex(seal->evp, data + len, &got) == 1;
}

int
sark_seal_unseal(const struct sark_seal *seal, void *ctx, const char *text,
    const char *place, char **data_r, size_t *len_r)
{
	size_t n, text_len = strlen(text);
	unsigned char *raw, *data = NULL;
	int found = 0;

	if (text_len > INT_MAX / 2)
		return 0;
	raw = sark_mem_check(talloc_size(ctx, text_len + 1));
	if (sark_b64url_decode(raw, &n, text, text_len) == -1 ||
	    n < HEAD_BYTES + TAG_BYTES || raw[0] != VERSION)
		goto out;
	data = sark_mem_check(talloc_zero_size(ctx, n));
	if (decrypt(seal, data, raw, n, place) != 1)
		goto out;
	*len_r = n - HEAD_BYTES - TAG_BYTES;
	data[*len_r] = '\0';
	*data_r = (char *)data;
	found = 1;
out:
	if (found == 0 && data != NULL) {
		/* Unauthenticated plaintext is nobody's business. */
		sark_secret_wipe(data, n);
		talloc_free(data);
	}
	talloc_free(raw);
	return found;
}

void
sark_seal_mark(const struct sark_seal *seal, const char *purpose,
    const void *data, size_t n, unsigned char mark_r[SARK_SEAL_MARK_BYTES])
{
	unsigned char key[KEY_BYTES], full[SARK_SHA256_BYTES];

	derive(key, seal->sign_key, purpose);
	sark_hmac_sha256(full, key, sizeof(key), data, n);
	memcpy(mark_r, full, SARK_SEAL_MARK_BYTES);
	sark_secret_wipe(key, sizeof(key));
}

char *
sark_seal_sign(const struct sark_seal *seal, void *ctx, const char *purpose,
    const char *text)
{
	unsigned char mark[SARK_SEAL_MARK_BYTES];
	size_t body = SARK_B64URL_TEXT(strlen(text));
	char *out;

	sark_seal_mark(seal, purpose, text, strlen(text), mark);
	out = sark_mem_check(
	    talloc_size(ctx, body + SARK_B64URL_TEXT(sizeof(mark))));
	sark_b64url_encode(out, text, strlen(text));
	out[body - 1] = '.';
	sark_b64url_encode(out + body, mark, sizeof(mark));
	return out;
}

int
sark_seal_verify(const struct sark_seal *seal, void *ctx, const char *purpose,
    const char *signed_text, char **text_r)
{
	unsigned char mark[SARK_SEAL_MARK_BYTES], given[SARK_SEAL_MARK_BYTES];
	const char *dot = strchr(signed_text, '.');
	size_t n;
	char *text;

	if (dot == NULL ||
	    strlen(dot + 1) != SARK_B64URL_TEXT(sizeof(given)) - 1 ||
	    sark_b64url_decode(given, &n, dot + 1, strlen(dot + 1)) == -1)
		return 0;
	text =
	    sark_mem_check(talloc_size(ctx, (size_t)(dot - signed_text) + 1));
	if (sark_b64url_decode(
		text, &n, signed_text, (size_t)(dot - signed_text)) == -1)
		goto forged;
	text[n] = '\0';
	if (strlen(text) != n)
		goto forged;
	sark_seal_mark(seal, purpose, text, n, mark);
	if (!sark_secret_eq(mark, given, sizeof(mark)))
		goto forged;
	*text_r = text;
	return 1;
forged:
	talloc_free(text);
	return 0;
}
