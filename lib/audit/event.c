#include "audit/event.h"

#include <string.h>

#include "audit/event_row.h"
#include "audit/row.h"
#include "audit/spool.h"
#include "base/app.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "json/scan.h"
#include "json/writer.h"

/*
 * Bounds that keep every record below what the spool takes, even if each
 * byte of each text needs an escape of six.
 */
#define TEXT_MAX   ((size_t)2048)
#define DETAIL_MAX ((size_t)64 * 1024)
/* The event's own object is one level of what a reader will accept. */
#define DETAIL_DEPTH (SARK_JSON_OWN_DEPTH - 1)

void
sark_event_init(
    struct sark_event *event, const struct sark_caller *actor, const char *type)
{
	memset(event, 0, sizeof(*event));
	sark_uuid_make(event->id);
	event->type = type;
	event->severity = SARK_SEVERITY_LOW;
	event->outcome = "success";
	event->actor = actor;
}

const char *
sark_severity_name(enum sark_severity severity)
{
	static const char *const names[] = { "low", "medium", "high",
		"critical" };

	return names[severity];
}

/* s, or a copy cut to TEXT_MAX bytes in which what is no UTF-8 is '?'. */
static const char *
tidy(void *ctx, const char *s)
{
	size_t n, i;
	char *copy;

	if (s == NULL || *s == '\0')
		return NULL;
	n = strlen(s);
	if (n <= TEXT_MAX && sark_str_utf8(s, n))
		return s;
	if (n > TEXT_MAX) {
		/* Not in the middle of a character. */
		for (n = TEXT_MAX; n > TEXT_MAX - 3 && (s[n] & 0xc0) == 0x80;)
			n--;
	}
	copy = sark_strndup(ctx, s, n);
	if (!sark_str_utf8(copy, n))
		for (i = 0; i < n; i++)
			if ((copy[i] & 0x80) != 0)
				copy[i] = '?';
	return copy;
}

/*
 * The detail on one line.  One that no reader would take (a mistake of the
 * caller) must not cost the event: its size is left.
 */
static const char *
tidy_detail(void *ctx, const char *detail)
{
	struct sark_json_scan scan;
	char *copy, *newline;
	size_t n;

	if (detail == NULL || *detail == '\0')
		return NULL;
	n = strlen(detail);
	if (n > DETAIL_MAX || *detail != '{' ||
	    sark_json_scan(detail, n, DETAIL_DEPTH, &scan) == -1)
		return sark_format(ctx, "{\"omitted_bytes\":%zu}", n);
	if (strchr(detail, '\n') == NULL)
		return detail;
	copy = sark_strndup(ctx, detail, n);
	while ((newline = strchr(copy, '\n')) != NULL)
		*newline = ' '; /* inside a string it would be an escape */
	return copy;
}

void
sark_event_row(void *ctx, const struct sark_event *event, const char *program,
    struct sark_audit_row *row_r)
{
	const struct sark_caller *who = event->actor;
	char *time = sark_new_array(ctx, char, SARK_TIME_TEXT);
	bool other = event->actor_name != NULL && *event->actor_name != '\0';

	sark_time_format(time, sark_uuid_ms(event->id));
	memset(row_r, 0, sizeof(*row_r));
	row_r->id = event->id;
	row_r->time = time;
	row_r->type = tidy(ctx, event->type);
	row_r->severity = sark_severity_name(event->severity);
	row_r->outcome = tidy(ctx, event->outcome);
	if (sark_uuid_valid(who->user_id))
		row_r->actor_id = who->user_id;
	row_r->actor = tidy(ctx, other ? event->actor_name : who->username);
	row_r->action = tidy(ctx, event->action);
	row_r->resource = tidy(ctx, event->resource);
	row_r->decision = tidy(ctx, event->decision);
	row_r->reason = tidy(ctx, event->reason);
	row_r->client_ip = tidy(ctx, who->client_ip);
	row_r->user_agent = tidy(ctx, who->user_agent);
	row_r->request_id = tidy(ctx, who->request_id);
	row_r->trace_id = tidy(ctx, who->trace_id);
	row_r->program = program;
	row_r->detail = tidy_detail(ctx, event->detail);
}

void
sark_event_to_json(
    struct sark_buf *out, const struct sark_event *event, const char *program)
{
	struct sark_audit_row row;
	struct sark_jw jw;

	sark_event_row(out->ctx, event, program, &row);
	sark_jw_init(&jw, out);
	sark_audit_row_to_json(&jw, NULL, &row);
}

int
sark_audit_spool(
    struct sark_app *app, const struct sark_event *event, struct sark_err *err)
{
	struct sark_buf record;

	sark_buf_init(&record, app->mem);
	sark_event_to_json(&record, event, app->program);
	return sark_spool_append(app->spool, record.data, record.len, err);
}
