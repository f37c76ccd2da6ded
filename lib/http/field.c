#include "http/field.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "http/value.h"

#define POINTER_MAX 256
#define ITEMS_MAX   1000
#define WORD_MAX    200

/* The reading of one body. */
struct reading {
	void *ctx;
	struct sark_err *err;
};

/* The object that is being read: its rows, and where it stands. */
struct place {
	const struct sark_field *fields;
	const char *prefix; /* "/tools/3" */
	char *out;	    /* the input struct */
};

static int
wrong(const struct reading *r, const struct place *at, const char *pointer,
    const char *what)
{
	char full[POINTER_MAX];

	snprintf(full, sizeof(full), "%s%s", at->prefix, pointer);
	return sark_err_field(r->err, full, "%s", what);
}

static int
wrong_item(const struct reading *r, const struct place *at,
    const struct sark_field *field, size_t i, const char *what)
{
	char pointer[POINTER_MAX];

	snprintf(pointer, sizeof(pointer), "%s/%zu", field->pointer, i);
	return wrong(r, at, pointer, what);
}

/* A member's name as a reference token (RFC 6901 section 3). */
static int
unknown(const struct reading *r, const struct place *at, const char *name)
{
	char pointer[POINTER_MAX];
	size_t n = 0;

	pointer[n++] = '/';
	for (; *name != '\0' && n < sizeof(pointer) - 3; name++) {
		if (*name == '~' || *name == '/') {
			pointer[n++] = '~';
			pointer[n++] = *name == '~' ? '0' : '1';
		} else {
			pointer[n++] = *name;
		}
	}
	pointer[n] = '\0';
	return wrong(r, at, pointer, "is not known here");
}

/* The elements of an array of a number that the field allows. */
static int
count_of(const struct reading *r, const struct place *at,
    const struct sark_field *field, const struct sark_json *value,
    size_t *count_r)
{
	int64_t max = field->max > 0 ? field->max : ITEMS_MAX;
	struct sark_field shown = *field;
	char what[SARK_VALUE_WHAT];

	if (sark_json_type(value) != SARK_JSON_ARRAY)
		return wrong(r, at, field->pointer, "must be an array");
	*count_r = sark_json_count(value);
	if ((int64_t)*count_r >= field->min && (int64_t)*count_r <= max)
		return 0;
	shown.max = max;
	sark_value_range(what, "have", &shown, " items");
	return wrong(r, at, field->pointer, what);
}

static int
words_of(const struct reading *r, const struct place *at,
    const struct sark_field *field, const struct sark_json *value)
{
	const char **words, *word;
	size_t n, i;
	int ret = 0;

	if (count_of(r, at, field, value, &n) == -1)
		return -1;
	words = sark_new_array(r->ctx, const char *, n + 1);
	for (i = 0; i < n; i++) {
		word = sark_json_str(sark_json_element(value, i));
		if (word == NULL || !sark_value_length(word, 1, WORD_MAX))
			ret = wrong_item(r, at, field, i,
			    "must be a string of 1 to 200 bytes");
		else
			words[i] = word;
	}
	*(const char *const **)(void *)(at->out + field->offset) = words;
	return ret;
}

static int
scalar_of(const struct reading *r, const struct place *at,
    const struct sark_field *field, const struct sark_json *value)
{
	void *member = at->out + field->offset;
	char what[SARK_VALUE_WHAT];
	const char *text;

	if (field->type == SARK_INT) {
		if (sark_json_type(value) != SARK_JSON_INT)
			return wrong(
			    r, at, field->pointer, "must be an integer");
		if (sark_value_int(
			field, sark_json_int(value, 0), member, what) == -1)
			return wrong(r, at, field->pointer, what);
		return 0;
	}
	if (field->type == SARK_BOOL) {
		if (sark_json_type(value) != SARK_JSON_BOOL)
			return wrong(
			    r, at, field->pointer, "must be true or false");
		*(bool *)member = sark_json_bool(value, false);
		return 0;
	}
	text = sark_json_str(value);
	if (text == NULL)
		return wrong(r, at, field->pointer, "must be a string");
	if (sark_value_text(field, text, member, what) == -1)
		return wrong(r, at, field->pointer, what);
	return 0;
}

static int
check_known(const struct reading *r, const struct place *at,
    const struct sark_json *value)
{
	const struct sark_field *field;
	size_t n = sark_json_count(value), i;
	const char *name;
	int ret = 0;

	for (i = 0; i < n && r->err->nfields < SARK_ERR_FIELDS; i++) {
		(void)sark_json_member(value, i, &name);
		for (field = at->fields; field->pointer != NULL; field++)
			if (sark_str_eq(field->pointer + 1, name))
				break;
		if (field->pointer == NULL)
			ret = unknown(r, at, name);
	}
	return ret;
}

static int object_of(const struct reading *r, const struct place *at,
    const struct sark_json *value);

/*
 * Comes back to object_of only as deep as the tables of the program nest,
 * whatever the input.
 */
static int
list_of(const struct reading *r, const struct place *at,
    const struct sark_field *field, const struct sark_json *value)
{
	struct sark_list *list = (void *)(at->out + field->offset);
	const struct sark_json *element;
	char prefix[POINTER_MAX];
	struct place item = { field->sub, prefix, NULL };
	size_t n, i;
	int ret = 0;

	if (count_of(r, at, field, value, &n) == -1)
		return -1;
	list->count = n;
	list->items = sark_new_array(r->ctx, char, n * field->sub_size + 1);
	for (i = 0; i < n; i++) {
		element = sark_json_element(value, i);
		if (sark_json_type(element) != SARK_JSON_OBJECT) {
			ret = wrong_item(r, at, field, i, "must be an object");
			continue;
		}
		snprintf(prefix, sizeof(prefix), "%s%s/%zu", at->prefix,
		    field->pointer, i);
		item.out = (char *)list->items + i * field->sub_size;
		if (object_of(r, &item, element) == -1)
			ret = -1;
	}
	return ret;
}

static int
check_object(const struct reading *r, const struct place *at,
    const struct sark_field *field, const struct sark_json *value)
{
	int64_t n = (int64_t)sark_json_count(value);
	char what[SARK_VALUE_WHAT];

	if (sark_json_type(value) != SARK_JSON_OBJECT)
		return wrong(r, at, field->pointer, "must be an object");
	if (n >= field->min && (field->max == 0 || n <= field->max))
		return 0;
	sark_value_range(what, "have", field, " members");
	return wrong(r, at, field->pointer, what);
}

static int
value_of(const struct reading *r, const struct place *at,
    const struct sark_field *field, const struct sark_json *value)
{
	switch (field->type) {
	case SARK_WORDS:
		return words_of(r, at, field, value);
	case SARK_LIST:
		return list_of(r, at, field, value);
	case SARK_OBJECT:
		if (check_object(r, at, field, value) == -1)
			return -1;
		/* FALLTHROUGH */
	case SARK_ANY:
		*(const struct sark_json **)(void *)(at->out + field->offset) =
		    value;
		return 0;
	default:
		return scalar_of(r, at, field, value);
	}
}

static int
object_of(const struct reading *r, const struct place *at,
    const struct sark_json *value)
{
	const struct sark_json *member;
	const struct sark_field *field;
	int ret = 0;

	for (field = at->fields; field->pointer != NULL; field++) {
		member = sark_json_get(value, field->pointer + 1);
		if (sark_json_type(member) != SARK_JSON_NULL) {
			if (value_of(r, at, field, member) == -1)
				ret = -1;
		} else if ((field->flags & SARK_REQUIRED) != 0) {
			ret = wrong(r, at, field->pointer, "is required");
		}
	}
	if (check_known(r, at, value) == -1)
		ret = -1;
	return ret;
}

int
sark_fields_from_json(void *ctx, const struct sark_input *input,
    const struct sark_json *value, void **out_r, struct sark_err *err)
{
	struct reading r = { ctx, err };
	struct place at = { input->fields, "", NULL };

	if (sark_json_type(value) != SARK_JSON_OBJECT)
		return sark_err_field(err, "", "must be an object");
	at.out = sark_new_array(ctx, char, input->size);
	*out_r = at.out;
	return object_of(&r, &at, value);
}
