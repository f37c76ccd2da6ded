#include "auth/apikey_use.h"

#include <string.h>

#include "auth/key_text.h"
#include "auth/token_cache.h"
#include "base/mem.h"
#include "base/span.h"
#include "conf/conf.h"
#include "crypto/keyring.h"
#include "crypto/pepper.h"
#include "store/apikeys.h"

/* Nobody's: what a key that there is not is compared with. */
#define NO_DIGEST \
	"0000000000000000000000000000000000000000000000000000000000000000"

static struct sark_token_entry *
entry_of(void *ctx, const struct sark_apikey_secret_of *of, const char *prefix)
{
	struct sark_token_entry *entry = sark_new(ctx, struct sark_token_entry);
	struct sark_caller *c = &entry->caller;

	entry->not_after_ms = INT64_MAX;
	c->user_id = sark_strdup(entry, of->user_id);
	c->key_id = sark_strdup(entry, of->key_id);
	sark_standing_slot_init(
	    entry, &entry->standing, c->user_id, sark_strdup(entry, prefix));
	entry->standing.key = true;
	return entry;
}

/* The key of PostgreSQL with this text, for ever: no secret is changed. */
static int
verify(struct sark_app *app, const char *text,
    const unsigned char mac[SARK_SHA256_BYTES],
    struct sark_token_entry **entry_r, struct sark_err *err)
{
	/* Never from the request's pool, which it would outlive. */
	void *home =
	    app->conf->token_cache_entries > 0 ? app->tokens : app->mem;
	struct sark_apikey_secret_of of = { .digest = NO_DIGEST };
	char prefix[SARK_KEY_PREFIX_TEXT];

	/* What no key of ours can be costs nobody a question. */
	if (sark_key_text_parse(text, app->conf->apikey_environment, prefix) !=
	    1)
		return sark_err_set(
		    err, SARK_INVALID_TOKEN, "API key: not one of ours");
	if (app->pg == NULL)
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "API key: no PostgreSQL");
	if (sark_apikeys_find(app->pg, app->mem, prefix, &of, err) == -1)
		return -1;
	/* In the same time whether there is such a prefix or not. */
	if (!sark_pepper_match(mac, of.digest))
		return sark_err_set(
		    err, SARK_INVALID_TOKEN, "API key: unknown");
	*entry_r = entry_of(home, &of, prefix);
	memcpy((*entry_r)->digest, mac, SARK_SHA256_BYTES);
	return 0;
}

int
sark_auth_apikey(struct sark_app *app, const char *text,
    struct sark_caller *caller, struct sark_standing_slot **slot_r,
    struct sark_err *err)
{
	uint64_t generation = sark_keyring_generation(app->keys);
	unsigned char mac[SARK_SHA256_BYTES];
	struct sark_token_entry *entry;
	bool known;

	if (app->pepper == NULL)
		return sark_err_set(err, SARK_UNAVAILABLE,
		    "API keys cannot be verified without their pepper");
	if (app->tokens == NULL) /* lives as long as the keys do */
		app->tokens = sark_token_cache_new(
		    app->keys, app->conf->token_cache_entries);
	/* Another digest than a token's, so that none is taken as the other. */
	sark_pepper_mac(app->pepper, mac, text);
	entry = sark_token_cache_find(app->tokens, generation, mac);
	known = entry != NULL;
	sark_figure_add(app->tracer,
	    known ? SARK_FIGURE_TOKEN_HIT : SARK_FIGURE_TOKEN_MISS);
	if (!known && verify(app, text, mac, &entry, err) == -1)
		return -1;
	caller->user_id = entry->caller.user_id;
	caller->key_id = entry->caller.key_id;
	*slot_r = &entry->standing;
	if (!known && app->conf->token_cache_entries > 0)
		sark_token_cache_put(app->tokens, entry);
	return 0;
}
