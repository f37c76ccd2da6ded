#ifndef SARK_REGISTRY_WORDS_H
#define SARK_REGISTRY_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"

/*
 * A text as lower-case words, each between blanks: " delete issue ".  Words
 * end at everything that is not an ASCII letter and at case changes
 * ("deleteIssue", "HTTPServer").
 */
void sark_words_add(struct sark_buf *words, const char *text)
    SARK_NONNULL(1, 2);
/*
 * Whether the words hold a keyword, singular and plural alike ("keys" and
 * "queries" are "key" and "query").  A keyword of several words is joined
 * by '_' ("credit_card") and matches them in sequence.
 */
bool sark_words_have(const char *words, const char *keyword) SARK_NONNULL(1, 2);

#endif
