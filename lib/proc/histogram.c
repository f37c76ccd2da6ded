#include "proc/histogram.h"

#include "base/mem.h"

/* Upper bounds, included in their bucket. */
static const struct {
	const char *text;
	int64_t ns;
} bounds[SARK_HISTOGRAM_BUCKETS] = {
	{ "0.00025", 250000 },
	{ "0.0005", 500000 },
	{ "0.001", 1000000 },
	{ "0.0025", 2500000 },
	{ "0.005", 5000000 },
	{ "0.01", 10000000 },
	{ "0.025", 25000000 },
	{ "0.05", 50000000 },
	{ "0.1", 100000000 },
	{ "0.25", 250000000 },
	{ "1", 1000000000 },
	{ "5", 5000000000 },
	{ "+Inf", INT64_MAX },
};

void
sark_histogram_init(struct sark_histogram *histogram,
    struct sark_metrics *metrics, const char *family, const char *labels)
{
	const char *comma = *labels != '\0' ? "," : "";
	void *scratch = talloc_new(NULL);
	int i;

	for (i = 0; i < SARK_HISTOGRAM_BUCKETS; i++)
		histogram->buckets[i] = sark_metric_of(metrics,
		    sark_format(scratch, "%s_bucket{%s%sle=\"%s\"}", family,
			labels, comma, bounds[i].text));
	histogram->sum = sark_metric_of(metrics,
	    *labels != '\0' ? sark_format(scratch, "%s_sum{%s}", family, labels)
			    : sark_format(scratch, "%s_sum", family));
	talloc_free(scratch);
}

void
sark_histogram_add(const struct sark_histogram *histogram, int64_t ns)
{
	int i = 0;

	while (ns > bounds[i].ns)
		i++;
	sark_metric_add(histogram->buckets[i], 1);
	sark_metric_add(histogram->sum, ns);
}
