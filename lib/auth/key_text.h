#ifndef SARK_AUTH_KEY_TEXT_H
#define SARK_AUTH_KEY_TEXT_H

#include "base/attr.h"

/*
 * The text of an API key:
 *
 *	sark_<env>_<prefix>_<secret><check>
 *
 * env	 which installation it is for, [a-z0-9]{1,16}, a setting
 * prefix	12 base32 digits, what the key is found and known by
 * secret	32 base32 digits, 160 random bits
 * check	8 base32 digits, the first 40 bits of the SHA-256 of all before:
 *		what was cut or mistyped, or never was a key, is told without
 *		asking anybody
 *
 * base32 is RFC 4648's alphabet in lower case, and no other spelling counts.
 * A scanner for leaked secrets looks for
 * \bsark_[a-z0-9]{1,16}_[a-z2-7]{12}_[a-z2-7]{40}\b
 */
#define SARK_KEY_ENV_MAX     16
#define SARK_KEY_PREFIX_TEXT 13
#define SARK_KEY_TEXT	     (5 + SARK_KEY_ENV_MAX + 1 + 12 + 1 + 40 + 1)

struct sark_key_text {
	char prefix[SARK_KEY_PREFIX_TEXT];
	char *text; /* wiped when freed */
};

/* A new key on ctx; env is one (the type of its setting sees to it). */
void sark_key_text_make(void *ctx, const char *env, struct sark_key_text *key_r)
    SARK_NONNULL(2, 3);
/* Returns 1 and the prefix, or 0 if it is no key of env. */
int sark_key_text_parse(const char *text, const char *env,
    char prefix_r[SARK_KEY_PREFIX_TEXT]) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
