#include "crypto/keyring.h"

#include <string.h>
#include <sys/stat.h>

#include "base/b64.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/es256.h"
#include "crypto/secret.h"
#include "json/writer.h"

#define PEM_MAX	      8192
#define LOOK_EVERY_NS 1000000000

/* The keys of one reading, replaced as a whole. */
struct keys {
	struct sark_key *keys;
	size_t count;
};

struct sark_keyring {
	const char *dir;
	const char *list_path;
	bool signing;
	struct keys *current;
	struct stat seen;
	struct stat complained; /* the list that could not be loaded */
	int64_t look_ns;
	uint64_t generation;
};

static int
read_private(struct keys *keys, struct sark_key *key, const char *path,
    const char *public_pem, struct sark_err *err)
{
	char *text;
	size_t len;
	int ret = -1;

	if (sark_file_read_secret(keys, path, PEM_MAX, &text, &len, err) == -1)
		return -1;
	if (strlen(text) != len || !sark_keypair_match(text, public_pem))
		sark_err_set(err, SARK_CONFIG,
		    "%s: not the private half of its public key", path);
	else
		ret = sark_es256_signer(keys, text, &key->signer, err);
	sark_secret_wipe(text, len);
	talloc_free(text);
	return ret;
}

static int
read_public(struct keys *keys, struct sark_key *key, const char *path,
    char **pem_r, struct sark_err *err)
{
	struct sark_err bad;
	size_t len;

	sark_err_init(&bad);
	if (sark_file_read(keys, path, PEM_MAX, pem_r, &len, err) == -1)
		return -1;
	if (strlen(*pem_r) != len ||
	    sark_keypair_point(*pem_r, &key->point, &bad) == -1 ||
	    sark_es256_verifier(keys, *pem_r, &key->verifier, &bad) == -1)
		return sark_err_set(
		    err, SARK_CONFIG, "%s: not a P-256 public key", path);
	return 0;
}

static int
read_key(struct keys *keys, const struct sark_keyring *ring,
    struct sark_key *key, struct sark_err *err)
{
	const char *kid = key->entry.kid;
	char *pem;

	if (read_public(keys, key,
		sark_key_path(keys, ring->dir, kid, SARK_KEY_PUBLIC), &pem,
		err) == -1)
		return -1;
	if (!ring->signing || key->entry.state != SARK_KEY_ACTIVE)
		return 0;
	return read_private(keys, key,
	    sark_key_path(keys, ring->dir, kid, SARK_KEY_PRIVATE), pem, err);
}

static const struct sark_key *
signing_key(const struct keys *keys)
{
	size_t i;

	for (i = 0; i < keys->count; i++)
		if (keys->keys[i].signer != NULL)
			return &keys->keys[i];
	return NULL;
}

static int
read_keys(
    struct keys *keys, const struct sark_keyring *ring, struct sark_err *err)
{
	struct sark_keylist list;
	size_t i;

	if (sark_keylist_read(keys, ring->dir, &list, err) == -1)
		return -1;
	keys->keys = sark_new_array(keys, struct sark_key, list.count + 1);
	keys->count = list.count;
	for (i = 0; i < list.count; i++) {
		keys->keys[i].entry = list.keys[i];
		if (read_key(keys, ring, &keys->keys[i], err) == -1)
			return -1;
	}
	if (list.count == 0)
		return sark_err_set(
		    err, SARK_CONFIG, "%s: no keys", ring->list_path);
	if (ring->signing && signing_key(keys) == NULL)
		return sark_err_set(
		    err, SARK_CONFIG, "%s: no active key", ring->list_path);
	return 0;
}

static int
load(struct sark_keyring *ring, struct sark_err *err)
{
	struct keys *keys = sark_new(ring, struct keys);

	if (read_keys(keys, ring, err) == -1) {
		talloc_free(keys);
		return -1;
	}
	talloc_free(ring->current);
	ring->current = keys;
	ring->generation++;
	return 0;
}

int
sark_keyring_open(void *ctx, const char *dir, bool signing,
    struct sark_keyring **ring_r, struct sark_err *err)
{
	struct sark_keyring *ring = sark_new(ctx, struct sark_keyring);

	ring->dir = sark_strdup(ring, dir);
	ring->list_path = sark_key_path(ring, dir, "keyring", SARK_KEY_LIST);
	ring->signing = signing;
	ring->look_ns = sark_clock_mono_ns() + LOOK_EVERY_NS;
	/* Before the reading: a change in between is then seen next time. */
	if (stat(ring->list_path, &ring->seen) == -1)
		memset(&ring->seen, 0, sizeof(ring->seen));
	if (load(ring, err) == -1) {
		talloc_free(ring);
		return -1;
	}
	*ring_r = ring;
	return 0;
}

static bool
same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void
look_now(struct sark_keyring *ring)
{
	struct sark_err err;
	struct stat st;

	if (stat(ring->list_path, &st) == -1 || same(&st, &ring->seen))
		return;
	sark_err_init(&err);
	if (load(ring, &err) == 0) {
		ring->seen = st;
		return;
	}
	/* Tried again: a key that was taken away must not stay for ever. */
	if (!same(&st, &ring->complained))
		sark_log_err(SARK_LOG_ERROR, "keyring_kept", &err);
	ring->complained = st;
}

static void
look(struct sark_keyring *ring)
{
	int64_t now = sark_clock_mono_ns();

	if (now < ring->look_ns)
		return;
	ring->look_ns = now + LOOK_EVERY_NS;
	look_now(ring);
}

uint64_t
sark_keyring_generation(struct sark_keyring *ring)
{
	look(ring);
	return ring->generation;
}

static bool
verifies(const struct sark_key *key, int64_t now_ms)
{
	return key->entry.state != SARK_KEY_RETIRED ||
	    now_ms < key->entry.verify_until_ms;
}

static const struct sark_key *
named(const struct keys *keys, const char *kid)
{
	size_t i;

	for (i = 0; i < keys->count; i++)
		if (sark_str_eq(keys->keys[i].entry.kid, kid))
			return &keys->keys[i];
	return NULL;
}

const struct sark_key *
sark_keyring_find(struct sark_keyring *ring, const char *kid, int64_t now_ms)
{
	const struct sark_key *key;

	look(ring);
	key = named(ring->current, kid);
	if (key == NULL) {
		/* Perhaps another program signs with a newer key already. */
		look_now(ring);
		key = named(ring->current, kid);
	}
	return key != NULL && verifies(key, now_ms) ? key : NULL;
}

const struct sark_key *
sark_keyring_active(struct sark_keyring *ring)
{
	look(ring);
	return signing_key(ring->current);
}

static void
key_to_json(struct sark_jw *jw, const struct sark_key *key)
{
	char x[SARK_B64URL_TEXT(SARK_P256_BYTES)];
	char y[SARK_B64URL_TEXT(SARK_P256_BYTES)];

	sark_b64url_encode(x, key->point.x, sizeof(key->point.x));
	sark_b64url_encode(y, key->point.y, sizeof(key->point.y));
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "kty", "EC");
	sark_jw_str(jw, "use", "sig");
	sark_jw_str(jw, "alg", "ES256");
	sark_jw_str(jw, "kid", key->entry.kid);
	sark_jw_str(jw, "crv", "P-256");
	sark_jw_str(jw, "x", x);
	sark_jw_str(jw, "y", y);
	sark_jw_close(jw);
}

void
sark_keyring_jwks(
    struct sark_keyring *ring, int64_t now_ms, struct sark_buf *out)
{
	struct sark_jw jw;
	size_t i;

	look(ring);
	sark_jw_init(&jw, out);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "keys", '[');
	for (i = 0; i < ring->current->count; i++)
		if (verifies(&ring->current->keys[i], now_ms))
			key_to_json(&jw, &ring->current->keys[i]);
	sark_jw_close(&jw);
	sark_jw_close(&jw);
}
