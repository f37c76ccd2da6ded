#ifndef SARK_BASE_NETSTRING_H
#define SARK_BASE_NETSTRING_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"

/*
 * Netstrings (D. J. Bernstein, 1997): "5:hello,", texts one behind the other
 * that nothing inside a text can blur.  Here "-," stands for NULL, which is
 * not the same as "0:,".
 */
void sark_netstring_add(struct sark_buf *buf, const char *text) SARK_NONNULL(1);
/* The number of a list's texts, then each of them; NULL as none. */
void sark_netstring_add_list(struct sark_buf *buf, const char *const *list)
    SARK_NONNULL(1);
void sark_netstring_add_int(struct sark_buf *buf, int64_t value)
    SARK_NONNULL(1);
/*
 * Takes the next text at *at and steps over it; the text is cut out in
 * place, so what is read must be the caller's to change.
 * Returns 0 and *text_r (NULL for "-,"), or -1.
 */
int sark_netstring_take(char **at, const char **text_r)
    SARK_NONNULL(1, 2) SARK_CHECKED;
int sark_netstring_take_int(char **at, int64_t *value_r)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/* A list, ended by NULL, the array on ctx; -1 also for one longer than max. */
int sark_netstring_take_list(char **at, void *ctx, size_t max,
    const char *const **list_r) SARK_NONNULL(1, 4) SARK_CHECKED;

#endif
