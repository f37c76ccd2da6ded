#ifndef SARK_CRYPTO_VERSION_H
#define SARK_CRYPTO_VERSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

/*
 * The version of a document: the first 128 bits of its SHA-256 as lower-case
 * hex.  It changes exactly with the bytes, so as an entity tag it is a strong
 * one (RFC 9110 section 8.8.1).
 */
#define SARK_VERSION_TEXT 33

void sark_version_of(char out[SARK_VERSION_TEXT], const void *data, size_t n)
    SARK_NONNULL(1);
/*
 * Whether a document is of one of these versions, a NULL-terminated list; a
 * NULL list is any.  Who changes the document asks this under its lock.
 */
bool sark_version_in(
    const char *const *versions, const void *data, size_t n) SARK_CHECKED;

#endif
