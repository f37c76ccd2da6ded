#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "policy/builtin.h"
#include "policy/builtin_re2.h"

/*
 * regex.find_n, regex.replace, regex.split; the compiled policy brings
 * regex.match itself.  PCRE2 backtracks where RE2 does not: the limits end
 * an evaluation that would take long.
 */

#define STEPS_MAX   1000000
#define HEAP_KIB    4096
#define MATCHES_MAX 65536

struct regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	uint32_t groups;
};

/* The matches of a text, one after the other, as Go's FindAll has them. */
struct matches {
	const struct regex *regex;
	const struct sark_term *text;
	size_t from;	 /* where to look next */
	size_t last_end; /* of the match before; SIZE_MAX none */
	size_t count;
	const PCRE2_SIZE *at; /* pairs of begin and end */
};

static int
regex_free(struct regex *regex)
{
	pcre2_match_context_free(regex->limits);
	pcre2_match_data_free(regex->data);
	pcre2_code_free(regex->code);
	return 0;
}

static pcre2_code *
compile(const struct sark_buf *pattern)
{
	const uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY |
	    PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP;
	pcre2_compile_context *context;
	pcre2_code *code;
	PCRE2_SIZE offset;
	int number;

	context = sark_mem_check(pcre2_compile_context_create(NULL));
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	code = pcre2_compile((PCRE2_SPTR)pattern->data, pattern->len, options,
	    &number, &offset, context);
	pcre2_compile_context_free(context);
	return code;
}

static int
regex_of(const struct sark_builtin_call *call, const struct sark_term *pattern,
    struct regex **regex_r, struct sark_err *err)
{
	struct sark_buf translated;
	struct regex *regex;
	int found;

	sark_buf_init(&translated, call->ctx);
	found =
	    sark_re2_translate(&translated, pattern->text, pattern->len, err);
	if (found != 1)
		return found;
	regex = sark_new(call->ctx, struct regex);
	regex->code = compile(&translated);
	talloc_set_destructor(regex, regex_free);
	if (regex->code == NULL)
		return 0;
	regex->data = sark_mem_check(
	    pcre2_match_data_create_from_pattern(regex->code, NULL));
	regex->limits = sark_mem_check(pcre2_match_context_create(NULL));
	pcre2_set_match_limit(regex->limits, STEPS_MAX);
	pcre2_set_heap_limit(regex->limits, HEAP_KIB);
	pcre2_pattern_info(
	    regex->code, PCRE2_INFO_CAPTURECOUNT, &regex->groups);
	*regex_r = regex;
	return 1;
}

static void
start(
    struct matches *m, const struct regex *regex, const struct sark_term *text)
{
	memset(m, 0, sizeof(*m));
	m->regex = regex;
	m->text = text;
	m->last_end = SIZE_MAX;
	m->at = pcre2_get_ovector_pointer(regex->data);
}

/* Behind the character at a place. */
static size_t
behind(const struct sark_term *text, size_t at)
{
	do
		at++;
	while (
	    at < text->len && ((unsigned char)text->text[at] & 0xc0) == 0x80);
	return at;
}

/* Finder.  An empty match right behind another match does not count. */
static int
next(struct matches *m, struct sark_err *err)
{
	bool abutting;
	int n;

	while (m->from <= m->text->len) {
		n = pcre2_match(m->regex->code, (PCRE2_SPTR)m->text->text,
		    m->text->len, m->from, 0, m->regex->data, m->regex->limits);
		if (n == PCRE2_ERROR_NOMATCH)
			return 0;
		if (n < 0 || m->count == MATCHES_MAX)
			return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
			    "regular expression: %s",
			    n < 0 ? "a limit was reached" : "too many matches");
		abutting = m->at[0] == m->at[1] && m->at[0] == m->last_end;
		m->last_end = m->at[1];
		m->from =
		    m->at[0] == m->at[1] ? behind(m->text, m->at[1]) : m->at[1];
		if (!abutting) {
			m->count++;
			return 1;
		}
	}
	return 0;
}

static void
add(const struct sark_builtin_call *call, struct sark_term *list,
    const char *from, size_t len)
{
	sark_term_add(list, sark_term_str(call->ctx, from, len));
}

static int
find_n(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	const struct sark_term *pattern = sark_builtin_str(call, 0);
	const struct sark_term *text = sark_builtin_str(call, 1);
	struct regex *regex;
	struct matches m;
	int64_t most;
	int found;

	if (pattern == NULL || text == NULL ||
	    sark_builtin_int(call, 2, &most) == -1)
		return 0;
	found = regex_of(call, pattern, &regex, err);
	if (found != 1)
		return found;
	*value_r = sark_term_new(call->ctx, SARK_TERM_ARRAY);
	start(&m, regex, text);
	while ((most < 0 || (int64_t)m.count < most) &&
	    (found = next(&m, err)) == 1)
		add(call, *value_r, text->text + m.at[0], m.at[1] - m.at[0]);
	return found == -1 ? -1 : 1;
}

static int
split(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	const struct sark_term *pattern = sark_builtin_str(call, 0);
	const struct sark_term *text = sark_builtin_str(call, 1);
	size_t begin = 0, end = 0;
	struct regex *regex;
	struct matches m;
	int found;

	if (pattern == NULL || text == NULL)
		return 0;
	found = regex_of(call, pattern, &regex, err);
	if (found != 1)
		return found;
	*value_r = sark_term_new(call->ctx, SARK_TERM_ARRAY);
	if (pattern->len > 0 && text->len == 0) {
		add(call, *value_r, "", 0);
		return 1;
	}
	start(&m, regex, text);
	while ((found = next(&m, err)) == 1) {
		end = m.at[0];
		if (m.at[1] != 0)
			add(call, *value_r, text->text + begin, end - begin);
		begin = m.at[1];
	}
	if (found == -1)
		return -1;
	if (end != text->len)
		add(call, *value_r, text->text + begin, text->len - begin);
	return 1;
}

/* The group that a template names, or -1. */
static int64_t
group_of(const struct regex *regex, const char *name)
{
	int number;

	if (sark_str_of(name, "0123456789")) {
		number = strlen(name) > 8 ? -1 : (int)strtol(name, NULL, 10);
		return number <= (int)regex->groups ? number : -1;
	}
	number =
	    pcre2_substring_number_from_name(regex->code, (PCRE2_SPTR)name);
	return number > 0 ? number : -1;
}

/*
 * A name behind "$": word characters, or anything of them in braces.
 * Returns how long the whole is, 0 when it is none.
 */
static size_t
name_at(void *ctx, const char *p, char **name_r)
{
	static const char word[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	bool brace = *p == '{';
	size_t n = strspn(p + brace, word);

	if (n == 0 || (brace && p[1 + n] != '}'))
		return 0;
	*name_r = sark_strndup(ctx, p + brace, n);
	return n + (brace ? 2 : 0);
}

/* Go's Expand: $1, ${1}, $name, ${name}, $$. */
static void
expand(const struct matches *m, const struct sark_term *template,
    struct sark_buf *out)
{
	const char *p = template->text, *dollar;
	char *name;
	int64_t group;
	size_t n;

	while ((dollar = strchr(p, '$')) != NULL) {
		sark_buf_add(out, p, (size_t)(dollar - p));
		p = dollar + 1;
		if (*p == '$') {
			sark_buf_char(out, *p++);
			continue;
		}
		n = name_at(out->ctx, p, &name);
		if (n == 0) {
			sark_buf_char(out, '$');
			continue;
		}
		p += n;
		group = group_of(m->regex, name);
		if (group >= 0 && m->at[2 * group] != PCRE2_UNSET)
			sark_buf_add(out, m->text->text + m->at[2 * group],
			    m->at[2 * group + 1] - m->at[2 * group]);
	}
	sark_buf_str(out, p);
}

static int
replace(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	const struct sark_term *text = sark_builtin_str(call, 0);
	const struct sark_term *pattern = sark_builtin_str(call, 1);
	const struct sark_term *template = sark_builtin_str(call, 2);
	struct sark_buf out;
	struct regex *regex;
	struct matches m;
	size_t end = 0;
	int found;

	if (text == NULL || pattern == NULL || template == NULL)
		return 0;
	if (strlen(template->text) != template->len)
		return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
		    "regex.replace: a NUL in the replacement");
	found = regex_of(call, pattern, &regex, err);
	if (found != 1)
		return found;
	sark_buf_init(&out, call->ctx);
	sark_buf_str(&out, "");
	start(&m, regex, text);
	while ((found = next(&m, err)) == 1) {
		sark_buf_add(&out, text->text + end, m.at[0] - end);
		expand(&m, template, &out);
		end = m.at[1];
	}
	if (found == -1)
		return -1;
	sark_buf_add(&out, text->text + end, text->len - end);
	return sark_builtin_give_str(call, out.data, out.len, value_r);
}

const struct sark_builtin sark_builtins_regex[] = {
	{ "regex.find_n", 3, find_n }, { "regex.replace", 3, replace },
	{ "regex.split", 2, split }, { NULL }
};
