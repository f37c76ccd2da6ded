#include "auth/standing_record.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/netstring.h"
#include "base/permission.h"

#define RECORD_VERSION 2
#define LIST_MAX       10000

const char *
sark_standing_to_record(void *ctx, const struct sark_standing *standing)
{
	const struct sark_caller *who = &standing->who;
	struct sark_buf buf;

	sark_buf_init(&buf, ctx);
	sark_netstring_add_int(&buf, RECORD_VERSION);
	sark_netstring_add(&buf, who->user_id);
	sark_netstring_add(&buf, standing->generation);
	sark_netstring_add(&buf, standing->all);
	sark_netstring_add(&buf, standing->run);
	sark_netstring_add_int(&buf, standing->fresh_ms);
	sark_netstring_add_int(&buf, standing->until_ms);
	sark_netstring_add_int(&buf, standing->state);
	sark_netstring_add(&buf, who->username);
	sark_netstring_add(&buf, who->email);
	sark_netstring_add(&buf, who->name);
	sark_netstring_add(&buf, who->provider);
	sark_netstring_add_int(&buf, who->agent);
	sark_netstring_add_int(&buf, who->mfa);
	sark_netstring_add_int(&buf, who->mfa_time);
	sark_netstring_add_list(&buf, who->teams);
	sark_netstring_add_list(&buf, who->managed_teams);
	sark_netstring_add_list(&buf, standing->effective.roles);
	sark_netstring_add_list(&buf, standing->effective.permissions);
	sark_netstring_add_list(&buf, standing->effective.scoped);
	sark_netstring_add_int(&buf, who->scopes != NULL);
	if (who->scopes != NULL) {
		sark_netstring_add_list(&buf, who->scopes);
		sark_netstring_add_list(&buf, standing->networks);
		sark_netstring_add_int(&buf, who->key_rate);
	}
	return buf.data;
}

static int
take_text(char **at, const char **text_r)
{
	return sark_netstring_take(at, text_r) == -1 || *text_r == NULL ? -1
									: 0;
}

static int
take_head(char **at, struct sark_standing *standing)
{
	int64_t version, state;

	if (sark_netstring_take_int(at, &version) == -1 ||
	    version != RECORD_VERSION ||
	    take_text(at, &standing->who.user_id) == -1 ||
	    take_text(at, &standing->generation) == -1 ||
	    take_text(at, &standing->all) == -1 ||
	    take_text(at, &standing->run) == -1 ||
	    sark_netstring_take_int(at, &standing->fresh_ms) == -1 ||
	    sark_netstring_take_int(at, &standing->until_ms) == -1 ||
	    sark_netstring_take_int(at, &state) == -1 ||
	    state < SARK_STANDING_GOOD || state > SARK_STANDING_DISABLED)
		return -1;
	standing->state = (enum sark_standing_state)state;
	return 0;
}

static int
take_flag(char **at, bool *flag_r)
{
	int64_t n;

	if (sark_netstring_take_int(at, &n) == -1 || (n != 0 && n != 1))
		return -1;
	*flag_r = n == 1;
	return 0;
}

static int
take_list(char **at, void *ctx, const char *const **list_r)
{
	return sark_netstring_take_list(at, ctx, LIST_MAX, list_r);
}

static int
take_who(char **at, void *ctx, struct sark_caller *who)
{
	if (take_text(at, &who->username) == -1 ||
	    take_text(at, &who->email) == -1 ||
	    take_text(at, &who->name) == -1 ||
	    take_text(at, &who->provider) == -1 ||
	    take_flag(at, &who->agent) == -1 ||
	    take_flag(at, &who->mfa) == -1 ||
	    sark_netstring_take_int(at, &who->mfa_time) == -1 ||
	    take_list(at, ctx, &who->teams) == -1 ||
	    take_list(at, ctx, &who->managed_teams) == -1)
		return -1;
	return 0;
}

/* A scoped role is four texts. */
static int
take_effective(char **at, void *ctx, struct sark_effective *effective)
{
	size_t n = 0;

	if (take_list(at, ctx, &effective->roles) == -1 ||
	    take_list(at, ctx, &effective->permissions) == -1 ||
	    take_list(at, ctx, &effective->scoped) == -1)
		return -1;
	while (effective->scoped[n] != NULL)
		n++;
	return n % SARK_SCOPED_TEXTS == 0 ? 0 : -1;
}

/* What only an API key has. */
static int
take_key(char **at, void *ctx, struct sark_standing *standing)
{
	struct sark_caller *who = &standing->who;
	bool key;

	if (take_flag(at, &key) == -1)
		return -1;
	if (!key)
		return 0;
	if (take_list(at, ctx, &who->scopes) == -1 ||
	    take_list(at, ctx, &standing->networks) == -1 ||
	    sark_netstring_take_int(at, &who->key_rate) == -1)
		return -1;
	return 0;
}

int
sark_standing_from_record(void *ctx, const struct sark_conf *conf,
    const char *record, struct sark_standing **standing_r)
{
	struct sark_standing *standing = sark_new(ctx, struct sark_standing);
	char *at = sark_strdup(standing, record);

	if (take_head(&at, standing) == -1 ||
	    take_who(&at, standing, &standing->who) == -1 ||
	    take_effective(&at, standing, &standing->effective) == -1 ||
	    take_key(&at, standing, standing) == -1 || *at != '\0') {
		talloc_free(standing);
		return 0;
	}
	sark_standing_empower(conf, standing);
	*standing_r = standing;
	return 1;
}
