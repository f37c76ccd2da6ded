#ifndef SARK_JSON_TWICE_H
#define SARK_JSON_TWICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

/*
 * Whether an object in a text that sark_json_scan has passed has two members
 * of one name, escapes undone.  Slow: for a text of which it is already known
 * that something is wrong with its tree.
 */
bool sark_json_twice(const char *text, size_t len) SARK_NONNULL(1);

#endif
