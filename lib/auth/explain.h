#ifndef SARK_AUTH_EXPLAIN_H
#define SARK_AUTH_EXPLAIN_H

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"
#include "json/writer.h"
#include "store/roles.h"
#include "store/users.h"

/*
 * What a user may now, each permission with the roles and bindings that it
 * comes from, and what he was given that has no effect now, and why:
 *
 *	expired		its time is over
 *	outside_window	not at this hour; changes_at when that may change
 *	no_such_role	there is no role of this name
 *	user_disabled	he is, and may nothing
 */
struct sark_explanation {
	const struct sark_user *user;
	struct sark_givens givens;
};

/* On app->mem.  Errors: NOT_FOUND no such user; those of pg.h. */
int sark_explain(struct sark_app *app, const char *user_id,
    struct sark_explanation *explanation_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* As the top value. */
void sark_explain_to_json(struct sark_app *app, struct sark_jw *jw,
    const struct sark_explanation *explanation) SARK_NONNULL(1, 2, 3);

#endif
