#include "base/level.h"

#include <stddef.h>

#include "base/str.h"

const char *const sark_level_names[] = { "low", "medium", "high", "critical",
	NULL };

const char *
sark_level_name(enum sark_level level)
{
	return (unsigned int)level <= SARK_LEVEL_CRITICAL
	    ? sark_level_names[level]
	    : "critical";
}

int
sark_level_parse(const char *name, enum sark_level *level_r)
{
	int i;

	for (i = 0; sark_level_names[i] != NULL; i++) {
		if (sark_str_eq(name, sark_level_names[i])) {
			*level_r = (enum sark_level)i;
			return 0;
		}
	}
	return -1;
}
