#ifndef SARK_POLICY_TERM_H
#define SARK_POLICY_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"

/*
 * A value of Rego: JSON, sets, and objects with keys of any type.  Sets and
 * objects are kept in OPA's order without duplicates, so equal values are
 * equal term by term.  Types are in OPA's order of comparison.
 */
enum sark_term_type {
	SARK_TERM_NULL,
	SARK_TERM_BOOL,
	SARK_TERM_NUMBER,
	SARK_TERM_STRING,
	SARK_TERM_ARRAY,
	SARK_TERM_OBJECT, /* children are key, value, key, value */
	SARK_TERM_SET,
};

struct sark_term {
	enum sark_term_type type;
	bool truth;	  /* of BOOL */
	const char *text; /* NUMBER as written, STRING; terminated */
	size_t len;	  /* of text; a STRING may hold NUL */
	bool is_key;	  /* of an object */
	size_t count;	  /* children */
	struct sark_term *first, *last; /* children */
	struct sark_term *next, *parent;
};

/*
 * Reads what opa_value_dump writes.  The term is on ctx.  Returns 0, or -1
 * for what is no value, or holds a string that is not UTF-8.
 */
int sark_term_parse(void *ctx, const char *text, size_t len,
    struct sark_term **term_r) SARK_NONNULL(2, 4) SARK_CHECKED;
/* How a value is written. */
struct sark_term_style {
	const char *comma, *colon; /* between members, behind a key */
	void (*quote)(struct sark_buf *buf, const struct sark_term *string);
};

/* As opa_value_parse reads it. */
void sark_term_write(struct sark_buf *buf, const struct sark_term *term)
    SARK_NONNULL(1, 2);
void sark_term_write_with(struct sark_buf *buf, const struct sark_term *term,
    const struct sark_term_style *style) SARK_NONNULL(1, 2, 3);

/* Negative, 0, positive in OPA's order. */
int sark_term_compare(const struct sark_term *a, const struct sark_term *b)
    SARK_NONNULL(1, 2);

struct sark_term *sark_term_new(void *ctx, enum sark_term_type type)
    __attribute__((returns_nonnull));
struct sark_term *sark_term_bool(void *ctx, bool truth)
    __attribute__((returns_nonnull));
struct sark_term *sark_term_int(void *ctx, int64_t value)
    __attribute__((returns_nonnull));
struct sark_term *sark_term_str(void *ctx, const char *text, size_t len)
    SARK_NONNULL(2) __attribute__((returns_nonnull));
/* A number from its text. */
struct sark_term *sark_term_number(void *ctx, const char *text, size_t len)
    SARK_NONNULL(2) __attribute__((returns_nonnull));
/* A copy with all below it. */
struct sark_term *sark_term_copy(void *ctx, const struct sark_term *term)
    SARK_NONNULL(2) __attribute__((returns_nonnull));

/* Appends child, which has no parent yet. */
void sark_term_add(struct sark_term *parent, struct sark_term *child)
    SARK_NONNULL(1, 2);
/* Brings a set or an object in order once all children are in. */
void sark_term_settle(struct sark_term *term) SARK_NONNULL(1);

/* Value of a key of an object, or NULL. */
struct sark_term *sark_term_get(const struct sark_term *object,
    const struct sark_term *key) SARK_NONNULL(1, 2);
/* The same for a key that is a string. */
const struct sark_term *sark_term_member(
    const struct sark_term *object, const char *key) SARK_NONNULL(1, 2);
/* Whether a set holds it. */
bool sark_term_has(const struct sark_term *set, const struct sark_term *value)
    SARK_NONNULL(1, 2);
/* Reads a whole number.  0, or -1 when it is none or too large. */
int sark_term_get_int(const struct sark_term *term, int64_t *value_r)
    SARK_NONNULL(1, 2) SARK_CHECKED;
double sark_term_get_double(const struct sark_term *term) SARK_NONNULL(1);
bool sark_term_is_str(const struct sark_term *term, const char *s)
    SARK_NONNULL(1, 2);

#endif
