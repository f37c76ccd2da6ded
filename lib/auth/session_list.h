#ifndef SARK_AUTH_SESSION_LIST_H
#define SARK_AUTH_SESSION_LIST_H

#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "json/writer.h"
#include "store/sessions.h"

#define SARK_SESSION_PAGE 50

/* One page; next_cursor is NULL on the last. */
struct sark_session_page {
	struct sark_session_list sessions;
	const char *next_cursor;
};

/*
 * The live sessions of a user, newest first; limit 0 is SARK_SESSION_PAGE.
 * Pages stay right while sessions come and go.
 * Errors: INVALID_CURSOR one that we did not make, or for another user; the
 * store's.
 */
int sark_session_list(struct sark_app *app, const char *user_id, int64_t limit,
    const char *cursor, struct sark_session_page *page_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 5, 6) SARK_CHECKED;
/* The page of the API; the session with this id is the current one. */
void sark_session_page_to_json(struct sark_jw *jw,
    const struct sark_session_page *page, const char *current)
    SARK_NONNULL(1, 2, 3);

#endif
