/*
 * A newly installed policy is taken up within a second; what does not load
 * changes nothing.
 */
#include "config.h"

#include "engine_fixture.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "policy/manifest.h"

static struct fixture *fixture;
static struct sark_engine *engine;

static void
build(const char *data)
{
	fixture_write(fixture, "data.json", data);
	if (fixture_build_wat(fixture, "faults") != 0)
		fail_msg("%s", fixture->output);
}

static int
setup(void **state SARK_UNUSED)
{
	fixture = fixture_new();
	build("{\"a\": 1}");
	engine = fixture_open(fixture, NULL);
	return 0;
}

static int
teardown(void **state SARK_UNUSED)
{
	fixture_free(fixture);
	return 0;
}

static void
let_a_second_pass(void)
{
	const struct timespec pause = { .tv_sec = 1, .tv_nsec = 20000000 };

	nanosleep(&pause, NULL);
}

static int
refresh(void)
{
	sark_err_init(&fixture->err);
	return sark_engine_refresh(engine, &fixture->err);
}

static const char *
revision(void)
{
	return sark_strdup(fixture, sark_engine_revision(engine));
}

static void
assert_answers(void)
{
	if (fixture_ask(fixture, engine, "{}") == NULL)
		fail_msg("%s", fixture->err.text);
}

static char *
manifest_path(void)
{
	return sark_format(fixture, "%s/" SARK_MANIFEST_NAME, fixture->policy);
}

static char *
read_manifest(size_t *len_r)
{
	char *text;

	sark_err_init(&fixture->err);
	if (sark_file_read(fixture, manifest_path(), 1 << 20, &text, len_r,
		&fixture->err) == -1)
		fail_msg("%s", fixture->err.text);
	return text;
}

static void
write_manifest(const char *text, size_t len)
{
	assert_int_equal(
	    sark_file_replace(manifest_path(), text, len, 0644, &fixture->err),
	    0);
}

static void
takes_up_a_new_policy(void **state SARK_UNUSED)
{
	const char *before = revision();

	let_a_second_pass();
	assert_int_equal(refresh(), 0);
	build("{\"a\": 2}");
	let_a_second_pass();
	assert_int_equal(refresh(), 1);
	assert_string_not_equal(revision(), before);
	assert_int_equal(refresh(), 0);
	assert_answers();
}

static void
looks_once_a_second(void **state SARK_UNUSED)
{
	int64_t since;
	int changed;
	size_t len;
	char *text = read_manifest(&len);

	let_a_second_pass();
	since = sark_clock_mono_ns();
	assert_int_equal(refresh(), 0);
	write_manifest(text, len);
	changed = refresh();
	/* A machine that needed a second for that has shown nothing. */
	if (sark_clock_mono_ns() - since < 1000000000)
		assert_int_equal(changed, 0);
	let_a_second_pass();
	assert_int_equal(refresh() + changed, 1);
}

/* Said once, not once a second. */
static void
assert_kept(const char *before, const char *why)
{
	let_a_second_pass();
	assert_int_equal(refresh(), -1);
	assert_int_equal(fixture->err.code, SARK_CONFIG);
	if (strstr(fixture->err.text, why) == NULL)
		fail_msg("%s instead of %s", fixture->err.text, why);
	assert_string_equal(revision(), before);
	assert_answers();
	let_a_second_pass();
	assert_int_equal(refresh(), 0);
}

static void
keeps_the_old_for_a_broken_one(void **state SARK_UNUSED)
{
	const char *before = revision();
	size_t len;
	char *text = read_manifest(&len);

	write_manifest("{}", 2);
	assert_kept(before, "/format");
	assert_int_equal(unlink(manifest_path()), 0);
	assert_kept(before, strerror(ENOENT));
	write_manifest(text, len);
	let_a_second_pass();
	assert_int_equal(refresh(), 1);
	assert_string_equal(revision(), before);
}

/* A build that fails installs nothing. */
static void
survives_a_failed_build(void **state SARK_UNUSED)
{
	const char *before = revision();

	fixture_write(fixture, "data.json", "{\"sark\": 1}");
	assert_int_equal(fixture_build_wat(fixture, "faults"), 78);
	assert_non_null(strstr(fixture->output, "sark belongs to the rules"));
	let_a_second_pass();
	assert_int_equal(refresh(), 0);
	assert_string_equal(revision(), before);
	assert_answers();
}

/* Old files go, but those of the policy before stay for who reads them. */
static void
keeps_two_generations(void **state SARK_UNUSED)
{
	char first[SARK_MANIFEST_FILE_MAX], *path;
	struct sark_manifest m;
	size_t len;
	char *text = read_manifest(&len);
	int i;

	assert_int_equal(
	    sark_manifest_parse(fixture, text, len, &m, &fixture->err), 0);
	sark_str_copy(first, sizeof(first), m.data);
	path = sark_format(fixture, "%s/%s", fixture->policy, first);
	for (i = 0; i < 2; i++) {
		assert_int_equal(access(path, R_OK), 0);
		build(sark_format(fixture, "{\"a\": %d}", 10 + i));
	}
	assert_int_equal(access(path, R_OK), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_up_a_new_policy),
		cmocka_unit_test(looks_once_a_second),
		cmocka_unit_test(keeps_the_old_for_a_broken_one),
		cmocka_unit_test(survives_a_failed_build),
		cmocka_unit_test(keeps_two_generations),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
