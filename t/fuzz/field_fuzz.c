/*
 * Declared input: a table with a field of every type, from JSON ('{' first)
 * or from a query.  What is taken keeps to the bounds of its row; what is
 * refused says which field is wrong, or that the text is none.
 */
#include "fuzz.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "http/field.h"
#include "json/reader.h"

const char fuzz_name[] = "field";

struct item {
	const char *name;
	struct sark_list parts;
};

struct part {
	int64_t size;
};

struct all {
	const char *text, *uuid, *word, *secret;
	int64_t time, number;
	bool truth;
	int choice;
	const char *const *words;
	const struct sark_json *object, *any;
	struct sark_list items;
};

#define AT(member) offsetof(struct all, member)
#define WORD_BYTES "abcdefghijklmnopqrstuvwxyz_"

static const char *const choices[] = { "one", "two", "three", NULL };

static const struct sark_field part[] = {
	{ "/size", SARK_INT, offsetof(struct part, size), 0, 9, SARK_REQUIRED },
	{ NULL }
};

static const struct sark_field item[] = { { "/name", SARK_TEXT,
					      offsetof(struct item, name), 1,
					      20, SARK_REQUIRED },
	{ "/parts", SARK_LIST, offsetof(struct item, parts), 0, 2, .sub = part,
	    .sub_size = sizeof(struct part) },
	{ NULL } };

#define SCALARS                                                            \
	{ "/text", SARK_TEXT, AT(text), 2, 8 },                            \
	    { "/uuid", SARK_UUID, AT(uuid) },                              \
	    { "/time", SARK_TIME, AT(time) },                              \
	    { "/number", SARK_INT, AT(number), -5, 1000, SARK_REQUIRED },  \
	    { "/truth", SARK_BOOL, AT(truth) },                            \
	    { "/choice", SARK_CHOICE, AT(choice), .choices = choices },    \
	    { "/word", SARK_TEXT, AT(word), 0, 8, .charset = WORD_BYTES }, \
	{                                                                  \
		"/secret", SARK_SECRET, AT(secret), 1, 8                   \
	}

static const struct sark_field in_query[] = { SCALARS, { NULL } };
static const struct sark_field in_json[] = { SCALARS,
	{ "/words", SARK_WORDS, AT(words), 1, 3 },
	{ "/object", SARK_OBJECT, AT(object), 0, 0 },
	{ "/any", SARK_ANY, AT(any), 0, 0 },
	{ "/items", SARK_LIST, AT(items), 1, 3, .sub = item,
	    .sub_size = sizeof(struct item) },
	{ NULL } };

static bool
within(const char *text, size_t min, size_t max)
{
	return text == NULL || (strlen(text) >= min && strlen(text) <= max);
}

static bool
without_control(const char *text, const char *but)
{
	for (; text != NULL && *text != '\0'; text++)
		if (((unsigned char)*text < 0x20 || *text == 0x7f) &&
		    strchr(but, *text) == NULL)
			return false;
	return true;
}

static void
check_scalars(const struct all *all)
{
	fuzz_holds(within(all->text, 2, 8));
	fuzz_holds(without_control(all->text, "\t\n"));
	fuzz_holds(within(all->secret, 1, 8));
	fuzz_holds(without_control(all->secret, ""));
	fuzz_holds(within(all->word, 0, 8));
	fuzz_holds(all->word == NULL ||
	    strspn(all->word, WORD_BYTES) == strlen(all->word));
	fuzz_holds(all->uuid == NULL || sark_uuid_valid(all->uuid));
	fuzz_holds(all->number >= -5 && all->number <= 1000);
	fuzz_holds(all->choice >= 0 && all->choice <= 3);
}

static void
check_lists(const struct all *all)
{
	const struct item *items = all->items.items;
	const struct part *parts;
	size_t i, j;

	for (i = 0; all->words != NULL && all->words[i] != NULL; i++)
		fuzz_holds(within(all->words[i], 1, 200));
	fuzz_holds(all->words == NULL || (i >= 1 && i <= 3));
	fuzz_holds(all->object == NULL ||
	    sark_json_type(all->object) == SARK_JSON_OBJECT);
	fuzz_holds(
	    items == NULL || (all->items.count >= 1 && all->items.count <= 3));
	for (i = 0; i < all->items.count; i++) {
		fuzz_holds(items[i].name != NULL);
		fuzz_holds(within(items[i].name, 1, 20));
		fuzz_holds(items[i].parts.count <= 2);
		parts = items[i].parts.items;
		for (j = 0; j < items[i].parts.count; j++)
			fuzz_holds(parts[j].size >= 0 && parts[j].size <= 9);
	}
}

static void
check_refusal(const struct sark_err *err)
{
	unsigned int i;

	fuzz_holds(err->code == SARK_INVALID || err->code == SARK_BAD_REQUEST);
	fuzz_holds(err->text[0] != '\0');
	fuzz_holds(err->code != SARK_INVALID || err->nfields > 0);
	fuzz_holds(err->nfields <= SARK_ERR_FIELDS);
	for (i = 0; i < err->nfields; i++) {
		fuzz_holds(memchr(err->fields[i].pointer, '\0',
			       sizeof(err->fields[i].pointer)) != NULL);
		fuzz_holds(err->fields[i].message[0] != '\0');
	}
}

static void
from_json(void *ctx, const char *text, size_t len)
{
	const struct sark_input input = { in_json, sizeof(struct all) };
	const struct sark_json *value;
	struct sark_err err;
	void *out;

	sark_err_init(&err);
	if (sark_json_parse(ctx, text, len, &value, &err) == -1)
		return;
	if (sark_fields_from_json(ctx, &input, value, &out, &err) == 0) {
		fuzz_holds(err.code == SARK_OK);
		check_scalars(out);
		check_lists(out);
	} else {
		fuzz_holds(err.code == SARK_INVALID);
		check_refusal(&err);
	}
}

static void
from_query(void *ctx, const char *query)
{
	const struct sark_input input = { in_query, sizeof(struct all) };
	struct sark_err err;
	void *out;

	sark_err_init(&err);
	if (sark_fields_from_query(ctx, &input, query, &out, &err) == 0) {
		fuzz_holds(err.code == SARK_OK);
		fuzz_holds(strstr(query, "number=") != NULL ||
		    strchr(query, '%') != NULL);
		check_scalars(out);
	} else {
		check_refusal(&err);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = talloc_new(NULL);
	struct fuzz_input in = { data, size };

	if (size > 0 && data[0] == '{')
		from_json(ctx, (const char *)data, size);
	else
		from_query(ctx, fuzz_text(&in, ctx));
	talloc_free(ctx);
	return 0;
}
