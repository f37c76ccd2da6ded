#ifndef SARK_JSON_READER_H
#define SARK_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * The only door for JSON (RFC 8259) from outside.  Strict: one value and
 * nothing behind it; duplicate members, invalid UTF-8, a BOM, NUL (also as
 * \u0000), lone surrogates, integers beyond int64, numbers beyond double,
 * nesting deeper than SARK_JSON_DEPTH are refused.  A value lives as long as
 * the context given to sark_json_parse; everything it lends too.
 */
#define SARK_JSON_DEPTH 32

struct sark_json; /* a value inside a parsed text */

enum sark_json_type {
	SARK_JSON_NULL,
	SARK_JSON_BOOL,
	SARK_JSON_INT,
	SARK_JSON_DOUBLE,
	SARK_JSON_STRING,
	SARK_JSON_ARRAY,
	SARK_JSON_OBJECT,
};

/* Errors: BAD_REQUEST with offset and reason. */
int sark_json_parse(void *ctx, const char *text, size_t len,
    const struct sark_json **value_r, struct sark_err *err)
    SARK_NONNULL(2, 4, 5) SARK_CHECKED;

/*
 * The same for a text that one of our programs wrote around a text from
 * outside (an audit record): SARK_JSON_OWN_DEPTH instead.
 */
#define SARK_JSON_OWN_DEPTH 48
int sark_json_parse_own(void *ctx, const char *text, size_t len,
    const struct sark_json **value_r, struct sark_err *err)
    SARK_NONNULL(2, 4, 5) SARK_CHECKED;

/* NULL counts as SARK_JSON_NULL in all that follow. */
enum sark_json_type sark_json_type(const struct sark_json *value);
/* Member of an object; NULL if there is none or value is no object. */
const struct sark_json *sark_json_get(
    const struct sark_json *value, const char *name) SARK_NONNULL(2);
/*
 * Value at a JSON Pointer (RFC 6901); NULL if there is none.  A name in the
 * pointer has at most 255 bytes.
 */
const struct sark_json *sark_json_at(
    const struct sark_json *value, const char *pointer) SARK_NONNULL(2);
/* Members of an object, elements of an array, else 0. */
size_t sark_json_count(const struct sark_json *value);
const struct sark_json *sark_json_element(
    const struct sark_json *value, size_t i);
/* Member i of an object in the order of the text, *name_r its name. */
const struct sark_json *sark_json_member(const struct sark_json *value,
    size_t i, const char **name_r) SARK_NONNULL(3);
/* Text of a string (NUL-terminated, never holds a NUL), else NULL. */
const char *sark_json_str(const struct sark_json *value);
/* Value of a bool or int, else fallback. */
bool sark_json_bool(const struct sark_json *value, bool fallback);
int64_t sark_json_int(const struct sark_json *value, int64_t fallback);
/* Value of an int or double, else fallback. */
double sark_json_double(const struct sark_json *value, double fallback);
/* Compact text of a value on ctx, members in the order of the source. */
const char *sark_json_text(
    void *ctx, const struct sark_json *value, size_t *len_r) SARK_NONNULL(3);

#endif
