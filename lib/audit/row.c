#include "audit/row.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "base/uuid.h"

/* The texts of an event, in the order of the JSON. */
struct member {
	const char *name;
	size_t offset;
	bool required;
};

#define AT(column) offsetof(struct sark_audit_row, column)

static const struct member head[] = {
	{ "id", AT(id), true },
	{ "time", AT(time), true },
	{ "type", AT(type), true },
	{ "severity", AT(severity), true },
	{ "outcome", AT(outcome), true },
};
static const struct member actor[] = {
	{ "id", AT(actor_id), false },
	{ "name", AT(actor), false },
};
static const struct member tail[] = {
	{ "action", AT(action), false },
	{ "resource", AT(resource), false },
	{ "decision", AT(decision), false },
	{ "reason", AT(reason), false },
	{ "client_ip", AT(client_ip), false },
	{ "user_agent", AT(user_agent), false },
	{ "request_id", AT(request_id), false },
	{ "trace_id", AT(trace_id), false },
	{ "program", AT(program), false },
};

static const char **
column(struct sark_audit_row *row, const struct member *m)
{
	return (const char **)(void *)((char *)row + m->offset);
}

static const char *
text(const struct sark_audit_row *row, const struct member *m)
{
	const char *value;

	memcpy(&value, (const char *)row + m->offset, sizeof(value));
	return value != NULL && *value != '\0' ? value : NULL;
}

static void
write_members(struct sark_jw *jw, const struct sark_audit_row *row,
    const struct member *members, size_t n)
{
	const char *value;
	size_t i;

	for (i = 0; i < n; i++) {
		value = text(row, &members[i]);
		if (value != NULL)
			sark_jw_str(jw, members[i].name, value);
	}
}

void
sark_audit_row_to_json(
    struct sark_jw *jw, const char *name, const struct sark_audit_row *row)
{
	int64_t seq;

	sark_jw_open(jw, name, '{');
	write_members(jw, row, head, SARK_COUNT(head));
	if (row->seq != NULL && sark_num_int(row->seq, 1, INT64_MAX, &seq) == 0)
		sark_jw_int(jw, "seq", seq);
	if (text(row, &actor[0]) != NULL || text(row, &actor[1]) != NULL) {
		sark_jw_open(jw, "actor", '{');
		write_members(jw, row, actor, SARK_COUNT(actor));
		sark_jw_close(jw);
	}
	write_members(jw, row, tail, SARK_COUNT(tail));
	if (row->detail != NULL && *row->detail != '\0')
		sark_jw_raw(jw, "detail", row->detail, strlen(row->detail));
	sark_jw_close(jw);
}

static int
read_members(struct sark_audit_row *row, const struct sark_json *from,
    const struct member *members, size_t n, struct sark_err *err)
{
	const struct sark_json *value;
	size_t i;

	for (i = 0; i < n; i++) {
		value = sark_json_get(from, members[i].name);
		*column(row, &members[i]) = sark_json_str(value);
		if (value == NULL && !members[i].required)
			continue;
		if (text(row, &members[i]) == NULL)
			return sark_err_set(err, SARK_BAD_REQUEST,
			    "event: %s is no text", members[i].name);
	}
	return 0;
}

static int
check(const struct sark_audit_row *row, struct sark_err *err)
{
	if (!sark_uuid_valid(row->id) || row->id[14] != '7')
		return sark_err_set(
		    err, SARK_BAD_REQUEST, "event: id is no UUIDv7");
	if (row->actor_id != NULL && !sark_uuid_valid(row->actor_id))
		return sark_err_set(
		    err, SARK_BAD_REQUEST, "event: the actor's id is no UUID");
	return 0;
}

int
sark_audit_row_from_json(void *ctx, const char *json, size_t len,
    struct sark_audit_row *row_r, struct sark_err *err)
{
	const struct sark_json *event, *detail;
	char *time;
	size_t n;

	memset(row_r, 0, sizeof(*row_r));
	if (sark_json_parse_own(ctx, json, len, &event, err) == -1 ||
	    read_members(row_r, event, head, SARK_COUNT(head), err) == -1 ||
	    read_members(row_r, sark_json_get(event, "actor"), actor,
		SARK_COUNT(actor), err) == -1 ||
	    read_members(row_r, event, tail, SARK_COUNT(tail), err) == -1 ||
	    check(row_r, err) == -1)
		return -1;
	detail = sark_json_get(event, "detail");
	if (detail != NULL && sark_json_type(detail) != SARK_JSON_OBJECT)
		return sark_err_set(
		    err, SARK_BAD_REQUEST, "event: detail is no object");
	if (detail != NULL)
		row_r->detail = sark_json_text(ctx, detail, &n);
	/* The id's time is the event's time: no two can tell otherwise. */
	time = sark_new_array(ctx, char, SARK_TIME_TEXT);
	sark_time_format(time, sark_uuid_ms(row_r->id));
	row_r->time = time;
	return 0;
}
