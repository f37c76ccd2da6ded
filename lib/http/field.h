#ifndef SARK_HTTP_FIELD_H
#define SARK_HTTP_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "json/reader.h"

/*
 * Declared input: one row a member of a JSON body or of the query.  The
 * dispatcher fills the route's input struct (zeroed, on the request's
 * memory) and answers 422 with every wrong field; unknown members are wrong.
 *
 *	type		C member			min, max
 *	SARK_TEXT	const char *			length in bytes
 *	SARK_UUID	const char *			-
 *	SARK_TIME	int64_t, ms since the epoch	-
 *	SARK_INT	int64_t				value
 *	SARK_BOOL	bool				-
 *	SARK_CHOICE	int, index into choices + 1, 0 absent
 *	SARK_WORDS	const char *const *, NULL-ended list of texts;
 *			min, max is the number, each 1..200 bytes
 *	SARK_OBJECT	const struct sark_json *	members
 *	SARK_ANY	const struct sark_json *	-
 *	SARK_LIST	struct sark_list: items of sub	number
 *	SARK_SECRET	as TEXT, never logged or echoed
 *
 * An absent optional member leaves zero, NULL or 0.  null counts as absent.
 * min and max both 0 are no bounds, but a list or words never have more than
 * 1000 items.  A text holds no control characters but newline and tab, a secret
 * none at all.  Texts and values are lent by the JSON or the query.
 */
enum sark_field_type {
	SARK_TEXT = 1,
	SARK_UUID,
	SARK_TIME,
	SARK_INT,
	SARK_BOOL,
	SARK_CHOICE,
	SARK_WORDS,
	SARK_OBJECT,
	SARK_ANY,
	SARK_LIST,
	SARK_SECRET,
};

#define SARK_REQUIRED 1u

struct sark_list {
	size_t count;
	void *items; /* count structs of sub_size bytes */
};

struct sark_field {
	const char *pointer; /* "/name"; "name" in a query */
	enum sark_field_type type;
	size_t offset;
	int64_t min, max;
	unsigned int flags;
	const char *const *choices; /* NULL-ended, for CHOICE */
	/* only these bytes, for TEXT; NULL any */
	const char *charset;
	const struct sark_field *sub; /* for LIST */
	size_t sub_size;
};

/* What a route takes: a body or query of fields, into a struct of size. */
struct sark_input {
	const struct sark_field *fields; /* ended by { NULL } */
	size_t size;
};

/* Body: value is the parsed JSON (an object).  Errors: INVALID with fields. */
int sark_fields_from_json(void *ctx, const struct sark_input *input,
    const struct sark_json *value, void **out_r, struct sark_err *err)
    SARK_NONNULL(2, 4, 5) SARK_CHECKED;
/*
 * Query string (RFC 3986; '+' is a blank): the same table; TEXT, UUID, TIME,
 * INT, BOOL, CHOICE only.  A name given twice or unknown is INVALID; a bad
 * escape, NUL or invalid UTF-8 is BAD_REQUEST.
 */
int sark_fields_from_query(void *ctx, const struct sark_input *input,
    const char *query, void **out_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4, 5) SARK_CHECKED;

/*
 * Form of an OAuth standard (RFC 6749 appendix B and section 3.2): the same
 * rows; a name that is unknown is ignored, an empty value counts as absent.
 * Errors: BAD_REQUEST, whatever is wrong, with the first that is.
 */
int sark_fields_from_form(void *ctx, const struct sark_input *input,
    const char *body, size_t len, void **out_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 5, 6) SARK_CHECKED;

#endif
