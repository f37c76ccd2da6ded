#ifndef SARK_PROC_WATCH_H
#define SARK_PROC_WATCH_H

#include <stdbool.h>

#include "base/attr.h"

/*
 * What lay at some paths, to be told when something else does.  stat(2) is
 * all that it needs, which no sandbox refuses: so a process can know that a
 * file was replaced which it may not open any more.
 */
struct sark_watch;

struct sark_watch *sark_watch_new(void *ctx);
/*
 * Remembers what lies at path, or that nothing does.  content: another
 * content of the same file counts as well.
 */
void sark_watch_add(struct sark_watch *watch, const char *path, bool content)
    SARK_NONNULL(1, 2);
/*
 * Whether something else lies at one of the paths than when this was asked
 * last, or than when it was added.  A path that is empty meanwhile is no
 * change until something lies there again.
 */
bool sark_watch_changed(struct sark_watch *watch) SARK_NONNULL(1);

#endif
