#ifndef SARK_POLICY_ENGINE_H
#define SARK_POLICY_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * The native engine: data.sark.decision, compiled to a shared object by
 * sark-policy-build(8) and loaded from policy_dir.  An evaluation sees its
 * input and the policy's data, nothing else: no clock, no network, no file
 * but the time zone database.
 *
 * One engine belongs to one process at a time: it may be opened before a
 * fork and used in the children, never by two threads.  It uses the signal
 * SARK_ENGINE_SIGNAL for the deadline; nobody else may block or handle it.
 */
struct sark_engine;

#define SARK_ENGINE_SIGNAL (SIGRTMIN + 5)

struct sark_engine_limits {
	int64_t deadline_ms;  /* of one evaluation, from 1 */
	int64_t memory_bytes; /* of policy, data and one evaluation */
};

/*
 * Loads the policy that is installed in dir.  The engine lives as long as
 * ctx.
 * Errors: CONFIG with file and reason.
 */
int sark_engine_open(void *ctx, const char *dir,
    const struct sark_engine_limits *limits, struct sark_engine **engine_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4, 5) SARK_CHECKED;

/* What one evaluation is about. */
struct sark_engine_input {
	const char *json; /* one JSON value */
	size_t len;
	int64_t now_ns; /* what time.now_ns() answers */
};

/*
 * Evaluates; *result_r is the JSON text of the value of data.sark.decision,
 * on ctx, terminated.  The policy writes it: it is not checked here.
 * Errors: POLICY_UNAVAILABLE (undefined, trap, abort, memory, deadline); the
 * next evaluation starts afresh.
 */
int sark_engine_eval(struct sark_engine *engine, void *ctx,
    const struct sark_engine_input *input, const char **result_r,
    size_t *result_len_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5, 6) SARK_CHECKED;

/*
 * Looks for a newly installed policy, at most once a second.  Returns 1 when
 * another one was loaded, 0 when nothing changed, -1 when a new one does not
 * load: the old one stays, and the same manifest is not tried again.
 */
int sark_engine_refresh(struct sark_engine *engine, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

/* The loaded policy; lent until the next sark_engine_refresh. */
struct sark_engine_info {
	const char *revision;	     /* lower-case hex */
	const char *entrypoint;	     /* "sark/decision" */
	const char *const *sources;  /* file names, ended by NULL */
	const char *const *builtins; /* asked of this program, likewise */
	int64_t built_at_ms;	     /* wall clock */
	int64_t loaded_at_ms;
};

const char *sark_engine_revision(const struct sark_engine *engine)
    SARK_NONNULL(1) __attribute__((returns_nonnull));
void sark_engine_info(const struct sark_engine *engine,
    struct sark_engine_info *info_r) SARK_NONNULL(1, 2);

#endif
