#ifndef SARK_REGISTRY_LIST_H
#define SARK_REGISTRY_LIST_H

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"
#include "store/servers.h"
#include "store/tools.h"

#define SARK_PAGE_DEFAULT 50

/* One page; next_cursor is NULL on the last. */
struct sark_server_page {
	struct sark_servers servers;
	const char *next_cursor;
};
struct sark_tool_page {
	struct sark_tools tools;
	const char *next_cursor;
};

/*
 * Live servers that pass the filter, newest first; filter->limit 0 is
 * SARK_PAGE_DEFAULT, before_id is taken from the cursor (NULL: first page).
 * Pages stay right while servers come and go: a cursor names the last one
 * seen.  Errors: INVALID_CURSOR one that we did not make; the store's.
 */
int sark_server_list(struct sark_app *app, struct sark_server_filter *filter,
    const char *cursor, struct sark_server_page *page_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 4, 5) SARK_CHECKED;
/* Tools of live servers by name, in the same way. */
int sark_tool_list(struct sark_app *app, struct sark_tool_filter *filter,
    const char *cursor, struct sark_tool_page *page_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 4, 5) SARK_CHECKED;

#endif
