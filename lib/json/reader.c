#include "json/reader.h"

#include <json.h>
#include <limits.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "json/scan.h"
#include "json/twice.h"

/*
 * A value is json-c's object under another name; JSON null, which json-c
 * keeps as NULL, stays NULL.
 */

/* Longest reference token of a JSON Pointer. */
#define TOKEN_MAX 255

struct holder {
	struct json_object *root;
};

static int
holder_free(struct holder *holder)
{
	json_object_put(holder->root);
	return 0;
}

/* json-c wants even its readers' argument without const. */
static struct json_object *
object(const struct sark_json *value)
{
	struct json_object *jso;

	memcpy(&jso, &value, sizeof(jso));
	return jso;
}

static const struct sark_json *
lend(struct json_object *jso)
{
	return (const struct sark_json *)jso;
}

static enum json_type
type_of(const struct sark_json *value)
{
	return json_object_get_type(object(value));
}

/* Builds the tree of a text that the scanner has passed. */
static int
build(const char *text, size_t len, struct json_object **root_r,
    struct sark_err *err)
{
	struct json_tokener *tok;

	if (len > INT_MAX)
		return sark_err_set(
		    err, SARK_TOO_LARGE, "JSON of %zu bytes", len);
	tok = sark_mem_check(json_tokener_new_ex(SARK_JSON_OWN_DEPTH + 1));
	*root_r = json_tokener_parse_ex(tok, text, (int)len);
	/* A number at the top ends only where something else begins. */
	if (json_tokener_get_error(tok) == json_tokener_continue)
		*root_r = json_tokener_parse_ex(tok, "", 1);
	/* json-c reads all that the scanner passes, if it has the memory. */
	if (json_tokener_get_error(tok) != json_tokener_success)
		sark_mem_exhausted();
	json_tokener_free(tok);
	return 0;
}

/* A place in an array or object on the way through a tree. */
struct place {
	struct json_object *in;
	size_t next;
	struct lh_entry *entry;
	size_t name; /* bytes of the last member's */
};

static struct json_object *
next_child(struct place *p, bool *more_r)
{
	struct json_object *child = NULL;

	*more_r = false;
	if (json_object_get_type(p->in) == json_type_object) {
		if (p->entry != NULL) {
			child = (struct json_object *)lh_entry_v(p->entry);
			p->name = strlen((const char *)lh_entry_k(p->entry));
			p->entry = p->entry->next;
			*more_r = true;
		}
	} else if (p->next < json_object_array_length(p->in)) {
		child = json_object_array_get_idx(p->in, p->next++);
		*more_r = true;
	}
	return child;
}

/* Whether jso holds children; then *p_r is the place before the first. */
static bool
enter(struct json_object *jso, struct place *p_r)
{
	enum json_type type = json_object_get_type(jso);

	if (type != json_type_object && type != json_type_array)
		return false;
	p_r->in = jso;
	p_r->next = p_r->name = 0;
	p_r->entry = NULL;
	if (type == json_type_object)
		p_r->entry = json_object_get_object(jso)->head;
	return true;
}

/* The parts of one value, without those inside of it. */
static size_t
own_parts(struct json_object *jso)
{
	if (jso == NULL)
		return 1;
	if (json_object_get_type(jso) != json_type_string)
		return 2;
	return 2 + (size_t)json_object_get_string_len(jso);
}

/* The parts of the tree, as scan.h has them. */
static size_t
count_parts(struct json_object *root)
{
	struct place stack[SARK_JSON_OWN_DEPTH + 1];
	struct json_object *child;
	unsigned int depth = 0;
	size_t parts = own_parts(root);
	bool more;

	if (enter(root, &stack[0]))
		depth = 1;
	while (depth > 0) {
		child = next_child(&stack[depth - 1], &more);
		if (!more) {
			depth--;
			continue;
		}
		parts += stack[depth - 1].name + own_parts(child);
		if (depth < SARK_COUNT(stack) && enter(child, &stack[depth]))
			depth++;
	}
	return parts;
}

/*
 * The tree and the text must have as many parts.  Of two members with one
 * name json-c keeps one; but it also leaves out, and says nothing, what it
 * had no memory for: then there is no such member.
 */
static int
build_whole(const char *text, const struct sark_json_scan *scan,
    struct json_object **root_r, struct sark_err *err)
{
	size_t len = scan->end - scan->start;

	text += scan->start;
	if (build(text, len, root_r, err) == -1)
		return -1;
	if (count_parts(*root_r) == scan->parts)
		return 0;
	json_object_put(*root_r);
	*root_r = NULL;
	if (!sark_json_twice(text, len))
		sark_mem_exhausted();
	return sark_err_set(err, SARK_BAD_REQUEST, "JSON: duplicate member");
}

static int
parse(void *ctx, const char *text, size_t len, unsigned int depth,
    const struct sark_json **value_r, struct sark_err *err)
{
	struct sark_json_scan scan;
	struct holder *holder;

	if (sark_json_scan(text, len, depth, &scan) == -1)
		return sark_err_set(err, SARK_BAD_REQUEST,
		    "JSON, offset %zu: %s", scan.offset, scan.reason);
	holder = sark_new(ctx, struct holder);
	talloc_set_destructor(holder, holder_free);
	if (build_whole(text, &scan, &holder->root, err) == -1) {
		talloc_free(holder);
		return -1;
	}
	*value_r = lend(holder->root);
	return 0;
}

int
sark_json_parse(void *ctx, const char *text, size_t len,
    const struct sark_json **value_r, struct sark_err *err)
{
	return parse(ctx, text, len, SARK_JSON_DEPTH, value_r, err);
}

int
sark_json_parse_own(void *ctx, const char *text, size_t len,
    const struct sark_json **value_r, struct sark_err *err)
{
	return parse(ctx, text, len, SARK_JSON_OWN_DEPTH, value_r, err);
}

enum sark_json_type
sark_json_type(const struct sark_json *value)
{
	switch (type_of(value)) {
	case json_type_boolean:
		return SARK_JSON_BOOL;
	case json_type_int:
		return SARK_JSON_INT;
	case json_type_double:
		return SARK_JSON_DOUBLE;
	case json_type_string:
		return SARK_JSON_STRING;
	case json_type_array:
		return SARK_JSON_ARRAY;
	case json_type_object:
		return SARK_JSON_OBJECT;
	case json_type_null:
		break;
	}
	return SARK_JSON_NULL;
}

const struct sark_json *
sark_json_get(const struct sark_json *value, const char *name)
{
	struct json_object *member = NULL;

	if (type_of(value) != json_type_object)
		return NULL;
	json_object_object_get_ex(object(value), name, &member);
	return lend(member);
}

/* Decodes the reference token at *p (RFC 6901 section 4), moves behind it. */
static int
next_token(const char **p, char token[TOKEN_MAX + 1])
{
	const char *s = *p;
	size_t n = 0;

	for (; *s != '\0' && *s != '/'; s++) {
		if (n == TOKEN_MAX)
			return -1;
		if (*s != '~')
			token[n++] = *s;
		else if (*++s == '0')
			token[n++] = '~';
		else if (*s == '1')
			token[n++] = '/';
		else
			return -1;
	}
	token[n] = '\0';
	*p = s;
	return 0;
}

const struct sark_json *
sark_json_at(const struct sark_json *value, const char *pointer)
{
	char token[TOKEN_MAX + 1];
	int64_t i;

	while (*pointer == '/') {
		pointer++;
		if (next_token(&pointer, token) == -1)
			return NULL;
		if (type_of(value) != json_type_array)
			value = sark_json_get(value, token);
		else if (sark_num_int(token, 0, INT_MAX, &i) == 0)
			value = sark_json_element(value, (size_t)i);
		else
			return NULL;
	}
	return *pointer == '\0' ? value : NULL;
}

size_t
sark_json_count(const struct sark_json *value)
{
	switch (type_of(value)) {
	case json_type_object:
		return (size_t)json_object_object_length(object(value));
	case json_type_array:
		return json_object_array_length(object(value));
	default:
		return 0;
	}
}

const struct sark_json *
sark_json_element(const struct sark_json *value, size_t i)
{
	if (i >= sark_json_count(value) || type_of(value) != json_type_array)
		return NULL;
	return lend(json_object_array_get_idx(object(value), i));
}

static void
index_free(struct json_object *jso SARK_UNUSED, void *index)
{
	talloc_free(index);
}

/*
 * The members of an object as an array, made when first asked for: json-c
 * chains them, and a walk from the head for each would be quadratic.
 */
static struct lh_entry **
member_index(struct json_object *jso, size_t count)
{
	struct lh_entry **index, *entry;
	size_t i = 0;

	index = (struct lh_entry **)json_object_get_userdata(jso);
	if (index != NULL)
		return index;
	index = sark_new_array(NULL, struct lh_entry *, count);
	for (entry = json_object_get_object(jso)->head; entry != NULL;
	     entry = entry->next)
		index[i++] = entry;
	json_object_set_userdata(jso, index, index_free);
	return index;
}

const struct sark_json *
sark_json_member(const struct sark_json *value, size_t i, const char **name_r)
{
	struct lh_entry *entry;
	size_t count = sark_json_count(value);

	*name_r = NULL;
	if (type_of(value) != json_type_object || i >= count)
		return NULL;
	entry = member_index(object(value), count)[i];
	*name_r = (const char *)lh_entry_k(entry);
	return lend((struct json_object *)lh_entry_v(entry));
}

const char *
sark_json_str(const struct sark_json *value)
{
	if (type_of(value) != json_type_string)
		return NULL;
	return json_object_get_string(object(value));
}

bool
sark_json_bool(const struct sark_json *value, bool fallback)
{
	if (type_of(value) == json_type_boolean ||
	    type_of(value) == json_type_int)
		return json_object_get_boolean(object(value)) != 0;
	return fallback;
}

int64_t
sark_json_int(const struct sark_json *value, int64_t fallback)
{
	if (type_of(value) == json_type_int ||
	    type_of(value) == json_type_boolean)
		return json_object_get_int64(object(value));
	return fallback;
}

double
sark_json_double(const struct sark_json *value, double fallback)
{
	if (type_of(value) == json_type_int ||
	    type_of(value) == json_type_double)
		return json_object_get_double(object(value));
	return fallback;
}

const char *
sark_json_text(void *ctx, const struct sark_json *value, size_t *len_r)
{
	const char *text;

	if (value == NULL) {
		*len_r = 4;
		return sark_strdup(ctx, "null");
	}
	text = json_object_to_json_string_length(object(value),
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, len_r);
	if (text == NULL)
		sark_mem_exhausted();
	return sark_strndup(ctx, text, *len_r);
}
