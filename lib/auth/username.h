#ifndef SARK_AUTH_USERNAME_H
#define SARK_AUTH_USERNAME_H

#include "base/attr.h"

/* Longest user name in bytes. */
#define SARK_USERNAME_MAX 200

/*
 * The normal form of a user name, by which it is unique: ASCII letters in
 * lower case, everything else as it is.  Unicode normalisation and case are
 * deliberately not applied: two names that look alike are two names.  What
 * cannot be seen is no part of a name: controls, blanks of every kind and
 * format characters (category Cf of Unicode 15: zero width, direction, tags)
 * are refused, as is what is no UTF-8.
 * Returns the normal form on ctx, NULL if this can be nobody's name.
 */
char *sark_username_normal(void *ctx, const char *name)
    SARK_NONNULL(2) SARK_CHECKED;

#endif
