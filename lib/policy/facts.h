#ifndef SARK_POLICY_FACTS_H
#define SARK_POLICY_FACTS_H

#include "base/level.h"
#include "policy/policy.h"

/*
 * What the registry says of the tool and the server that are asked about, as
 * the policy will see it: JSON texts, "" where the question is about none.
 */
struct sark_facts {
	enum sark_level sensitivity; /* of what is acted on */
	const char *tool;
	const char *server;
};

/*
 * Reads them from the database.  A tool that nobody registered is
 * "registered": false and of high sensitivity; an unknown server is absent.
 * On app->mem.  Errors: the store's.
 */
int sark_facts_load(struct sark_app *app, const struct sark_question *question,
    struct sark_facts *facts_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* As a record, and back: 1, or 0 if it is not exactly one. */
const char *sark_facts_to_record(void *ctx, const struct sark_facts *facts)
    SARK_NONNULL(2);
int sark_facts_from_record(void *ctx, const char *record,
    struct sark_facts *facts_r) SARK_NONNULL(2, 3) SARK_CHECKED;

#endif
