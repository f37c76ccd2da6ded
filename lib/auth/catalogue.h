#ifndef SARK_AUTH_CATALOGUE_H
#define SARK_AUTH_CATALOGUE_H

#include <stdbool.h>

#include "base/attr.h"

/*
 * The permissions of all areas, in one table: what no program asks for can
 * not be given.  A style test holds it to the routes and to sark-admin(8).
 */
struct sark_permission {
	const char *word; /* "audit:read" */
	const char *what; /* for people */
};

/* Sorted by word, ended by { NULL }. */
extern const struct sark_permission sark_permissions[];

/*
 * Whether a role may permit this: a word of the catalogue, "*", or what stands
 * for several of its words ("audit:*", "policy:evaluate:*").
 */
bool sark_permission_known(const char *permission) SARK_NONNULL(1);

#endif
