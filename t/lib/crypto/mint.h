#ifndef SARK_TEST_MINT_H
#define SARK_TEST_MINT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Makes tokens as an attacker or another issuer would, with OpenSSL alone:
 * nothing of what is under test has a hand in them.
 */
#define MINT_KID   "test-1"
#define MINT_OTHER "test-2"

struct mint {
	char dir[64];	   /* a folder of keys: one active, one next */
	char *private_pem; /* of MINT_KID */
	char *public_pem;
	char *other_pem; /* of MINT_OTHER */
};

/* A new folder under /tmp with its keys. */
struct mint *mint_new(void *ctx);
void mint_remove(struct mint *mint);
/* base64url(header) "." base64url(claims) */
char *mint_input(void *ctx, const char *header, const char *claims);
/* input "." base64url(signature) */
char *mint_join(void *ctx, const char *input, const void *signature, size_t n);
/* ES256 with the PEM: r || s. */
void mint_es256(unsigned char out[64], const char *pem, const char *input);
/* The same as DER; returns the length. */
size_t mint_es256_der(
    unsigned char out[80], const char *pem, const char *input);
/* A whole ES256 token. */
char *mint_token(
    void *ctx, const char *pem, const char *header, const char *claims);

#endif
