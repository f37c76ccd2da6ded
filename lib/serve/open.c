#include "serve/open.h"

#include "audit/spool.h"
#include "auth/blocklist.h"
#include "auth/directory.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "crypto/hash_slots.h"
#include "crypto/keyring.h"
#include "crypto/pepper.h"
#include "crypto/seal.h"
#include "policy/policy.h"
#include "proc/metrics.h"
#include "serve/telemetry.h"
#include "store/pg.h"
#include "store/redis.h"

static int
open_pg(struct sark_app *app, struct sark_err *err)
{
	const struct sark_conf *conf = app->conf;
	char *role = sark_strdup(app, app->program), *p;

	(void)err;
	/* Each program logs in as its own role, which sql/ has made. */
	for (p = role; *p != '\0'; p++)
		if (*p == '-')
			*p = '_';
	app->pg = sark_pg_new(
	    app, conf->postgresql, role, conf->postgresql_timeout_ms);
	sark_pg_bound(app->pg, &app->deadline_ns);
	sark_pg_trace(app->pg, app->tracer);
	return 0;
}

static int
open_redis(struct sark_app *app, struct sark_err *err)
{
	const struct sark_conf *conf = app->conf;

	app->redis = sark_redis_new(app, conf->redis_socket,
	    conf->redis_database, conf->redis_timeout_ms);
	sark_redis_bound(app->redis, &app->deadline_ns);
	sark_redis_trace(app->redis, app->tracer);
	if (*conf->redis_password_file == '\0')
		return 0;
	return sark_redis_login(
	    app->redis, conf->redis_user, conf->redis_password_file, err);
}

static int
open_keys(struct sark_app *app, struct sark_err *err)
{
	return sark_keyring_open(
	    app, app->conf->key_dir, false, &app->keys, err);
}

static int
open_signing(struct sark_app *app, struct sark_err *err)
{
	return sark_keyring_open(
	    app, app->conf->key_dir, true, &app->keys, err);
}

static int
open_seal(struct sark_app *app, struct sark_err *err)
{
	return sark_seal_open_key(
	    app, app->conf->seal_key_file, &app->seal, err);
}

static int
open_pepper(struct sark_app *app, struct sark_err *err)
{
	return sark_pepper_open(
	    app, app->conf->apikey_pepper_file, &app->pepper, err);
}

static int
open_spool(struct sark_app *app, struct sark_err *err)
{
	const struct sark_conf *conf = app->conf;

	return sark_spool_open(app, conf->spool_dir, app->program,
	    conf->spool_segment_bytes, conf->spool_sync, &app->spool, err);
}

static int
open_policy(struct sark_app *app, struct sark_err *err)
{
	return sark_policy_open(app, app->conf, &app->policy, err);
}

/* NULL where no directory is set. */
static int
open_directory(struct sark_app *app, struct sark_err *err)
{
	if (sark_directory_open(app, app->conf, &app->ldap, err) == -1)
		return -1;
	if (app->ldap != NULL)
		sark_directory_bound(app->ldap, &app->deadline_ns);
	return 0;
}

static int
open_blocklist(struct sark_app *app, struct sark_err *err)
{
	return sark_blocklist_open(
	    app, app->conf->password_blocklist, &app->common, err);
}

static int
open_slots(struct sark_app *app, struct sark_err *err)
{
	const struct sark_conf *conf = app->conf;

	return sark_hash_slots_open(app,
	    sark_format(app, "%s/%s.hashes", conf->run_dir, app->program),
	    conf->login_hash_slots, conf->login_hash_wait_ms, &app->slots, err);
}

#define AT(member) offsetof(struct sark_app, member)
/* In this order; SIGNING goes before KEYS, which it covers. */
static const struct {
	unsigned int bit;
	size_t offset; /* of what it opens */
	int (*open)(struct sark_app *app, struct sark_err *err);
} parts[] = {
	{ SARK_NEEDS_SIGNING, AT(keys), open_signing },
	{ SARK_NEEDS_KEYS, AT(keys), open_keys },
	{ SARK_NEEDS_SEAL, AT(seal), open_seal },
	{ SARK_NEEDS_PEPPER, AT(pepper), open_pepper },
	{ SARK_NEEDS_SPOOL, AT(spool), open_spool },
	{ SARK_NEEDS_HASHES, AT(common), open_blocklist },
	{ SARK_NEEDS_HASHES, AT(slots), open_slots },
	{ SARK_NEEDS_POLICY, AT(policy), open_policy },
	{ SARK_NEEDS_PG, AT(pg), open_pg },
	{ SARK_NEEDS_REDIS, AT(redis), open_redis },
	{ SARK_NEEDS_LDAP, AT(ldap), open_directory },
};

static bool
absent(const struct sark_app *app, size_t part)
{
	const char *at = (const char *)app + parts[part].offset;

	return *(const void *const *)(const void *)at == NULL;
}

/* A policy that does not load is told once; the one before stays. */
static void
refresh_policy(struct sark_app *app)
{
	struct sark_err err;
	int changed;

	sark_err_init(&err);
	changed = sark_policy_refresh(app->policy, &err);
	if (changed == -1)
		sark_log_err(SARK_LOG_ERROR, "policy_not_loaded", &err);
	else if (changed == 1)
		sark_log(SARK_LOG_INFO, "policy_loaded", "revision",
		    sark_policy_revision(app->policy), NULL);
}

void
sark_app_watch(struct sark_app *app, const struct sark_program *program)
{
	struct sark_err err;
	size_t i;

	if (app->policy != NULL)
		refresh_policy(app);
	for (i = 0; i < SARK_COUNT(parts); i++) {
		if ((program->watches & parts[i].bit) == 0 || !absent(app, i))
			continue;
		sark_err_init(&err);
		/* What cannot be opened stays NULL: who looks sees that. */
		if (parts[i].open(app, &err) == -1)
			continue;
	}
}

int
sark_app_open(void *ctx, const struct sark_program *program,
    const struct sark_conf *conf, struct sark_app **app_r, struct sark_err *err)
{
	struct sark_app *app = sark_new(ctx, struct sark_app);
	char *path = sark_format(app, "%s/metrics", conf->run_dir);
	size_t i;

	app->program = program->name;
	app->conf = conf;
	if (sark_metrics_open(app, path, &app->metrics, err) == -1 ||
	    sark_telemetry_open(app, err) == -1)
		goto failed;
	for (i = 0; i < SARK_COUNT(parts); i++)
		if ((program->needs & parts[i].bit) != 0 && absent(app, i) &&
		    parts[i].open(app, err) == -1)
			goto failed;
	sark_app_watch(app, program);
	*app_r = app;
	return 0;
failed:
	talloc_free(app);
	return -1;
}
