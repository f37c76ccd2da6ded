#include "routes.h"

#include <stddef.h>

#include "audit/search.h"
#include "audit/stats.h"

#define AT(member) offsetof(struct sark_audit_filter, member)

/* clang-format off */
static const struct sark_field filter_fields[] = {
	/* name, type, member, min, max */
	{ "from", SARK_TIME, AT(from) },
	{ "to", SARK_TIME, AT(to) },
	{ "type", SARK_TEXT, AT(type), 1, 100 },
	{ "severity", SARK_CHOICE, AT(severity), .choices = sark_audit_severities },
	{ "outcome", SARK_CHOICE, AT(outcome), .choices = sark_audit_outcomes },
	{ "actor", SARK_TEXT, AT(actor), 1, 320 },
	{ "action", SARK_TEXT, AT(action), 1, 200 },
	{ "resource", SARK_TEXT, AT(resource), 1, 2048 },
	{ "decision", SARK_CHOICE, AT(decision), .choices = sark_audit_decisions },
	{ "request_id", SARK_TEXT, AT(request_id), 1, 128 },
	{ "trace_id", SARK_TEXT, AT(trace_id), 1, 64 },
	{ "q", SARK_TEXT, AT(q), 1, 200 },
	{ "limit", SARK_INT, AT(limit), 1, 200 },
	{ "cursor", SARK_TEXT, AT(cursor), 1, 400 },
	{ NULL }
};
static const struct sark_input filter = {
	filter_fields, sizeof(struct sark_audit_filter)
};

static const struct sark_field range_fields[] = {
	{ "from", SARK_TIME, offsetof(struct sark_audit_range, from) },
	{ "to", SARK_TIME, offsetof(struct sark_audit_range, to) },
	{ NULL }
};
static const struct sark_input range = {
	range_fields, sizeof(struct sark_audit_range)
};

const struct sark_route audit_routes[] = {
	/* method, path, access, input, handler, audited as, limit */
	{ SARK_GET, "/api/v1/audit/events", SARK_MAY("audit:read"), &filter, get_events, "audit_read", SARK_LIMIT_USER },
	{ SARK_GET, "/api/v1/audit/events/{id}", SARK_MAY("audit:read"), NULL, get_event, "audit_read", SARK_LIMIT_USER },
	{ SARK_GET, "/api/v1/audit/stats", SARK_MAY("audit:read"), &range, get_stats, "audit_read", SARK_LIMIT_USER },
	{ 0 }
};
/* clang-format on */
