#include "audit/search.h"

#include <string.h>

#include "audit/event.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "json/writer.h"

/* sark_seal_sign's purpose, and what a cursor says of its filters. */
#define PURPOSE	    "cursor"
#define FILTERS_HEX 32

const char *const sark_audit_severities[] = { "low", "medium", "high",
	"critical", NULL };
const char *const sark_audit_outcomes[] = { "success", "failure", NULL };
const char *const sark_audit_decisions[] = { "allow", "deny", NULL };

static const char *
chosen(const char *const *choices, int choice)
{
	return choice > 0 ? choices[choice - 1] : NULL;
}

static const char *
time_text(void *ctx, int64_t ms)
{
	char *text;

	if (ms == 0)
		return NULL;
	text = sark_new_array(ctx, char, SARK_TIME_TEXT);
	sark_time_format(text, ms);
	return text;
}

static void
make_query(void *ctx, const struct sark_audit_filter *filter,
    struct sark_audit_query *query)
{
	bool by_id = filter->actor != NULL && sark_uuid_valid(filter->actor);

	memset(query, 0, sizeof(*query));
	query->from = time_text(ctx, filter->from);
	query->to = time_text(ctx, filter->to);
	query->type = filter->type;
	query->severity = chosen(sark_audit_severities, filter->severity);
	query->outcome = chosen(sark_audit_outcomes, filter->outcome);
	query->actor = by_id ? NULL : filter->actor;
	query->actor_id = by_id ? filter->actor : NULL;
	query->action = filter->action;
	query->resource = filter->resource;
	query->decision = chosen(sark_audit_decisions, filter->decision);
	query->request_id = filter->request_id;
	query->trace_id = filter->trace_id;
	query->text = filter->q;
}

/* The filters that are set, by the names of the API. */
static void
write_filters(struct sark_jw *jw, const struct sark_audit_query *query)
{
	const struct {
		const char *name, *value;
	} filters[] = { { "from", query->from }, { "to", query->to },
		{ "type", query->type }, { "severity", query->severity },
		{ "outcome", query->outcome }, { "actor", query->actor },
		{ "actor_id", query->actor_id }, { "action", query->action },
		{ "resource", query->resource },
		{ "decision", query->decision },
		{ "request_id", query->request_id },
		{ "trace_id", query->trace_id }, { "q", query->text } };
	size_t i;

	sark_jw_open(jw, "filters", '{');
	for (i = 0; i < SARK_COUNT(filters); i++)
		if (filters[i].value != NULL)
			sark_jw_str(jw, filters[i].name, filters[i].value);
	sark_jw_close(jw);
}

/*
 * What a cursor is bound to: the caller and the filters.  JSON keeps the
 * members apart, so no two sets of filters have one text.
 */
static void
binding(void *ctx, const struct sark_caller *caller,
    const struct sark_audit_query *query, char out[FILTERS_HEX + 1])
{
	char hex[SARK_SHA256_TEXT];
	struct sark_buf text;
	struct sark_jw jw;

	sark_buf_init(&text, ctx);
	sark_jw_init(&jw, &text);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "list", "audit_events");
	sark_jw_str(&jw, "caller", caller->user_id);
	write_filters(&jw, query);
	sark_jw_close(&jw);
	sark_sha256_hex(hex, text.data, text.len);
	memcpy(out, hex, FILTERS_HEX);
	out[FILTERS_HEX] = '\0';
}

/* A cursor's text: filters, id, exact time of the last event shown. */
static int
take_cursor(struct sark_app *app, const char *cursor, const char *bound,
    struct sark_audit_query *query, struct sark_err *err)
{
	char *text, *id;
	size_t n = FILTERS_HEX + 1 + SARK_UUID_TEXT;

	if (sark_seal_verify(app->seal, app->mem, PURPOSE, cursor, &text) !=
		1 ||
	    strlen(text) <= n || memcmp(text, bound, FILTERS_HEX) != 0)
		return sark_err_set(err, SARK_INVALID_CURSOR,
		    "no cursor of this caller for these filters");
	id = text + FILTERS_HEX + 1;
	id[SARK_UUID_TEXT - 1] = '\0';
	query->behind_id = id;
	query->behind_time = text + n;
	return 0;
}

static int
record_read(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_audit_query *query, size_t count, struct sark_err *err)
{
	struct sark_event event;
	struct sark_buf detail;
	struct sark_jw jw;

	sark_buf_init(&detail, app->mem);
	sark_jw_init(&jw, &detail);
	sark_jw_open(&jw, NULL, '{');
	write_filters(&jw, query);
	sark_jw_int(&jw, "count", (int64_t)count);
	sark_jw_close(&jw);
	sark_event_init(&event, caller, "audit_read");
	event.action = "audit:read";
	event.resource = "audit_events";
	event.detail = detail.data;
	return sark_audit_spool(app, &event, err);
}

int
sark_audit_search(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_audit_filter *filter, struct sark_audit_page *page_r,
    struct sark_err *err)
{
	int64_t limit = filter->limit > 0 ? filter->limit : SARK_AUDIT_LIMIT;
	char bound[FILTERS_HEX + 1];
	struct sark_audit_query query;
	struct sark_audit_rows rows;
	size_t last;

	make_query(app->mem, filter, &query);
	binding(app->mem, caller, &query, bound);
	if (filter->cursor != NULL &&
	    take_cursor(app, filter->cursor, bound, &query, err) == -1)
		return -1;
	/* One more than asked for tells whether there is another page. */
	if (sark_audit_search_list(
		app->pg, app->mem, &query, limit + 1, &rows, err) == -1)
		return -1;
	page_r->rows = rows.rows;
	page_r->count = rows.count;
	page_r->next_cursor = NULL;
	if (rows.count > (size_t)limit) {
		page_r->count = (size_t)limit;
		last = page_r->count - 1;
		page_r->next_cursor =
		    sark_seal_sign(app->seal, app->mem, PURPOSE,
			sark_format(app->mem, "%s %s %s", bound,
			    rows.rows[last].id, rows.times[last]));
	}
	return record_read(app, caller, &query, page_r->count, err);
}

int
sark_audit_find(struct sark_app *app, const struct sark_caller *caller,
    const char *id, struct sark_audit_row *row_r, struct sark_err *err)
{
	struct sark_event event;
	int found = 0;

	if (sark_uuid_valid(id))
		found =
		    sark_audit_search_get(app->pg, app->mem, id, row_r, err);
	if (found == -1)
		return -1;
	if (found == 0)
		return sark_err_set(err, SARK_NOT_FOUND, "no such event");
	sark_event_init(&event, caller, "audit_read");
	event.action = "audit:read";
	event.resource = id;
	return sark_audit_spool(app, &event, err);
}
