#ifndef SARK_STORE_PATTERN_H
#define SARK_STORE_PATTERN_H

/*
 * text as a LIKE pattern (escape character '\') that finds it anywhere, on
 * ctx: its own '%', '_' and '\' mean themselves.  NULL stays NULL.
 */
const char *sark_pattern_containing(void *ctx, const char *text);

#endif
