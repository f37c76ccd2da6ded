#include "serve/limits.h"

#include <stdbool.h>

#include "auth/username.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/netstring.h"
#include "base/networks.h"
#include "base/str.h"
#include "conf/conf.h"
#include "crypto/digest.h"
#include "base/permission.h"
#include "proc/metrics.h"
#include "serve/repeats.h"
#include "serve/share.h"
#include "store/gate.h"
#include "store/limits.h"

enum tier { USER, KEY, ADDRESS, LOGIN_NETWORK, LOGIN_ACCOUNT, TIERS };

static const char *const tiers[TIERS] = { "user", "key", "address",
	"login_network", "login_account" };

struct sark_limiter {
	struct sark_share *share;
	bool shared; /* said in the log */
	struct sark_metric *shares;
	struct sark_metric *refused[TIERS];
};

/* One request. */
struct counting {
	struct sark_app *app;
	const struct sark_caller *caller;
	const char *network; /* of the caller */
	bool login;
	size_t n;
	enum tier tiers[SARK_LIMITS_MAX];
	struct sark_bucket buckets[SARK_LIMITS_MAX];
	struct sark_quota quotas[SARK_LIMITS_MAX];
};

struct sark_limiter *
sark_limiter_new(struct sark_app *app, int64_t workers)
{
	struct sark_limiter *limiter = sark_new(app, struct sark_limiter);

	if (workers > 0)
		limiter->share = sark_share_new(limiter, workers);
	limiter->shares = sark_metric_of(app->metrics,
	    sark_format(limiter, "sark_rate_shared_total{program=\"%s\"}",
		app->program));
	for (size_t i = 0; i < TIERS; i++)
		limiter->refused[i] = sark_metric_of(app->metrics,
		    sark_format(limiter,
			"sark_rate_limited_total{program=\"%s\",tier=\"%s\"}",
			app->program, tiers[i]));
	return limiter;
}

/* A limit of 0 is none. */
static void
add(struct counting *c, enum tier tier, const char *identifier, int64_t limit)
{
	if (limit == 0)
		return;
	c->tiers[c->n] = tier;
	c->buckets[c->n++] =
	    (struct sark_bucket){ tiers[tier], identifier, limit };
}

static const char *
network_of(void *mem, const struct sark_caller *caller)
{
	char *network = sark_new_array(mem, char, SARK_NETWORK_TEXT);

	sark_address_network(caller->client_ip, network);
	return *network == '\0' ? "unknown" : network;
}

/*
 * Whom a login is about, seen from where: hashed, as what was typed may be a
 * password.  Spellings of one name are one; what can be nobody's name has no
 * account.
 */
static const char *
account_of(void *mem, const struct sark_req *req, const char *network)
{
	const char *name = req->caller->user_id;
	char digest[SARK_SHA256_TEXT];
	struct sark_buf text;

	if (*name == '\0') {
		name = sark_json_str(sark_json_get(req->json, "username"));
		if (name != NULL)
			name = sark_username_normal(mem, name);
	}
	if (name == NULL)
		return NULL;
	sark_buf_init(&text, mem);
	sark_netstring_add(&text, name);
	sark_netstring_add(&text, network);
	sark_sha256_hex(digest, text.data, text.len);
	return sark_strdup(mem, digest);
}

static void
add_login(struct counting *c, const struct sark_req *req)
{
	const struct sark_conf *conf = c->app->conf;
	const char *account = account_of(c->app->mem, req, c->network);

	c->login = true;
	add(c, LOGIN_NETWORK, c->network, conf->rate_login_network);
	if (account != NULL)
		add(c, LOGIN_ACCOUNT, account, conf->rate_login_account);
}

/* Counts here what cannot be counted in Redis. */
static void
take_share(struct counting *c, const struct sark_err *why)
{
	struct sark_limiter *limiter = c->app->limiter;

	if (!limiter->shared)
		sark_log_err(SARK_LOG_WARNING, "limits_shared", why);
	limiter->shared = true;
	sark_metric_add(limiter->shares, 1);
	for (size_t i = 0; i < c->n; i++)
		sark_share_take(limiter->share,
		    sark_format(c->app->mem, "%s:%s", c->buckets[i].tier,
			c->buckets[i].identifier),
		    c->buckets[i].limit, &c->quotas[i]);
}

/* The bucket that matters: the one to wait for longest, or the fullest. */
static size_t
tightest(const struct counting *c)
{
	size_t at = 0;

	for (size_t i = 1; i < c->n; i++) {
		const struct sark_quota *a = &c->quotas[at], *b = &c->quotas[i];

		if (b->retry_after_s > a->retry_after_s ||
		    (b->retry_after_s == a->retry_after_s &&
			b->remaining < a->remaining))
			at = i;
	}
	return at;
}

/* What the client is told, and whether he is let in. */
static int
conclude(const struct counting *c, struct sark_err *err)
{
	struct sark_app *app = c->app;
	size_t at = tightest(c);

	app->quota = c->quotas[at];
	if (app->quota.retry_after_s == 0)
		return 0;
	sark_metric_add(app->limiter->refused[c->tiers[at]], 1);
	if (c->login)
		sark_repeats_add(
		    app, c->caller, c->network, tiers[c->tiers[at]]);
	return sark_limit_exceeded(&app->quota, err);
}

/* away is NULL where Redis has counted. */
static int
settle(struct counting *c, const struct sark_err *away, struct sark_err *err)
{
	struct sark_limiter *limiter = c->app->limiter;

	if (away != NULL && (c->login || limiter->share == NULL)) {
		/* Nothing is to be tried often while nobody counts. */
		*err = *away;
		return -1;
	}
	if (away != NULL)
		take_share(c, away);
	else if (limiter->shared)
		sark_log(SARK_LOG_INFO, "limits_whole", NULL);
	limiter->shared = away != NULL;
	return conclude(c, err);
}

/* In a round trip of its own. */
static int
take(struct counting *c, struct sark_err *err)
{
	struct sark_app *app = c->app;
	struct sark_err away;
	int ret;

	sark_err_init(&away);
	ret = app->redis == NULL
	    ? sark_err_set(&away, SARK_UNAVAILABLE, "there is no Redis")
	    : sark_limits_take(app->redis, c->buckets, c->n, c->quotas, &away);
	return settle(c, ret == -1 ? &away : NULL, err);
}

int
sark_limits_count(struct sark_app *app, enum sark_limit_as as,
    const struct sark_req *req, struct sark_err *err)
{
	struct counting c = { .app = app, .caller = req->caller };

	c.network = network_of(app->mem, req->caller);
	if (as == SARK_LIMIT_AS_LOGIN)
		add_login(&c, req);
	else
		add(&c, ADDRESS, c.network, app->conf->rate_address);
	return c.n == 0 ? 0 : take(&c, err);
}

/* ---- who is known: a part of the gate */

static int
judge(void *arg, const struct sark_reply *reply, struct sark_err *err)
{
	struct counting *c = arg;
	struct sark_err away;

	/* What he may is known by now: the part before has been judged. */
	if (sark_permission_in(c->caller->permissions, SARK_LIMIT_BYPASS))
		return SARK_GATE_SAME;
	sark_err_init(&away);
	if (reply == NULL)
		sark_err_set(&away, SARK_UNAVAILABLE, "Redis is away");
	else if (sark_limits_judge(reply, c->buckets, c->n, c->quotas, &away) ==
	    0)
		/* Redis has forgotten the script. */
		return take(c, err) == -1 ? SARK_GATE_REFUSED : SARK_GATE_SAME;
	return settle(c, away.code != SARK_OK ? &away : NULL, err) == -1
	    ? SARK_GATE_REFUSED
	    : SARK_GATE_SAME;
}

/* As far as it is known: a worker sees a key's own limit at its first use. */
static int64_t
rate_of_key(const struct sark_app *app, const struct sark_caller *caller)
{
	return caller->key_rate != 0 ? caller->key_rate
				     : app->conf->rate_api_key;
}

bool
sark_limits_part(struct sark_app *app, const struct sark_caller *caller,
    struct sark_gate_part *part_r)
{
	bool key = *caller->key_id != '\0';
	int64_t limit = key ? rate_of_key(app, caller) : app->conf->rate_user;
	struct counting *c;

	if (limit == 0 || app->uncounted)
		return false;
	c = sark_new(app->mem, struct counting);
	c->app = app;
	c->caller = caller;
	add(c, key ? KEY : USER, key ? caller->key_id : caller->user_id, limit);
	sark_limits_command(app->mem, c->buckets, c->n, &part_r->cmd);
	part_r->judge = judge;
	part_r->arg = c;
	return true;
}
