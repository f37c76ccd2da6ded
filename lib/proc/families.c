#include "proc/families.h"

#include <string.h>

/* clang-format off */
const struct sark_family sark_families[] = {
	{ "sark_decision_cache_total", "counter",
	  "Decisions by what the decision cache gave: hit, miss or bypass." },
	{ "sark_decisions_total", "counter",
	  "Decisions asked for and given: allow, deny, or unavailable (a deny as well)." },
	{ "sark_metric_lost_total", "counter",
	  "Metric names that found no slot in the shared memory." },
	{ "sark_refusals_unrecorded_total", "counter",
	  "Requests refused for want of a credential beyond what is audited." },
	{ "sark_request_duration_seconds", "histogram",
	  "Time from a request's last byte to its whole answer." },
	{ "sark_requests_total", "counter",
	  "Requests answered, by program, route, method and status." },
	{ "sark_spool_bytes", "gauge",
	  "Bytes of the segment files in the audit spool." },
	{ "sark_spool_files", "gauge",
	  "Segment files in the audit spool." },
	{ "sark_up", "gauge",
	  "Whether a dependency answered when it was last asked." },
	{ "sark_worker_starts_total", "counter",
	  "Worker processes started, replacements included." },
	{ NULL }
};
/* clang-format on */

const struct sark_family *
sark_family_named(const char *name, size_t len)
{
	const struct sark_family *family;

	for (family = sark_families; family->name != NULL; family++)
		if (strlen(family->name) == len &&
		    memcmp(family->name, name, len) == 0)
			return family;
	return NULL;
}
