#include "auth/session_list.h"

#include "base/mem.h"
#include "base/str.h"
#include "crypto/seal.h"

int
sark_session_list(struct sark_app *app, const char *user_id, int64_t limit,
    const char *cursor, struct sark_session_page *page_r, struct sark_err *err)
{
	struct sark_session_list *list = &page_r->sessions;
	/* One of another user's list does not pass. */
	const char *purpose =
	    sark_format(app->mem, "cursor:sessions:%s", user_id);
	size_t most = (size_t)(limit != 0 ? limit : SARK_SESSION_PAGE);
	char *before = NULL;

	if (cursor != NULL &&
	    sark_seal_verify(app->seal, app->mem, purpose, cursor, &before) !=
		1)
		return sark_err_set(
		    err, SARK_INVALID_CURSOR, "the cursor is not one of ours");
	/* One more says whether there is more. */
	if (sark_sessions_list(app->pg, app->mem, user_id, before,
		(int64_t)most + 1, list, err) == -1)
		return -1;
	page_r->next_cursor = NULL;
	if (list->count > most) {
		list->count = most;
		page_r->next_cursor = sark_seal_sign(app->seal, app->mem,
		    purpose, list->items[most - 1].session_id);
	}
	return 0;
}

static void
session_to_json(
    struct sark_jw *jw, const struct sark_session *session, const char *current)
{
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "session_id", session->session_id);
	sark_jw_str(jw, "client_ip", session->client_ip);
	sark_jw_str(jw, "user_agent", session->user_agent);
	sark_jw_list(jw, "amr", session->methods);
	sark_jw_time(jw, "created_at", session->created_at);
	sark_jw_time(jw, "last_used_at", session->last_used_at);
	sark_jw_time(jw, "expires_at", session->expires_at);
	sark_jw_bool(jw, "current", sark_str_eq(session->session_id, current));
	sark_jw_close(jw);
}

void
sark_session_page_to_json(struct sark_jw *jw,
    const struct sark_session_page *page, const char *current)
{
	size_t i;

	sark_jw_open(jw, NULL, '{');
	sark_jw_open(jw, "items", '[');
	for (i = 0; i < page->sessions.count; i++)
		session_to_json(jw, &page->sessions.items[i], current);
	sark_jw_close(jw);
	sark_jw_str(jw, "next_cursor", page->next_cursor);
	sark_jw_bool(jw, "has_more", page->next_cursor != NULL);
	sark_jw_close(jw);
}
