#include "conf/comments.h"

#include <stdbool.h>
#include <string.h>

/* The end of a quoted text, behind its quote. */
static char *
skip_quoted(char *at)
{
	char quote = *at++;

	while (*at != '\0' && *at != quote)
		at += at[0] == '\\' && at[1] != '\0' ? 2 : 1;
	return *at == '\0' ? at : at + 1;
}

static char *
blank(char *at, size_t len)
{
	for (; len > 0; len--, at++)
		if (*at != '\n')
			*at = ' ';
	return at;
}

static size_t
comment_length(const char *at)
{
	const char *end;

	if (at[0] == '#' || (at[0] == '/' && at[1] == '/'))
		return strcspn(at, "\n");
	if (at[0] != '/' || at[1] != '*')
		return 0;
	end = strstr(at + 2, "*/");
	return end == NULL ? strlen(at) : (size_t)(end - at) + 2;
}

/* The line of at, which is in text. */
static size_t
line_of(const char *text, const char *at)
{
	size_t line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

size_t
sark_conf_blank_comments(char *whole)
{
	char *text = whole;
	/* a word may hold slashes: they begin a comment only before one */
	bool in_word = false;
	size_t len;

	while (*text != '\0') {
		len = in_word && *text != '#' ? 0 : comment_length(text);
		in_word = false;
		if (len > 0 && strncmp(text, "/*", 2) == 0 &&
		    strstr(text + 2, "*/") == NULL)
			return line_of(whole, text);
		if (len > 0) {
			text = blank(text, len);
		} else if (*text == '"' || *text == '\'') {
			text = skip_quoted(text);
		} else {
			in_word = strchr(" \t\r\n={}(),+*", *text) == NULL;
			text++;
		}
	}
	return 0;
}
