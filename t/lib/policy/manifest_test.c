/*
 * What may be loaded: every way to change an installed policy is refused,
 * and the unchanged one loads before and after.
 */
#include "config.h"

#include "engine_fixture.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "policy/manifest.h"

#define FILE_MAX ((size_t)1 << 22)
#define NOBODY	 65534

static struct fixture *fixture;
static struct sark_manifest manifest;
static char *original;

static char *
path(const char *name)
{
	return sark_format(fixture, "%s/%s", fixture->policy, name);
}

static char *
slurp(const char *name, size_t *len_r)
{
	char *data;

	sark_err_init(&fixture->err);
	if (sark_file_read(fixture, path(name), FILE_MAX, &data, len_r,
		&fixture->err) == -1)
		fail_msg("%s", fixture->err.text);
	return data;
}

static void
spit(const char *name, const char *data, size_t len)
{
	sark_err_init(&fixture->err);
	if (sark_file_replace(path(name), data, len, 0644, &fixture->err) == -1)
		fail_msg("%s", fixture->err.text);
}

static int
setup(void **state SARK_UNUSED)
{
	size_t len;

	fixture = fixture_new();
	if (fixture_build_wat(fixture, "faults") != 0)
		fail_msg("%s", fixture->output);
	original = slurp(SARK_MANIFEST_NAME, &len);
	return sark_manifest_parse(
	    fixture, original, len, &manifest, &fixture->err);
}

static int
teardown(void **state SARK_UNUSED)
{
	fixture_free(fixture);
	return 0;
}

static void
assert_loads(void)
{
	talloc_free(fixture_open(fixture, NULL));
}

static void
assert_refused(const char *why)
{
	static const struct sark_engine_limits limits = { .deadline_ms = 1000,
		.memory_bytes = 16 << 20 };
	struct sark_engine *engine;

	sark_err_init(&fixture->err);
	if (sark_engine_open(
		fixture, fixture->policy, &limits, &engine, &fixture->err) == 0)
		fail_msg("loaded: should say %s", why);
	assert_int_equal(fixture->err.code, SARK_CONFIG);
	if (strstr(fixture->err.text, why) == NULL)
		fail_msg("%s instead of %s", fixture->err.text, why);
}

/* The manifest with one text in place of another. */
static void
with_manifest(const char *from, const char *to)
{
	char *at = strstr(original, from), *text;

	if (at == NULL)
		fail_msg("no %s in the manifest", from);
	text = sark_format(fixture, "%.*s%s%s", (int)(at - original), original,
	    to, at + strlen(from));
	spit(SARK_MANIFEST_NAME, text, strlen(text));
}

static void
with_flipped_byte(const char *name)
{
	size_t len;
	char *data = slurp(name, &len);

	data[len / 2] ^= 1;
	spit(name, data, len);
	assert_refused("is not the file that the manifest means");
	data[len / 2] ^= 1;
	spit(name, data, len);
	assert_loads();
}

static void
refuses_changed_files(void **state SARK_UNUSED)
{
	assert_loads();
	with_flipped_byte(manifest.object);
	with_flipped_byte(manifest.data);
}

static void
refuses_a_changed_manifest(void **state SARK_UNUSED)
{
	static const struct {
		const char *from, *to, *why;
	} changes[] = {
		{ "\"format\":1", "\"format\":2", "/format" },
		{ "\"format\":1,", "", "/format" },
		{ "sark/decision", "sark/other", "another version" },
		{ "\"abi\":1003", "\"abi\":1002", "another WebAssembly ABI" },
		{ "\"native_abi\":1", "\"native_abi\":2", "another version" },
		{ "\"revision\":\"", "\"revision\":\"0", "/revision" },
		{ "\"time.clock\"", "\"http.send\"", "other builtins" },
		{ ",\"time.clock\"", "", "other builtins" },
		{ "\"object\":\"policy-", "\"object\":\"../policy-",
		    "/object: no file name" },
		{ "\"object\":\"policy-", "\"object\":\"x-", "No such file" },
		{ "\"wasm\":\"", "\"wasm\":\"0", "/hashes/wasm" },
		{ "policy.rego", "policy.reg0", "/revision" },
		{ "{\"format\"", "{\"format\":1,\"format\"", "JSON" },
		{ "\"built_at\":\"", "\"built_at\":\"x", "/built_at" },
	};
	size_t i;

	assert_loads();
	for (i = 0; i < SARK_COUNT(changes); i++) {
		with_manifest(changes[i].from, changes[i].to);
		assert_refused(changes[i].why);
	}
	spit(SARK_MANIFEST_NAME, original, strlen(original));
	assert_loads();
}

static void
with_mode(const char *name, mode_t mode)
{
	struct stat st;

	assert_int_equal(stat(path(name), &st), 0);
	assert_int_equal(chmod(path(name), mode), 0);
	assert_refused("can be written by group or others");
	assert_int_equal(chmod(path(name), st.st_mode & 07777), 0);
	assert_loads();
}

static void
refuses_what_others_can_write(void **state SARK_UNUSED)
{
	assert_loads();
	with_mode(".", 0775);
	with_mode(".", 0757);
	with_mode(SARK_MANIFEST_NAME, 0664);
	with_mode(manifest.object, 0646);
	with_mode(manifest.data, 0666);
}

static void
with_owner(const char *name)
{
	assert_int_equal(chown(path(name), NOBODY, NOBODY), 0);
	assert_refused("belongs neither to root nor to this user");
	assert_int_equal(chown(path(name), 0, 0), 0);
	assert_loads();
}

static void
refuses_what_others_own(void **state SARK_UNUSED)
{
	if (geteuid() != 0) {
		/* a skip of cmocka's reads "not ok" to TAP */
		print_message("needs root to give files away\n");
		return;
	}
	assert_loads();
	with_owner(".");
	with_owner(SARK_MANIFEST_NAME);
	with_owner(manifest.object);
	with_owner(manifest.data);
}

static void
with_link(const char *name)
{
	char *aside = path("aside");

	assert_int_equal(rename(path(name), aside), 0);
	assert_int_equal(symlink(aside, path(name)), 0);
	assert_refused(strerror(ELOOP));
	assert_int_equal(unlink(path(name)), 0);
	assert_refused(strerror(ENOENT));
	assert_int_equal(mkdir(path(name), 0755), 0);
	assert_refused("not a regular file");
	assert_int_equal(rmdir(path(name)), 0);
	assert_int_equal(rename(aside, path(name)), 0);
	assert_loads();
}

static void
refuses_links_and_gaps(void **state SARK_UNUSED)
{
	assert_loads();
	with_link(SARK_MANIFEST_NAME);
	with_link(manifest.object);
	with_link(manifest.data);
}

/* An object that is no policy, with a manifest that fits its hash. */
static void
refuses_what_is_no_policy(void **state SARK_UNUSED)
{
	static const char junk[] = "\177ELF but not really";
	char hex[SARK_SHA256_TEXT], *text, *at;
	size_t len;
	char *object = slurp(manifest.object, &len);

	sark_sha256_hex(hex, junk, sizeof(junk) - 1);
	text = sark_strdup(fixture, original);
	at = strstr(text, manifest.object_hash);
	memcpy(at, hex, sizeof(hex) - 1);
	spit(SARK_MANIFEST_NAME, text, strlen(text));
	spit(manifest.object, junk, sizeof(junk) - 1);
	assert_refused(manifest.object);
	spit(manifest.object, object, len);
	spit(SARK_MANIFEST_NAME, original, strlen(original));
	assert_loads();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_changed_files),
		cmocka_unit_test(refuses_a_changed_manifest),
		cmocka_unit_test(refuses_what_others_can_write),
		cmocka_unit_test(refuses_what_others_own),
		cmocka_unit_test(refuses_links_and_gaps),
		cmocka_unit_test(refuses_what_is_no_policy),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
