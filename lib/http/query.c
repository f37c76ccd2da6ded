#include "http/field.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "http/target.h"
#include "http/value.h"

#define FIELDS_MAX 64 /* bits of the word that says what was given */

/*
 * Decodes a name or value in place, up to end.  Returns 0, or -1: a bad
 * escape, a NUL, invalid UTF-8.
 */
static int
decode(char *s, char *end)
{
	char *out = s, *start = s;
	int c;

	while (s < end) {
		c = (unsigned char)*s++;
		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			c = end - s < 2 ? -1 : sark_target_hex(s);
			if (c <= 0)
				return -1;
			s += 2;
		}
		*out++ = (char)c;
	}
	*out = '\0';
	return sark_str_utf8(start, (size_t)(out - start)) ? 0 : -1;
}

/* A table may write a query's names as "name" or as "/name". */
static const char *
name_of(const struct sark_field *field)
{
	return field->pointer + (field->pointer[0] == '/');
}

static int
store(const struct sark_field *field, const char *text, void *member,
    char what_r[SARK_VALUE_WHAT])
{
	int64_t number;

	switch (field->type) {
	case SARK_INT:
		if (sark_num_int(text, INT64_MIN, INT64_MAX, &number) == 0)
			return sark_value_int(field, number, member, what_r);
		sark_str_copy(what_r, SARK_VALUE_WHAT, "must be an integer");
		return -1;
	case SARK_BOOL:
		*(bool *)member = sark_str_eq(text, "true");
		if (*(bool *)member || sark_str_eq(text, "false"))
			return 0;
		sark_str_copy(what_r, SARK_VALUE_WHAT, "must be true or false");
		return -1;
	default:
		return sark_value_text(field, text, member, what_r);
	}
}

/* The reading of one list of names and values. */
struct reading {
	const struct sark_field *fields;
	char *out; /* the input struct */
	bool form;
	uint64_t given; /* the rows that were there, a bit each */
	struct sark_err *err;
};

/* One name and value. */
static int
take(struct reading *r, const char *name, const char *value)
{
	const struct sark_field *fields = r->fields;
	char what[SARK_VALUE_WHAT];
	unsigned int i;

	for (i = 0; fields[i].pointer != NULL && i < FIELDS_MAX; i++)
		if (sark_str_eq(name_of(&fields[i]), name))
			break;
	if (i == FIELDS_MAX || fields[i].pointer == NULL)
		return r->form
		    ? 0
		    : sark_err_field(r->err, name, "is not known here");
	if (r->form && *value == '\0')
		return 0;
	if ((r->given & (UINT64_C(1) << i)) != 0)
		return sark_err_field(r->err, name, "is given twice");
	r->given |= UINT64_C(1) << i;
	if (store(&fields[i], value, r->out + fields[i].offset, what) == -1)
		return sark_err_field(r->err, name, "%s", what);
	return 0;
}

static int
check_table(const struct sark_field *fields, struct sark_err *err)
{
	size_t n;

	for (n = 0; fields[n].pointer != NULL; n++) {
		if (n < FIELDS_MAX && fields[n].type != SARK_WORDS &&
		    fields[n].type != SARK_OBJECT &&
		    fields[n].type != SARK_ANY && fields[n].type != SARK_LIST)
			continue;
		return sark_err_set(err, SARK_INTERNAL,
		    "field %s cannot be in a query", fields[n].pointer);
	}
	return 0;
}

/* A list of name=value, changed while it is read. */
static int
read_list(struct reading *r, char *p)
{
	const struct sark_field *fields = r->fields;
	char *end, *equals, *next;
	unsigned int i;
	bool more;

	for (more = *p != '\0'; more; p = next) {
		end = p + strcspn(p, "&");
		more = *end != '\0';
		next = end + 1;
		equals = memchr(p, '=', (size_t)(end - p));
		if (equals == NULL || equals == p)
			return sark_err_set(r->err, SARK_BAD_REQUEST,
			    "it is no list of name=value");
		if (decode(p, equals) == -1 || decode(equals + 1, end) == -1)
			return sark_err_set(
			    r->err, SARK_BAD_REQUEST, "it is not well encoded");
		if (take(r, p, equals + 1) == -1 &&
		    r->err->nfields == SARK_ERR_FIELDS)
			break;
	}
	for (i = 0; fields[i].pointer != NULL; i++)
		if ((fields[i].flags & SARK_REQUIRED) != 0 &&
		    (r->given & (UINT64_C(1) << i)) == 0)
			sark_err_field(
			    r->err, name_of(&fields[i]), "is required");
	return r->err->code == SARK_OK ? 0 : -1;
}

int
sark_fields_from_query(void *ctx, const struct sark_input *input,
    const char *query, void **out_r, struct sark_err *err)
{
	struct reading r = { .fields = input->fields, .err = err };

	r.out = sark_new_array(ctx, char, input->size);
	*out_r = r.out;
	if (check_table(input->fields, err) == -1)
		return -1;
	return read_list(&r, sark_strdup(ctx, query));
}

/* What is wrong, as the standards of forms have it: one thing, and a 400. */
static int
refuse_form(struct sark_err *err)
{
	const struct sark_err was = *err;

	if (was.code != SARK_INVALID)
		return -1;
	sark_err_init(err);
	return sark_err_set(err, SARK_BAD_REQUEST, "%s %s",
	    was.fields[0].pointer, was.fields[0].message);
}

int
sark_fields_from_form(void *ctx, const struct sark_input *input,
    const char *body, size_t len, void **out_r, struct sark_err *err)
{
	struct reading r = {
		.fields = input->fields, .form = true, .err = err
	};

	r.out = sark_new_array(ctx, char, input->size);
	*out_r = r.out;
	if (check_table(input->fields, err) == -1)
		return -1;
	if (strlen(body) != len)
		return sark_err_set(
		    err, SARK_BAD_REQUEST, "a form holds no NUL");
	return read_list(&r, sark_strdup(ctx, body)) == -1 ? refuse_form(err)
							   : 0;
}
