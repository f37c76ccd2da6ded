#include "proc/exposition.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "proc/families.h"

/* What a line of a histogram is, in the order in which they are printed. */
enum part { PART_BUCKET, PART_SUM, PART_WHOLE };

/* A metric, taken apart. */
struct sample {
	const char *name; /* of the family */
	size_t name_len;
	const struct sark_family *family; /* NULL: no row */
	enum part part;
	const char *labels; /* without braces and le */
	size_t labels_len;
	double le;
	const char *le_text;
	int64_t value;
};

static bool
ends(const char *s, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && memcmp(s + len - n, end, n) == 0;
}

/* A histogram's slots are called family_bucket and family_sum. */
static void
take_name(struct sample *sample, const char *name, size_t len)
{
	static const char *const parts[] = { "_bucket", "_sum" };
	const struct sark_family *family;
	size_t i;

	sample->part = PART_WHOLE;
	sample->name = name;
	sample->name_len = len;
	sample->family = sark_family_named(name, len);
	for (i = 0; i < SARK_COUNT(parts) && sample->family == NULL; i++) {
		if (!ends(name, len, parts[i]))
			continue;
		family = sark_family_named(name, len - strlen(parts[i]));
		if (family == NULL || !sark_str_eq(family->type, "histogram"))
			continue;
		sample->family = family;
		sample->name_len = len - strlen(parts[i]);
		sample->part = (enum part)i;
	}
}

/* labels is what follows the name: "" or "{...}"; le is always the last. */
static void
take_labels(struct sample *sample, const char *labels)
{
	const char *le;

	if (*labels == '\0') {
		sample->labels = labels;
		return;
	}
	sample->labels = labels + 1;
	sample->labels_len = strlen(labels) - 2;
	if (sample->part != PART_BUCKET ||
	    (le = strstr(sample->labels, "le=\"")) == NULL)
		return;
	sample->le_text = le + 4;
	sample->le = strtod(sample->le_text, NULL);
	sample->labels_len = (size_t)(le - sample->labels);
	if (sample->labels_len > 0)
		sample->labels_len--; /* the comma */
}

static int
compare_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	if (order != 0)
		return order;
	return (a_len > b_len) - (a_len < b_len);
}

static int
compare_series(const struct sample *a, const struct sample *b)
{
	int order;

	order = compare_text(a->name, a->name_len, b->name, b->name_len);
	if (order != 0)
		return order;
	return compare_text(a->labels, a->labels_len, b->labels, b->labels_len);
}

static int
compare(const void *left, const void *right)
{
	const struct sample *a = left, *b = right;
	int order = compare_series(a, b);

	if (order != 0)
		return order;
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	return (a->le > b->le) - (a->le < b->le);
}

static void
print_head(struct sark_buf *out, const struct sample *sample)
{
	const struct sark_family *family = sample->family;

	if (family != NULL)
		sark_buf_format(out, "# HELP %s %s\n# TYPE %s %s\n",
		    family->name, family->help, family->name, family->type);
	else
		sark_buf_format(out, "# TYPE %.*s untyped\n",
		    (int)sample->name_len, sample->name);
}

static void
print_labels(struct sark_buf *out, const struct sample *sample)
{
	if (sample->labels_len > 0)
		sark_buf_format(
		    out, "{%.*s}", (int)sample->labels_len, sample->labels);
}

static void
print_value(struct sark_buf *out, const struct sample *sample)
{
	bool ns = ends(sample->name, sample->name_len, "_seconds") ||
	    ends(sample->name, sample->name_len, "_seconds_total");

	if (ns)
		sark_buf_format(out, " %.9g\n", (double)sample->value / 1e9);
	else
		sark_buf_format(out, " %lld\n", (long long)sample->value);
}

/* One bucket; sum is all that fell into it and the ones below. */
static void
print_bucket(struct sark_buf *out, const struct sample *sample, int64_t sum)
{
	sark_buf_format(out, "%.*s_bucket{%.*s%sle=\"%.*s\"} %lld\n",
	    (int)sample->name_len, sample->name, (int)sample->labels_len,
	    sample->labels, sample->labels_len > 0 ? "," : "",
	    (int)strcspn(sample->le_text, "\""), sample->le_text,
	    (long long)sum);
}

/*
 * The samples of one histogram: the count is that of the last bucket, not a
 * number of its own, so the two agree in every answer.
 */
static void
print_histogram(struct sark_buf *out, const struct sample *samples, size_t n)
{
	int64_t count = 0;
	size_t i;

	for (i = 0; i < n && samples[i].part == PART_BUCKET; i++) {
		count += samples[i].value;
		print_bucket(out, &samples[i], count);
	}
	if (i < n) {
		sark_buf_format(
		    out, "%.*s_sum", (int)samples[i].name_len, samples[i].name);
		print_labels(out, &samples[i]);
		print_value(out, &samples[i]);
	}
	sark_buf_format(
	    out, "%.*s_count", (int)samples[0].name_len, samples[0].name);
	print_labels(out, &samples[0]);
	sark_buf_format(out, " %lld\n", (long long)count);
}

static void
print_series(struct sark_buf *out, const struct sample *samples, size_t n)
{
	struct sample whole = samples[0];
	size_t i;

	if (whole.part != PART_WHOLE) {
		print_histogram(out, samples, n);
		return;
	}
	/* Two slots of one name: a claim was passed over.  Their sum counts. */
	for (i = 1; i < n; i++)
		whole.value += samples[i].value;
	sark_buf_format(out, "%.*s", (int)whole.name_len, whole.name);
	print_labels(out, &whole);
	print_value(out, &whole);
}

void
sark_exposition_print(const struct sark_metrics *metrics, struct sark_buf *out)
{
	void *scratch = talloc_new(NULL);
	struct sark_metric_value *values;
	struct sample *samples;
	size_t i, next, n;

	n = sark_metrics_read(metrics, scratch, &values);
	samples = sark_new_array(scratch, struct sample, n);
	for (i = 0; i < n; i++) {
		size_t len = strcspn(values[i].name, "{");

		take_name(&samples[i], values[i].name, len);
		take_labels(&samples[i], values[i].name + len);
		samples[i].value = values[i].value;
	}
	qsort(samples, n, sizeof(*samples), compare);
	for (i = 0; i < n; i = next) {
		if (i == 0 ||
		    compare_text(samples[i].name, samples[i].name_len,
			samples[i - 1].name, samples[i - 1].name_len) != 0)
			print_head(out, &samples[i]);
		for (next = i + 1; next < n &&
		     compare_series(&samples[i], &samples[next]) == 0;
		     next++)
			continue;
		print_series(out, &samples[i], next - i);
	}
	talloc_free(scratch);
}
