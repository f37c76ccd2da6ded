#include "proc/families.h"

#include <string.h>

/* clang-format off */
const struct sark_family sark_families[] = {
	{ "sark_decision_cache_total", "counter",
	  "Decisions by what the decision cache gave: hit, miss or bypass." },
	{ "sark_decisions_total", "counter",
	  "Decisions asked for and given: allow, deny, or unavailable (a deny as well)." },
	{ "sark_errors_total", "counter",
	  "Requests answered with an error, by its code." },
	{ "sark_facts_cache_total", "counter",
	  "Looks for what the policy sees of tool and server, where no decision was cached: hit or miss." },
	{ "sark_log_lines_lost_total", "counter",
	  "Lines of the log that could not be written: disk full, reader asleep or gone." },
	{ "sark_metric_lost_total", "counter",
	  "Metric names that found no slot in the shared memory." },
	{ "sark_peers_refused_total", "counter",
	  "Connections closed because peer_users does not have their process's user." },
	{ "sark_policy_evaluation_seconds", "histogram",
	  "Time of one evaluation of the policy." },
	{ "sark_rate_limited_total", "counter",
	  "Requests refused because a rate limit was used up, by its tier." },
	{ "sark_rate_shared_total", "counter",
	  "Requests counted by one worker for itself because Redis was away." },
	{ "sark_refusals_unrecorded_total", "counter",
	  "Requests refused for want of a credential beyond what is audited." },
	{ "sark_request_duration_seconds", "histogram",
	  "Time from a request's last byte to its whole answer." },
	{ "sark_requests_total", "counter",
	  "Requests answered, by program, route, method and status." },
	{ "sark_requests_shed_total", "counter",
	  "Requests answered 503 unheard because too many were waiting." },
	{ "sark_spool_bytes", "gauge",
	  "Bytes of the segment files in the audit spool." },
	{ "sark_spool_files", "gauge",
	  "Segment files in the audit spool." },
	{ "sark_standing_cache_total", "counter",
	  "Verified credentials by whether Redis remembered what counts of them: hit or miss." },
	{ "sark_store_connects_total", "counter",
	  "Connections to PostgreSQL or Redis tried: ok or failed." },
	{ "sark_store_duration_seconds", "histogram",
	  "Time of a statement of PostgreSQL or a round trip to Redis." },
	{ "sark_store_errors_total", "counter",
	  "Connects, statements and round trips that failed, by SQLSTATE, word of Redis, or how." },
	{ "sark_store_reconnects_total", "counter",
	  "Connections made in the place of one that was lost or thrown away." },
	{ "sark_token_cache_total", "counter",
	  "Access tokens by whether the worker had verified them before: hit or miss." },
	{ "sark_trace_forward_malformed_total", "counter",
	  "Datagrams to sark-trace-forward that were no trace." },
	{ "sark_trace_forward_queue_spans", "gauge",
	  "Spans that wait in sark-trace-forward." },
	{ "sark_trace_forward_requests_total", "counter",
	  "Requests to trace_endpoint: ok, retried or refused." },
	{ "sark_trace_forward_spans_total", "counter",
	  "Spans taken by sark-trace-forward: exported, rejected by trace_endpoint, or dropped." },
	{ "sark_traces_total", "counter",
	  "Traces of sampled requests, sent to sark-trace-forward or dropped." },
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
