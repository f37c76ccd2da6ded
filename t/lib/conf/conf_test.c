#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "conf/conf.h"

/* Reads text as a file; the error's text is in err. */
static int
read_text(const char *text, struct sark_conf **conf_r, struct sark_err *err)
{
	char path[] = "/tmp/sark-conf-XXXXXX";
	int fd = mkstemp(path), ret;

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	sark_err_init(err);
	ret = sark_conf_read(NULL, path, conf_r, err);
	unlink(path);
	return ret;
}

static void
defaults_hold(void **state)
{
	struct sark_conf *conf;
	struct sark_err err;

	(void)state;
	assert_int_equal(read_text("# nothing\n", &conf, &err), 0);
	assert_int_equal(conf->access_token_ttl_s, 3600);
	assert_false(conf->spool_sync);
	assert_null(conf->trusted_proxies[0]);
	talloc_free(conf);
}

static void
values_are_taken(void **state)
{
	struct sark_conf *conf;
	struct sark_err err;

	(void)state;
	assert_int_equal(
	    read_text("audience = \"a\"\nspool_sync = true\n"
		      "trace_sample_ratio = 0.25\n"
		      "trusted_proxies = {\"10.0.0.1\", \"10.1.0.0/16\"}\n",
		&conf, &err),
	    0);
	assert_string_equal(conf->audience, "a");
	assert_true(conf->spool_sync);
	assert_true(conf->trace_sample_ratio == 0.25);
	assert_string_equal(conf->trusted_proxies[1], "10.1.0.0/16");
	talloc_free(conf);
}

static void
bad_values_name_their_line(void **state)
{
	static const char *const bad[] = {
		"\nno_such_key = 1\n",
		"\nredis_timeout_ms = 300x\n",
		"\nredis_timeout_ms = -1\n",
		"\nredis_timeout_ms = 1099511627776\n",
		"\nredis_socket = \"relative\"\n",
		"\nlog_format = \"xml\"\n",
		"\nissuer = \"\"\n",
		"\nspool_sync = maybe\n",
		"\nmetrics_allow = {\"10.0.0.300\"}\n",
		"\ntrusted_proxies = {\"10.0.0.0/33\"}\n",
		"trusted_proxies = {\"10.0.0.0/8\",\n\"10.0.0.1/8\"}\n",
		"\ntrace_sample_ratio = 1.01\n",
		"\ntrace_sample_ratio = -0.01\n",
		"\ntrace_sample_ratio = nan\n",
		"\ntrace_sample_ratio = 0,5\n",
		"# one\nno_such_key = 1\n",
		"\n\"\"x\"\n", /* libconfuse says nothing */
		"\n/* no end\nissuer = a\n/* no end either",
		"issuer*// a word ends at the asterisk\nno_such_key = 1\n",
		"// one # two\nno_such_key = 1\n",
		"//one\nno_such_key = 1\n",
		"/* one\n * two */ no_such_key = 1\n",
		"#* one\nno_such_key = 1\n",
		"audience = \"#\" # \"\nno_such_key = 1\n",
	};
	struct sark_conf *conf;
	struct sark_err err;
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(bad); i++) {
		assert_int_equal(read_text(bad[i], &conf, &err), -1);
		assert_int_equal(err.code, SARK_CONFIG);
		assert_non_null(strstr(err.text, ":2: "));
	}
}

static void
comments_are_no_values(void **state)
{
	struct sark_conf *conf;
	struct sark_err err;

	(void)state;
	assert_int_equal(read_text("issuer = http://a.b//c // d\n"
				   "audience = 'a#\\'b' /* \" */ # it's\n"
				   "redis_socket=\"/a//b\"//c",
			     &conf, &err),
	    0);
	assert_string_equal(conf->issuer, "http://a.b//c");
	assert_string_equal(conf->audience, "a#'b");
	assert_string_equal(conf->redis_socket, "/a//b");
	talloc_free(conf);
	assert_int_equal(read_text("", &conf, &err), 0);
	talloc_free(conf);
}

static void
dump_reads_back(void **state)
{
	struct sark_conf *conf, *again;
	struct sark_err err;
	char text[8192] = "";
	FILE *out;

	(void)state;
	assert_int_equal(
	    read_text("audience = \"a \\\"b\\\\ \\${HOME}\"\n", &conf, &err),
	    0);
	out = fmemopen(text, sizeof(text), "w");
	sark_conf_dump(conf, out);
	fclose(out);
	assert_int_equal(read_text(text, &again, &err), 0);
	assert_string_equal(again->audience, "a \"b\\ ${HOME}");
	talloc_free(conf);
	talloc_free(again);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_hold),
		cmocka_unit_test(values_are_taken),
		cmocka_unit_test(bad_values_name_their_line),
		cmocka_unit_test(comments_are_no_values),
		cmocka_unit_test(dump_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
