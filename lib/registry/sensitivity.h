#ifndef SARK_REGISTRY_SENSITIVITY_H
#define SARK_REGISTRY_SENSITIVITY_H

#include "base/attr.h"
#include "base/level.h"
#include "json/reader.h"

/* What a tool's words suggest. */
struct sark_sensitivity {
	enum sark_level level;
	const char *const *keywords; /* of that level, NULL-ended */
	const char *method;	     /* "keywords" | "default" */
};

/*
 * Level of a tool from the words of its name, description and parameter
 * names (members of "properties" anywhere in its JSON Schema): the highest
 * class with a match wins, medium without any.  description and parameters
 * may be NULL.  The result is on ctx.
 */
struct sark_sensitivity sark_sensitivity_detect(void *ctx, const char *name,
    const char *description, const struct sark_json *parameters)
    SARK_NONNULL(2);

#endif
