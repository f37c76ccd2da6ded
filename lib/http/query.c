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

/* One name and value; the bit of the row goes into *given. */
static int
take(const struct sark_field *fields, const char *name, const char *value,
    void *out, uint64_t *given, struct sark_err *err)
{
	char what[SARK_VALUE_WHAT];
	unsigned int i;

	for (i = 0; fields[i].pointer != NULL && i < FIELDS_MAX; i++)
		if (sark_str_eq(name_of(&fields[i]), name))
			break;
	if (i == FIELDS_MAX || fields[i].pointer == NULL)
		return sark_err_field(err, name, "is not known here");
	if ((*given & (UINT64_C(1) << i)) != 0)
		return sark_err_field(err, name, "is given twice");
	*given |= UINT64_C(1) << i;
	if (store(&fields[i], value, (char *)out + fields[i].offset, what) ==
	    -1)
		return sark_err_field(err, name, "%s", what);
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

int
sark_fields_from_query(void *ctx, const struct sark_input *input,
    const char *query, void **out_r, struct sark_err *err)
{
	const struct sark_field *fields = input->fields;
	char *p = sark_strdup(ctx, query), *end, *equals, *next;
	uint64_t given = 0;
	unsigned int i;
	bool more;

	*out_r = sark_new_array(ctx, char, input->size);
	if (check_table(fields, err) == -1)
		return -1;
	for (more = *p != '\0'; more; p = next) {
		end = p + strcspn(p, "&");
		more = *end != '\0';
		next = end + 1;
		equals = memchr(p, '=', (size_t)(end - p));
		if (equals == NULL || equals == p)
			return sark_err_set(err, SARK_BAD_REQUEST,
			    "the query is no list of name=value");
		if (decode(p, equals) == -1 || decode(equals + 1, end) == -1)
			return sark_err_set(err, SARK_BAD_REQUEST,
			    "the query is not well encoded");
		if (take(fields, p, equals + 1, *out_r, &given, err) == -1 &&
		    err->nfields == SARK_ERR_FIELDS)
			break;
	}
	for (i = 0; fields[i].pointer != NULL; i++)
		if ((fields[i].flags & SARK_REQUIRED) != 0 &&
		    (given & (UINT64_C(1) << i)) == 0)
			sark_err_field(err, name_of(&fields[i]), "is required");
	return err->code == SARK_OK ? 0 : -1;
}
