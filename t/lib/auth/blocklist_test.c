/* PW-08: passwords that everybody tries first, also in disguise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/blocklist.h"
#include "base/attr.h"
#include "base/file.h"
#include "base/mem.h"

static const char words[] = "# a comment\n\nPassword\nletmein\r\n"
			    "1qaz2wsx3edc\nqwertyuiop\nzxcvbnm";

static struct sark_blocklist *
list_of(void *ctx, const char *text, size_t len)
{
	char path[] = "/tmp/sark-blocklist-XXXXXX";
	struct sark_blocklist *list;
	struct sark_err err;
	int fd = mkstemp(path);

	sark_err_init(&err);
	assert_true(fd >= 0);
	assert_int_equal(sark_file_write_all(fd, text, len), 0);
	close(fd);
	assert_int_equal(sark_blocklist_open(ctx, path, &list, &err), 0);
	assert_int_equal(unlink(path), 0);
	return list;
}

static void
has(void **state)
{
	static const char *const common[] = { "password", "PASSWORD",
		"PaSsWoRd1234", "12password34!", "p4$$w0rd", "P@55w0rd2026",
		"pass-word", "p.a.s.s.w.o.r.d", "passwordpassword",
		"password1password2", "passwordpassw", "letmein", "l3tm31n!!!",
		"letmeinletmein", "1qaz2wsx3edc", "1QAZ2WSX3EDC",
		"1qaz2wsx3edc1qaz", "qwertyuiop12", "zxcvbnm99999",
		"aaaaaaaaaaaa", "abababababab", "xyz1xyz1xyz1", "abcdefghijkl",
		"zyxwvutsrqpo", "123456789012", "210987654321", "Zxcvbnm" };
	void *ctx = talloc_new(NULL);
	struct sark_blocklist *list = list_of(ctx, words, sizeof(words) - 1);
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(common); i++)
		if (!sark_blocklist_has(list, common[i]))
			fail_msg("%s is let pass", common[i]);
	talloc_free(ctx);
}

static void
has_not(void **state)
{
	static const char *const good[] = { "correct horse ved staple",
		"my password is long", "password to paradise",
		"8372940182748392037461a", "letmeoutofhere", "# a comment",
		"h7Gk2mQ9xT4z", "passworddrowssap", "3.14159265358979",
		"abcdefghijkm", "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f",
		"1qaz2wsx3edd", "comment" };
	void *ctx = talloc_new(NULL);
	struct sark_blocklist *list = list_of(ctx, words, sizeof(words) - 1);
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(good); i++)
		if (sark_blocklist_has(list, good[i]))
			fail_msg("%s is refused", good[i]);
	talloc_free(ctx);
}

/* A run of neighbours needs no list. */
static void
an_empty_list(void **state)
{
	void *ctx = talloc_new(NULL);
	struct sark_blocklist *list = list_of(ctx, "", 0);

	(void)state;
	assert_false(sark_blocklist_has(list, "password"));
	assert_true(sark_blocklist_has(list, "12345678"));
	talloc_free(ctx);
}

static void
no_list(void **state)
{
	struct sark_blocklist *list;
	struct sark_err err;

	(void)state;
	sark_err_init(&err);
	assert_int_equal(
	    sark_blocklist_open(NULL, "/nonexistent/list", &list, &err), -1);
	assert_int_equal(err.code, SARK_CONFIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has),
		cmocka_unit_test(has_not),
		cmocka_unit_test(an_empty_list),
		cmocka_unit_test(no_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
