#ifndef SARK_AUTH_GROUP_H
#define SARK_AUTH_GROUP_H

#include "base/attr.h"

/* Longest name or DN of a group in bytes. */
#define SARK_GROUP_MAX 1024

/*
 * The normal form of a group of a directory, by which bindings and
 * memberships (sark.user_group) find each other: ASCII letters in lower case,
 * no blanks at its ends and, in a DN, around the commas, the plus signs and
 * the first equals sign of each part (RFC 4514 has none there, people write
 * them).  An escaped comma, plus sign or blank (backslash) is part of the
 * name.  Returns it on ctx, NULL for what is no group: nothing left, too
 * long, no UTF-8 or with control characters.
 */
char *sark_group_normal(void *ctx, const char *name)
    SARK_NONNULL(2) SARK_CHECKED;

#endif
