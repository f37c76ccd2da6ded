#ifndef SARK_SERVE_TELEMETRY_H
#define SARK_SERVE_TELEMETRY_H

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"

/*
 * Sets app->tracer: every span and figure (base/span.h) is counted in the
 * metrics, and the traces of sampled requests go to sark-trace-forward(8).
 *	sark_errors_total{program,code}
 *	sark_policy_evaluation_seconds{program}
 *	sark_store_connects_total{program,store,result}
 *	sark_store_reconnects_total{program,store}
 *	sark_store_duration_seconds{program,store}
 *	sark_store_errors_total{program,store,code}
 *	sark_token_cache_total{program,result}
 *	sark_facts_cache_total{program,result}
 *	sark_traces_total{program,result}
 * The words of a store's errors are the server's: a worker counts the first
 * SARK_TELEMETRY_WORDS apart, the others as "other".
 *
 * Needs app->program, app->conf and app->metrics.
 * Errors: CONFIG, INTERNAL the socket to the forwarder cannot be made.
 */
#define SARK_TELEMETRY_WORDS 40

int sark_telemetry_open(struct sark_app *app, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
