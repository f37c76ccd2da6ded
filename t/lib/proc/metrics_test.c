#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "proc/exposition.h"
#include "proc/histogram.h"
#include "proc/metrics.h"

/* A test's own folder with the path of a metrics file in it. */
struct place {
	char dir[32];
	char file[64];
};

static int
set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	strncpy(place->dir, "/tmp/sark-metrics-XXXXXX", sizeof(place->dir) - 1);
	assert_non_null(mkdtemp(place->dir));
	snprintf(place->file, sizeof(place->file), "%s/metrics", place->dir);
	*state = place;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *place = *state;

	unlink(place->file);
	rmdir(place->dir);
	free(place);
	return 0;
}

static struct sark_metrics *
open_at(const char *path)
{
	struct sark_metrics *metrics;
	struct sark_err err;

	sark_err_init(&err);
	if (sark_metrics_open(NULL, path, &metrics, &err) == -1)
		fail_msg("%s", err.text);
	return metrics;
}

static const char *
printed(struct sark_metrics *metrics)
{
	struct sark_buf out;

	sark_buf_init(&out, metrics);
	sark_exposition_print(metrics, &out);
	return out.data;
}

static void
two_processes_add_up(void **state)
{
	struct place *place = *state;
	struct sark_metrics *metrics = open_at(place->file);
	const char *name = "sark_requests_total{program=\"t\"}";
	struct sark_metric *metric;
	pid_t child = fork();
	int i, status;

	/* Each maps the file itself and claims the name at the same time. */
	if (child == 0)
		metrics = open_at(place->file);
	metric = sark_metric_of(metrics, name);
	for (i = 0; i < 100000; i++)
		sark_metric_add(metric, 1);
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(sark_metric_get(metric), 200000);
	assert_non_null(strstr(
	    printed(metrics), "\nsark_requests_total{program=\"t\"} 200000\n"));
	talloc_free(metrics);
}

static void
a_value_outlives_its_process(void **state)
{
	struct place *place = *state;
	struct sark_metrics *metrics = open_at(place->file);

	sark_metric_set(sark_metric_of(metrics, "sark_spool_files"), 7);
	talloc_free(metrics);
	metrics = open_at(place->file);
	assert_non_null(strstr(printed(metrics), "\nsark_spool_files 7\n"));
	talloc_free(metrics);
}

static void
names_are_bounded(void **state)
{
	struct place *place = *state;
	struct sark_metrics *metrics = open_at(place->file);
	struct sark_metric *first, *none;
	char name[SARK_METRIC_NAME_MAX + 2];
	int i;

	first = sark_metric_of(metrics, "sark_spool_files");
	for (i = 1; i < SARK_METRIC_SLOTS; i++) {
		snprintf(name, sizeof(name), "sark_spool_files{n=\"%d\"}", i);
		assert_ptr_not_equal(sark_metric_of(metrics, name), first);
	}
	assert_non_null(
	    strstr(printed(metrics), "\nsark_metric_lost_total 0\n"));
	none = sark_metric_of(metrics, "sark_spool_bytes");
	sark_metric_add(none, 1);
	assert_ptr_equal(sark_metric_of(metrics, "sark_spool_files"), first);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_ptr_equal(sark_metric_of(metrics, name), none);
	assert_ptr_equal(sark_metric_of(metrics, "a\nb 1"), none);
	assert_non_null(
	    strstr(printed(metrics), "\nsark_metric_lost_total 3\n"));
	assert_null(strstr(printed(metrics), "sark_spool_bytes"));
	talloc_free(metrics);
}

static void
histograms_are_cumulative(void **state)
{
	static const char expected[] =
	    "# TYPE sark_request_duration_seconds histogram\n"
	    "sark_request_duration_seconds_bucket{program=\"t\",le=\"0.00025\"}"
	    " 1\n"
	    "sark_request_duration_seconds_bucket{program=\"t\",le=\"0.0005\"}"
	    " 1\n"
	    "sark_request_duration_seconds_bucket{program=\"t\",le=\"0.001\"}"
	    " 2\n";
	static const char end[] =
	    "sark_request_duration_seconds_bucket{program=\"t\",le=\"5\"} 2\n"
	    "sark_request_duration_seconds_bucket{program=\"t\",le=\"+Inf\"}"
	    " 3\n"
	    "sark_request_duration_seconds_sum{program=\"t\"} 6.00125\n"
	    "sark_request_duration_seconds_count{program=\"t\"} 3\n";
	struct place *place = *state;
	struct sark_metrics *metrics = open_at(place->file);
	struct sark_histogram histogram;

	sark_histogram_init(&histogram, metrics,
	    "sark_request_duration_seconds", "program=\"t\"");
	sark_histogram_add(&histogram, 250000); /* the bound is inside */
	sark_histogram_add(&histogram, 1000000);
	sark_histogram_add(&histogram, 6000000000);
	assert_non_null(strstr(printed(metrics), expected));
	assert_non_null(strstr(printed(metrics), end));
	talloc_free(metrics);
}

static void
another_layout_is_refused(void **state)
{
	struct place *place = *state;
	struct sark_metrics *metrics = open_at(place->file);
	struct sark_err err;
	FILE *file;

	talloc_free(metrics);
	file = fopen(place->file, "r+");
	assert_int_equal(fputc(0x7f, file), 0x7f);
	fclose(file);
	sark_err_init(&err);
	assert_int_equal(
	    sark_metrics_open(NULL, place->file, &metrics, &err), -1);
	assert_int_equal(err.code, SARK_CONFIG);
}

static void
a_link_is_not_followed(void **state)
{
	struct place *place = *state;
	char target[96];
	struct sark_metrics *metrics;
	struct sark_err err;
	struct stat st;

	snprintf(target, sizeof(target), "%s/elsewhere", place->dir);
	assert_int_equal(symlink(target, place->file), 0);
	sark_err_init(&err);
	assert_int_equal(
	    sark_metrics_open(NULL, place->file, &metrics, &err), -1);
	assert_int_equal(err.code, SARK_CONFIG);
	assert_int_equal(stat(target, &st), -1);
	assert_int_equal(unlink(place->file), 0);
	talloc_free(open_at(place->file));
	assert_int_equal(stat(place->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(two_processes_add_up),
		TEST(a_value_outlives_its_process),
		TEST(names_are_bounded),
		TEST(histograms_are_cumulative),
		TEST(another_layout_is_refused),
		TEST(a_link_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
