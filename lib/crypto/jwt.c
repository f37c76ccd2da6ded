#include "crypto/jwt.h"

#include <stdbool.h>
#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "crypto/es256.h"

#define PARTS	   3
#define TIME_MAX_S 253402300799.0 /* the year 9999 */

enum { HEADER, PAYLOAD, SIGN };

struct part {
	unsigned char *data; /* followed by a NUL */
	size_t len;
};

static int
refuse(struct sark_err *err, const char *why)
{
	return sark_err_set(err, SARK_INVALID_TOKEN, "token: %s", why);
}

/* Three parts, each decoded; the length was checked. */
static int
split(void *ctx, const char *token, struct part parts[PARTS],
    struct sark_err *err)
{
	const char *p = token;
	size_t i, n;

	for (i = 0; i < PARTS; i++) {
		n = strcspn(p, ".");
		if (n == 0 || p[n] != (i < PARTS - 1 ? '.' : '\0'))
			return refuse(err, "not three parts");
		parts[i].data = sark_mem_check(talloc_zero_size(ctx, n + 1));
		if (sark_b64url_decode(parts[i].data, &parts[i].len, p, n) ==
		    -1)
			return refuse(err, "not base64url");
		p += n + 1;
	}
	if (parts[SIGN].len != SARK_ES256_BYTES)
		return refuse(err, "bad signature length");
	return 0;
}

static int
parse(void *ctx, const struct part *part, const struct sark_json **value_r,
    struct sark_err *err)
{
	struct sark_err bad;

	sark_err_init(&bad);
	if (sark_json_parse(ctx, (const char *)part->data, part->len, value_r,
		&bad) == -1 ||
	    sark_json_type(*value_r) != SARK_JSON_OBJECT)
		return refuse(err, "not a JSON object");
	return 0;
}

static bool
says(const struct sark_json *object, const char *name, const char *wanted)
{
	const char *text = sark_json_str(sark_json_get(object, name));

	return text != NULL && sark_str_eq(text, wanted);
}

/*
 * The key that the header names.  Exactly alg, typ and kid: this also keeps
 * out crit, jwk, jku, x5u, x5c, b64, zip and whatever comes next.
 */
static const struct sark_key *
key_of(struct sark_keyring *ring, const struct sark_jwt_rules *rules,
    const struct sark_json *header, struct sark_err *err)
{
	const char *kid = sark_json_str(sark_json_get(header, "kid"));
	const struct sark_key *key;

	if (!says(header, "alg", "ES256"))
		refuse(err, "alg is not ES256");
	else if (!says(header, "typ", rules->type))
		refuse(err, "wrong typ");
	else if (kid == NULL || !sark_kid_valid(kid))
		refuse(err, "bad kid");
	else if (sark_json_count(header) != 3)
		refuse(err, "unexpected header member");
	else if ((key = sark_keyring_find(ring, kid, rules->now_ms)) == NULL)
		refuse(err, "unknown kid");
	else
		return key;
	return NULL;
}

static int
check_signature(const char *token, const struct sark_key *key,
    const struct part *signature, struct sark_err *err)
{
	/* What is signed is the text before the last dot. */
	size_t n = (size_t)(strrchr(token, '.') - token);

	if (!sark_es256_verify(key->verifier, token, n, signature->data))
		return refuse(err, "bad signature");
	return 0;
}

/* A required time in milliseconds since the epoch. */
static int
time_of(const struct sark_json *claims, const char *name, int64_t *ms_r)
{
	const struct sark_json *value = sark_json_get(claims, name);
	double s = sark_json_double(value, -1);

	if (!(s >= 0 && s <= TIME_MAX_S))
		return -1;
	*ms_r = (int64_t)(s * 1000);
	return 0;
}

static int
check_times(struct sark_jwt *jwt, const struct sark_jwt_rules *rules,
    struct sark_err *err)
{
	int64_t exp, nbf, iat, leeway = rules->leeway_s * 1000;

	if (time_of(jwt->claims, "exp", &exp) == -1)
		return refuse(err, "bad exp");
	if (time_of(jwt->claims, "nbf", &nbf) == -1)
		return refuse(err, "bad nbf");
	if (time_of(jwt->claims, "iat", &iat) == -1)
		return refuse(err, "bad iat");
	jwt->not_before_ms = (nbf > iat ? nbf : iat) - leeway;
	jwt->not_after_ms = exp + leeway;
	if (rules->now_ms >= jwt->not_after_ms)
		return sark_err_set(err, SARK_TOKEN_EXPIRED, "token: expired");
	if (rules->now_ms < jwt->not_before_ms)
		return refuse(err, "not yet valid");
	return 0;
}

static int
check_claims(struct sark_jwt *jwt, const struct sark_jwt_rules *rules,
    struct sark_err *err)
{
	static const char *const ids[] = { "sub", "jti", "sid" };
	const char *id;
	size_t i;

	if (!says(jwt->claims, "iss", rules->issuer))
		return refuse(err, "wrong iss");
	if (!says(jwt->claims, "aud", rules->audience))
		return refuse(err, "wrong aud");
	for (i = 0; i < SARK_COUNT(ids); i++) {
		id = sark_json_str(sark_json_get(jwt->claims, ids[i]));
		if (id == NULL || !sark_uuid_valid(id))
			return refuse(err, "bad sub, jti or sid");
	}
	return check_times(jwt, rules, err);
}

int
sark_jwt_verify(struct sark_keyring *ring, const struct sark_jwt_rules *rules,
    void *ctx, const char *token, struct sark_jwt *jwt_r, struct sark_err *err)
{
	struct part parts[PARTS] = { { NULL, 0 } };
	const struct sark_json *header;
	const struct sark_key *key;

	if (strnlen(token, SARK_JWT_MAX + 1) > SARK_JWT_MAX)
		return refuse(err, "too long");
	if (split(ctx, token, parts, err) == -1 ||
	    parse(ctx, &parts[HEADER], &header, err) == -1)
		return -1;
	key = key_of(ring, rules, header, err);
	if (key == NULL)
		return -1;
	if (check_signature(token, key, &parts[SIGN], err) == -1 ||
	    parse(ctx, &parts[PAYLOAD], &jwt_r->claims, err) == -1 ||
	    check_claims(jwt_r, rules, err) == -1)
		return -1;
	jwt_r->size = parts[PAYLOAD].len;
	if (key->entry.state == SARK_KEY_RETIRED &&
	    key->entry.verify_until_ms < jwt_r->not_after_ms)
		jwt_r->not_after_ms = key->entry.verify_until_ms;
	return 0;
}

/* base64url(header) "." base64url(claims): what is signed. */
static char *
unsigned_token(void *ctx, const char *header, const char *claims)
{
	size_t n = SARK_B64URL_TEXT(strlen(header));
	char *text = sark_mem_check(
	    talloc_size(ctx, n + SARK_B64URL_TEXT(strlen(claims))));

	sark_b64url_encode(text, header, strlen(header));
	text[n - 1] = '.';
	sark_b64url_encode(text + n, claims, strlen(claims));
	return text;
}

int
sark_jwt_sign(struct sark_keyring *ring, void *ctx, const char *type,
    const char *claims, char **token_r, struct sark_err *err)
{
	const struct sark_key *key = sark_keyring_active(ring);
	unsigned char signature[SARK_ES256_BYTES];
	char part[SARK_B64URL_TEXT(SARK_ES256_BYTES)];
	char *header, *text;

	if (key == NULL)
		return sark_err_set(err, SARK_CONFIG, "no key signs here");
	header = sark_format(ctx,
	    "{\"alg\":\"ES256\",\"typ\":\"%s\",\"kid\":\"%s\"}", type,
	    key->entry.kid);
	text = unsigned_token(ctx, header, claims);
	if (strlen(text) + sizeof(part) > SARK_JWT_MAX)
		return sark_err_set(err, SARK_INTERNAL,
		    "token of %zu bytes: the user has too many roles or teams",
		    strlen(text) + sizeof(part));
	if (sark_es256_sign(key->signer, text, strlen(text), signature, err) ==
	    -1)
		return -1;
	sark_b64url_encode(part, signature, sizeof(signature));
	*token_r = sark_format(ctx, "%s.%s", text, part);
	return 0;
}
