#ifndef SARK_BASE_LEVEL_H
#define SARK_BASE_LEVEL_H

#include "base/attr.h"

/* How much harm a tool or server can do. */
enum sark_level {
	SARK_LEVEL_LOW,
	SARK_LEVEL_MEDIUM,
	SARK_LEVEL_HIGH,
	SARK_LEVEL_CRITICAL,
};

/* "low", "medium", "high", "critical", NULL: for a field's choices. */
extern const char *const sark_level_names[];

const char *sark_level_name(enum sark_level level);
/* Returns 0 and the level, or -1 for another word. */
int sark_level_parse(const char *name, enum sark_level *level_r)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
