#ifndef SARK_STATUS_DESCRIPTION_H
#define SARK_STATUS_DESCRIPTION_H

#include <stddef.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"

/* The API description: openapi.json in the folder share_dir. */
struct description {
	char *text; /* on app->mem, as everything here */
	size_t len;
};

/* Reads it anew, so that a replaced file is served at once.
 * Errors: CONFIG. */
int description_read(struct sark_app *app, struct description *description,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
