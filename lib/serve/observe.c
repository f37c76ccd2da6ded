#include "serve/observe.h"

#include <stddef.h>

#include "base/mem.h"
#include "proc/histogram.h"

/* More than the statuses that one route answers with. */
#define STATUSES 16

/* What is counted of one route; row 0 is of no route. */
struct series {
	const char *labels;
	struct sark_histogram durations;
	struct {
		int status;
		struct sark_metric *count;
	} seen[STATUSES];
};

struct sark_observer {
	struct sark_metrics *metrics;
	struct series *series;
};

static const char *
method_name(enum sark_method method)
{
	switch (method) {
	case SARK_GET:
		return "GET";
	case SARK_HEAD:
		return "HEAD";
	case SARK_POST:
		return "POST";
	case SARK_PUT:
		return "PUT";
	case SARK_PATCH:
		return "PATCH";
	case SARK_DELETE:
		return "DELETE";
	default:
		return "OPTIONS";
	}
}

static void
prepare(struct sark_observer *observer, struct series *series,
    const char *program, const struct sark_route *route)
{
	const char *path = route != NULL ? route->path : "none";
	const char *method =
	    route != NULL ? method_name(route->method) : "none";

	series->labels = sark_format(observer,
	    "program=\"%s\",route=\"%s\",method=\"%s\"", program, path, method);
	sark_histogram_init(&series->durations, observer->metrics,
	    "sark_request_duration_seconds",
	    sark_format(
		observer, "program=\"%s\",route=\"%s\"", program, path));
}

struct sark_observer *
sark_observer_new(void *ctx, struct sark_metrics *metrics, const char *program,
    const struct sark_route *routes)
{
	struct sark_observer *observer = sark_new(ctx, struct sark_observer);
	size_t i, n = 0;

	while (routes[n].path != NULL)
		n++;
	observer->metrics = metrics;
	observer->series = sark_new_array(observer, struct series, n + 1);
	prepare(observer, &observer->series[0], program, NULL);
	for (i = 0; i < n; i++)
		prepare(
		    observer, &observer->series[i + 1], program, &routes[i]);
	return observer;
}

/* The slot of a status, looked up when it is first seen. */
static struct sark_metric *
count_of(struct sark_observer *observer, struct series *series, int status)
{
	struct sark_metric *count;
	char *name;
	int i;

	for (i = 0; i < STATUSES && series->seen[i].count != NULL; i++)
		if (series->seen[i].status == status)
			return series->seen[i].count;
	name = sark_format(observer, "sark_requests_total{%s,status=\"%d\"}",
	    series->labels, status);
	count = sark_metric_of(observer->metrics, name);
	talloc_free(name);
	if (i < STATUSES) {
		series->seen[i].status = status;
		series->seen[i].count = count;
	}
	return count;
}

void
sark_observer_add(void *arg, int route, int status, int64_t duration_ns)
{
	struct sark_observer *observer = arg;
	struct series *series = &observer->series[route + 1];

	sark_metric_add(count_of(observer, series, status), 1);
	sark_histogram_add(&series->durations, duration_ns);
}
