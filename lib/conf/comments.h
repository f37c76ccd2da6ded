#ifndef SARK_CONF_COMMENTS_H
#define SARK_CONF_COMMENTS_H

#include <stddef.h>

#include "base/attr.h"

/*
 * Turns the comments in the text of a settings file into blanks and keeps
 * every newline, so that libconfuse, which counts the lines of a comment
 * more than once (3.3), names the right line.  Quoted text stays.  Returns
 * 0, or the line of a comment that does not end: to take the rest of the file
 * for one would be to forget settings.
 */
size_t sark_conf_blank_comments(char *text) SARK_NONNULL(1) SARK_CHECKED;

#endif
