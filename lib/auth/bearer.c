#include "auth/bearer.h"

#include <string.h>

#include "auth/token_cache.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/span.h"
#include "base/str.h"
#include "base/uuid.h"
#include "conf/conf.h"
#include "crypto/digest.h"
#include "crypto/jwt.h"

/*
 * The texts of the claims, copied close together: the parsed token takes ten
 * times the room of what is remembered of it.
 */
struct texts {
	char *next; /* the JSON text was longer, by its quotes alone */
};

static const char *
keep(struct texts *texts, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = memcpy(texts->next, text, size);

	texts->next += size;
	return copy;
}

/* A text claim; "" without. */
static const char *
text_of(struct texts *texts, const struct sark_json *claims, const char *name)
{
	const char *text = sark_json_str(sark_json_get(claims, name));

	return text == NULL || *text == '\0' ? "" : keep(texts, text);
}

/* What he is and may is not the token's to say: standing.h. */
static int
fill(struct sark_token_entry *entry, const struct sark_jwt *jwt,
    struct sark_err *err)
{
	static const char *const none[] = { NULL };
	const struct sark_json *claims = jwt->claims;
	struct sark_caller *c = &entry->caller;
	struct texts texts;

	texts.next = sark_mem_check(talloc_size(entry, jwt->size));
	c->user_id = text_of(&texts, claims, "sub");
	c->username = text_of(&texts, claims, "username");
	c->email = c->name = c->provider = "";
	c->roles = c->teams = c->managed_teams = c->permissions = none;
	c->scopes = c->scoped = NULL;
	c->session_id = text_of(&texts, claims, "sid");
	if (!sark_uuid_valid(c->user_id) || !sark_uuid_valid(c->session_id))
		return sark_err_set(
		    err, SARK_INVALID_TOKEN, "token: of no session");
	sark_standing_slot_init(
	    entry, &entry->standing, c->user_id, c->session_id);
	return 0;
}

/* Copies the credential part and nothing else. */
static void
lend(struct sark_caller *caller, const struct sark_caller *from)
{
	caller->user_id = from->user_id;
	caller->username = from->username;
	caller->email = from->email;
	caller->name = from->name;
	caller->provider = from->provider;
	caller->roles = from->roles;
	caller->teams = from->teams;
	caller->managed_teams = from->managed_teams;
	caller->permissions = from->permissions;
	caller->scopes = from->scopes;
	caller->scoped = from->scoped;
	caller->session_id = from->session_id;
	caller->mfa = from->mfa;
	caller->mfa_time = from->mfa_time;
	caller->withheld = from->withheld;
	caller->agent = from->agent;
}

static struct sark_token_entry *
verify(struct sark_app *app, const char *token, int64_t now_ms,
    struct sark_err *err)
{
	const struct sark_jwt_rules rules = {
		.type = "at+jwt",
		.issuer = app->conf->issuer,
		.audience = app->conf->audience,
		.leeway_s = app->conf->clock_leeway_s,
		.now_ms = now_ms,
	};
	void *scratch = sark_mem_check(talloc_new(app->mem));
	/* Never from the request's pool, which it would outlive. */
	const void *home = app->conf->token_cache_entries > 0
	    ? (const void *)app->tokens
	    : app->mem;
	struct sark_token_entry *entry = NULL;
	struct sark_jwt jwt;

	if (sark_jwt_verify(app->keys, &rules, scratch, token, &jwt, err) ==
	    0) {
		entry = sark_new(home, struct sark_token_entry);
		entry->not_before_ms = jwt.not_before_ms;
		entry->not_after_ms = jwt.not_after_ms;
		if (fill(entry, &jwt, err) == -1)
			TALLOC_FREE(entry);
	}
	talloc_free(scratch);
	return entry;
}

static int
judge(
    const struct sark_token_entry *entry, int64_t now_ms, struct sark_err *err)
{
	if (now_ms >= entry->not_after_ms)
		return sark_err_set(err, SARK_TOKEN_EXPIRED, "token: expired");
	if (now_ms < entry->not_before_ms)
		return sark_err_set(
		    err, SARK_INVALID_TOKEN, "token: not yet valid");
	return 0;
}

int
sark_auth_bearer(struct sark_app *app, const char *token,
    struct sark_caller *caller, struct sark_standing_slot **slot_r,
    struct sark_err *err)
{
	unsigned char digest[SARK_SHA256_BYTES];
	struct sark_token_entry *known, *entry;
	int64_t now_ms = sark_clock_ms();
	uint64_t generation = sark_keyring_generation(app->keys);

	if (app->tokens == NULL) /* lives as long as the keys do */
		app->tokens = sark_token_cache_new(
		    app->keys, app->conf->token_cache_entries);
	/* No more is hashed than could be a token. */
	sark_sha256(digest, token, strnlen(token, SARK_JWT_MAX + 1));
	known = sark_token_cache_find(app->tokens, generation, digest);
	sark_figure_add(app->tracer,
	    known != NULL ? SARK_FIGURE_TOKEN_HIT : SARK_FIGURE_TOKEN_MISS);
	if (known != NULL) {
		lend(caller, &known->caller);
		*slot_r = &known->standing;
		return judge(known, now_ms, err);
	}
	entry = verify(app, token, now_ms, err);
	if (entry == NULL)
		return -1;
	memcpy(entry->digest, digest, sizeof(digest));
	lend(caller, &entry->caller);
	*slot_r = &entry->standing;
	if (app->conf->token_cache_entries > 0)
		sark_token_cache_put(app->tokens, entry);
	return 0;
}
