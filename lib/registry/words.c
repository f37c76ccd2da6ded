#include "registry/words.h"

#include <string.h>

static bool
upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Whether a word starts at text[i], a letter: after lower case, or as the
 * last capital of a run that lower case follows. */
static bool
starts_word(const char *text, size_t i)
{
	if (i == 0 || !upper(text[i]))
		return false;
	return lower(text[i - 1]) || (upper(text[i - 1]) && lower(text[i + 1]));
}

void
sark_words_add(struct sark_buf *words, const char *text)
{
	size_t i;

	sark_buf_char(words, ' ');
	for (i = 0; text[i] != '\0'; i++) {
		if (!upper(text[i]) && !lower(text[i])) {
			sark_buf_char(words, ' ');
			continue;
		}
		if (starts_word(text, i))
			sark_buf_char(words, ' ');
		sark_buf_char(words,
		    upper(text[i]) ? (char)(text[i] - 'A' + 'a') : text[i]);
	}
	sark_buf_char(words, ' ');
}

/* Length of the word at p if it is the n letters of part or their plural. */
static size_t
matches(const char *p, const char *part, size_t n)
{
	size_t len = strcspn(p, " ");

	if (len >= n && strncmp(p, part, n) == 0 &&
	    (len == n || (len == n + 1 && p[n] == 's') ||
		(len == n + 2 && p[n] == 'e' && p[n + 1] == 's')))
		return len;
	if (n > 1 && part[n - 1] == 'y' && len == n + 2 &&
	    strncmp(p, part, n - 1) == 0 && strncmp(p + n - 1, "ies", 3) == 0)
		return len;
	return 0;
}

static bool
matches_here(const char *p, const char *keyword)
{
	size_t n, len;

	for (;;) {
		n = strcspn(keyword, "_");
		len = matches(p, keyword, n);
		if (len == 0)
			return false;
		if (keyword[n] == '\0')
			return true;
		p += len;
		p += strspn(p, " ");
		keyword += n + 1;
	}
}

bool
sark_words_have(const char *words, const char *keyword)
{
	const char *p = words + strspn(words, " ");

	while (*p != '\0') {
		if (matches_here(p, keyword))
			return true;
		p += strcspn(p, " ");
		p += strspn(p, " ");
	}
	return false;
}
