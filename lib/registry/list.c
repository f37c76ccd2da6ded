#include "registry/list.h"

#include <string.h>

#include "base/mem.h"
#include "crypto/seal.h"

/* What a cursor is signed for: one of another list does not pass. */
#define SERVERS "cursor:servers"
#define TOOLS	"cursor:tools"

static int
open_cursor(struct sark_app *app, const char *purpose, const char *cursor,
    char **text_r, struct sark_err *err)
{
	if (sark_seal_verify(app->seal, app->mem, purpose, cursor, text_r) != 1)
		return sark_err_set(
		    err, SARK_INVALID_CURSOR, "the cursor is not one of ours");
	return 0;
}

int
sark_server_list(struct sark_app *app, struct sark_server_filter *filter,
    const char *cursor, struct sark_server_page *page_r, struct sark_err *err)
{
	int64_t limit = filter->limit != 0 ? filter->limit : SARK_PAGE_DEFAULT;
	char *before = NULL;

	if (cursor != NULL &&
	    open_cursor(app, SERVERS, cursor, &before, err) == -1)
		return -1;
	filter->before_id = before;
	filter->limit = limit + 1; /* one more says whether there is more */
	if (sark_servers_list(
		app->pg, app->mem, filter, &page_r->servers, err) == -1)
		return -1;
	page_r->next_cursor = NULL;
	if (page_r->servers.count > (size_t)limit) {
		page_r->servers.count = (size_t)limit;
		page_r->next_cursor = sark_seal_sign(app->seal, app->mem,
		    SERVERS, page_r->servers.items[limit - 1].id);
	}
	return 0;
}

int
sark_tool_list(struct sark_app *app, struct sark_tool_filter *filter,
    const char *cursor, struct sark_tool_page *page_r, struct sark_err *err)
{
	int64_t limit = filter->limit != 0 ? filter->limit : SARK_PAGE_DEFAULT;
	const struct sark_tool *last;
	char *after;

	if (cursor != NULL) {
		if (open_cursor(app, TOOLS, cursor, &after, err) == -1)
			return -1;
		/* An id, a blank, a name: one that another version made? */
		if (strlen(after) <= SARK_UUID_TEXT)
			return sark_err_set(err, SARK_INVALID_CURSOR,
			    "the cursor is of another version");
		filter->after_id =
		    sark_strndup(app->mem, after, SARK_UUID_TEXT - 1);
		filter->after_name = after + SARK_UUID_TEXT;
	}
	filter->limit = limit + 1;
	if (sark_tools_list(app->pg, app->mem, filter, &page_r->tools, err) ==
	    -1)
		return -1;
	page_r->next_cursor = NULL;
	if (page_r->tools.count > (size_t)limit) {
		page_r->tools.count = (size_t)limit;
		last = &page_r->tools.items[limit - 1];
		page_r->next_cursor = sark_seal_sign(app->seal, app->mem, TOOLS,
		    sark_format(app->mem, "%s %s", last->id, last->name));
	}
	return 0;
}
