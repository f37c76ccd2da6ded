#ifndef SARK_STATUS_CHECKS_H
#define SARK_STATUS_CHECKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"

/* What SARK cannot do its work without. */
enum check_of {
	CHECK_POSTGRESQL,
	CHECK_REDIS,
	CHECK_POLICY,
	CHECK_SPOOL,
	CHECKS
};

struct check {
	const char *name;
	bool ok;
	enum sark_code code; /* why not */
	int64_t latency_ns;  /* of the question and its answer */
};

/*
 * Asks all of them now and keeps the answers in the metric sark_up.
 * Returns whether everything is well.
 */
bool checks_run(struct sark_app *app, struct check checks[CHECKS])
    SARK_NONNULL(1, 2);

#endif
