#ifndef SARK_AUTH_KEY_USE_H
#define SARK_AUTH_KEY_USE_H

#include "base/app.h"
#include "base/attr.h"

/*
 * How often API keys are used, and when last: counted in the worker and told
 * to PostgreSQL at most every apikey_use_interval_s seconds, all keys in one
 * statement, so that no request writes.  A worker that is killed takes with
 * it what it had not told.
 */
struct sark_key_uses;

/* One request that was let in by the key. */
void sark_key_use_count(struct sark_app *app, const char *key_id)
    SARK_NONNULL(1, 2);
/*
 * Tells, when it is time; with PostgreSQL away what was counted stays for the
 * next time.  To be called once a second between requests, and waits for no
 * more than a quarter of one.
 */
void sark_key_use_tick(struct sark_app *app) SARK_NONNULL(1);
/* Tells now, before the end of the worker. */
void sark_key_use_end(struct sark_app *app) SARK_NONNULL(1);

#endif
