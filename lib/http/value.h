#ifndef SARK_HTTP_VALUE_H
#define SARK_HTTP_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "http/field.h"

/* One value against its row; what bodies and queries have in common. */
#define SARK_VALUE_WHAT 128 /* "must be 1 to 200 bytes long" */

/*
 * Stores a text in the field's member: TEXT, SECRET, UUID, TIME, CHOICE.
 * Returns 0, or -1 and in what_r what it must be.
 */
int sark_value_text(const struct sark_field *field, const char *text,
    void *member, char what_r[SARK_VALUE_WHAT])
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/* The same for a number, INT. */
int sark_value_int(const struct sark_field *field, int64_t value, void *member,
    char what_r[SARK_VALUE_WHAT]) SARK_NONNULL(1, 3) SARK_CHECKED;
/* Whether text has min to max bytes and no control characters. */
bool sark_value_length(const char *text, size_t min, size_t max)
    SARK_NONNULL(1) SARK_CHECKED;
/* Writes "must have 1 to 3 noun" of bounds; max 0 is none. */
void sark_value_range(char what_r[SARK_VALUE_WHAT], const char *verb,
    const struct sark_field *field, const char *noun) SARK_NONNULL(2, 3, 4);

#endif
